// What is watched: the monitors, what their probes may still cost, and the uplinks that carry them.
import { type DataBudget, createDataBudget } from '../budget/index.ts';
import { now } from '../clock.ts';
import { unknownVias } from '../config/monitor/via.ts';
import { interfaceCounters } from '../counters.ts';
import { type Command, type Monitors, type MonitorsParts, createMonitors } from '../monitor/index.ts';
import { clearedMonitor, monitorMessages } from '../publish/monitor-state.ts';
import type { RetainedTopics } from '../publish/retained.ts';
import { askedBySchedule } from '../request/schedule.ts';
import type { Events } from './events.ts';
import type { MonitoringNeeds } from './parts.ts';
import { type ShownUplinks, createUplinkStates } from './uplinks.ts';

export interface Watching {
  budget: DataBudget;
  monitors: Monitors;
  /** The uplinks as the broker keeps them. */
  shown: ShownUplinks;
  /** Why a command to a monitor can't be obeyed; null where it is. */
  obey(command: Command): string | null;
  /** Warns of what monitors are to leave by and nobody knows: misspelt, most likely; but an interface may come later. */
  tellUnknownVias(): void;
}

export function createWatching(
  needs: MonitoringNeeds,
  kept: RetainedTopics,
  { emit }: Events,
  onResult: MonitorsParts['onResult'],
): Watching {
  const { log, store, uplinks, file, egressServers, health, stopping } = needs;
  const { DEVICE_NAME: agent } = needs.config;
  const budget = createDataBudget({
    settings: () => file().uplinks,
    counters: interfaceCounters,
    ...{ store, now, log },
    emit(event, alongside) {
      // Who reads the event finds the same figures in the state.
      shown.refresh();
      void emit(event, alongside);
    },
  });
  /** Else each run would look for the uplink that its `via` means for nothing. */
  const isLimited = (): boolean => Object.values(file().uplinks).some(({ data }) => data !== null);
  const monitors = createMonitors({
    ...{ agent, log, store, now, emit, onResult },
    watch: (monitor, probe, warn) => needs.watch(askedBySchedule(monitor, probe, stopping), warn),
    held: (_monitor, { body }) => (isLimited() ? budget.refusal(shown.uplinkOf(body['via'])) : null),
    onState: (state) => monitorMessages(agent, state).forEach(kept.show),
    // Its history stays until age takes it: a monitor that is commented out for a day has not lost its past.
    onRemoved: (monitor) => kept.clear(clearedMonitor(agent, monitor)),
  });
  const shown = createUplinkStates({
    ...{ agent, file, uplinks, budget, egressServers, health },
    monitors: monitors.view,
    show: kept.show,
    clear: kept.clear,
  });

  return {
    ...{ budget, monitors, shown },
    obey(command) {
      const problem = monitors.obey(command);
      // It changes what is expected to be spent.
      if (problem === null && command.command !== 'run') {
        shown.refresh();
        needs.onAbout();
      }
      return problem;
    },
    tellUnknownVias() {
      const interfaces = ['lo', ...uplinks.view().map((view) => view.interface)];
      const unknown = unknownVias(file().monitors, Object.keys(file().uplinks), interfaces);
      for (const { monitor, problem } of unknown) log.warn({ monitor }, problem);
    },
  };
}
