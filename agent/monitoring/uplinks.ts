// The uplinks' states: what is seen of each, what it carried and is expected to carry, and how the world sees it.
import type { MonitorState } from '../../shared/monitor.ts';
import type { UplinkState } from '../../shared/uplink.ts';
import { expectedMonthlyBytes } from '../budget/cost.ts';
import type { DataBudget } from '../budget/index.ts';
import type { FileSettings } from '../config/file.ts';
import type { Retained } from '../publish/availability.ts';
import { clearedUplink, uplinkMessages } from '../publish/uplink-state.ts';
import { uplinkStates } from '../uplink/states.ts';
import type { Uplinks } from '../uplink/index.ts';

const publishEveryMs = 60_000;

export interface UplinkStateParts {
  agent: string;
  file: () => FileSettings;
  uplinks: Pick<Uplinks, 'view'>;
  budget: Pick<DataBudget, 'view'>;
  monitors: () => readonly MonitorState[];
  egressServers: () => readonly string[];
  /** Publishes what the broker has otherwise. */
  show: (message: Retained) => void;
  clear: (messages: readonly Retained[]) => void;
}

/** What the monitors are expected to cost by each uplink, as the file stands. */
export function expectedBytes(file: FileSettings, egressServers: readonly string[]): Map<string, number> {
  const uplinkOf = (via: string | null): string | null =>
    Object.entries(file.uplinks).find(([name, uplink]) => name === via || uplink.interface === via)?.[0] ??
    null;
  return expectedMonthlyBytes(file.monitors, uplinkOf, egressServers[0] ?? '');
}

export function createUplinkStates(parts: UplinkStateParts) {
  const { agent, file, uplinks, budget, monitors, egressServers, show, clear } = parts;

  function states(): UplinkState[] {
    const settings = file().uplinks;
    const data = new Map(
      Object.keys(settings).flatMap((name) => {
        const view = budget.view(name);
        return view === null ? [] : [[name, view] as const];
      }),
    );
    const egress = new Map(
      monitors().flatMap(({ kind, uplink, publicAddress, network }) =>
        kind === 'egress' && uplink !== null ? [[uplink, { publicAddress, network }] as const] : [],
      ),
    );
    return uplinkStates(uplinks.view(), settings, {
      data,
      expectedBytes: expectedBytes(file(), egressServers()),
      egress,
    });
  }

  const messages = (): Retained[] => states().flatMap((state) => uplinkMessages(agent, state));

  const refresh = (): void => messages().forEach(show);

  const timer = setInterval(refresh, publishEveryMs);
  timer.unref();

  return {
    states,
    messages,
    refresh,
    /** The file is another: those that it has no more go from the broker. */
    reloaded(former: FileSettings): void {
      for (const name of Object.keys(former.uplinks)) {
        if (!Object.hasOwn(file().uplinks, name)) clear(clearedUplink(agent, name));
      }
      refresh();
    },
    stop: (): void => clearInterval(timer),
  };
}
