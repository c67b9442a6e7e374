// The uplinks' health and failover, put together: what is measured calls for a decision, and what is decided is brought
// about, told and shown.
import type { Family } from '../shared/ip.ts';
import { failoverSetTopic } from '../shared/topics.ts';
import { uplinkOn } from '../shared/way.ts';
import { createAftermath } from './failover/aftermath.ts';
import { createFailoverCommands } from './failover/commands.ts';
import { type Configured, configuredBy } from './failover/configured.ts';
import { createEchoes } from './failover/echoes.ts';
import type { Failover, FailoverNeeds } from './failover/parts.ts';
import { needsNewPower } from './failover/power.ts';
import { type Reach, createReach } from './failover/reach.ts';
import { createReports } from './failover/reports.ts';
import { clearedFailover } from './publish/failover-state.ts';
import { type Deciding, type DecisionListener, createDeciding } from './uplink/deciding.ts';
import { createConfirming } from './uplink/deciding/confirming.ts';
import { type Measuring, type MeasuringParts, createMeasuring } from './uplink/measuring.ts';

const clocks = () => ({ ms: performance.now(), epochMs: Date.now() });

/** By whom the kernel's default route leaves: an uplink, or an interface that is none. */
type Active = (family: Family) => string | null;

function measure(
  { network, spent }: FailoverNeeds,
  { uplinks, families, settings, isConfigured }: Configured,
  { resolve }: Reach,
  active: Active,
  changed: MeasuringParts['changed'],
): Measuring {
  return createMeasuring({
    ...{ uplinks, families, active, resolve, changed },
    flap: () => settings().flap,
    gatewaysCount: isConfigured,
    network: network.current,
    sendBy: createEchoes({ packets: network.packets, uplinks: network.uplinks, spent }),
    nowMs: () => performance.now(),
  });
}

function decide(
  { power, log }: FailoverNeeds,
  { uplinks, families, settings, isConfigured }: Configured,
  { answers }: Reach,
  active: Active,
  measuring: Measuring,
  telling: DecisionListener,
): Deciding {
  return createDeciding({
    ...{ uplinks, families, settings, isConfigured, active, telling, log },
    measured: measuring.all,
    reconcile: power.reconcile,
    confirming: createConfirming({
      settings: () => settings().confirm,
      leading: () => (families().includes(4) ? 4 : 6),
      answers,
    }),
    now: clocks,
  });
}

export function openFailover(needs: FailoverNeeds): Failover {
  const { agent, file, network, power, log, emit, runProgram, leave } = needs;
  const configured = configuredBy(file);
  const { uplinks, settings, isConfigured } = configured;
  const active: Active = (family) => {
    const name = network.leavesBy(family);
    return name === null ? null : (uplinkOn(uplinks(), name) ?? name);
  };
  const reach = createReach(network);
  const aftermath = createAftermath({
    ...{ agent, configured, emit, runProgram, leave, log },
    measured: () => measuring.all(),
    settled() {
      reports.messages().forEach(needs.show);
      needs.refreshUplinks();
    },
  });
  const measuring = measure(needs, configured, reach, active, (measured, transition) => {
    aftermath.changed(measured, transition);
    if (isConfigured()) deciding.decide();
    else aftermath.unchosen();
    needs.refreshUplinks();
  });
  const deciding = decide(needs, configured, reach, active, measuring, aftermath);
  const reports = createReports({
    ...{ agent, configured, active, deciding },
    views: network.uplinks.view,
    measured: measuring.all,
    now: clocks,
  });

  function look(): void {
    measuring.look();
    if (isConfigured()) deciding.decide();
  }

  return {
    subscriptions: [failoverSetTopic(agent)],
    heard: createFailoverCommands({
      ...{ agent, isConfigured },
      uplinks: () => Object.keys(uplinks()),
      obey: deciding.obey,
      publish: needs.publish,
    }),
    health: reports.health,
    state: reports.state,
    introduction: reports.messages,
    overview: reports.overview,
    start: look,
    networkChanged: look,
    async reload(former) {
      const given = needsNewPower(former.failover, file().failover)
        ? deciding.between(() => power.release(false))
        : null;
      if (former.failover !== null && !isConfigured()) needs.clear([clearedFailover(agent)]);
      measuring.look();
      aftermath.look();
      if (given === null) deciding.decide();
      else await given;
    },
    async stop() {
      aftermath.stop();
      measuring.stop();
      await deciding.stop();
      await power
        .release(!settings().restoreOnExit)
        .catch((error: unknown) => log.error({ err: error }, 'not all of failover could be taken out'));
    },
  };
}
