// The uplinks' health and failover: put together out of what sends echoes, what the kernel is told by, and what tells of it.
import { type FailoverState, familyNamed } from '../shared/failover.ts';
import { Failure } from '../shared/failure.ts';
import type { Family } from '../shared/ip.ts';
import { failoverSetTopic } from '../shared/topics.ts';
import { uplinkOn } from '../shared/way.ts';
import { type FailoverSettings, defaultFailover } from './config/failover.ts';
import type { FileSettings } from './config/file.ts';
import { readFailoverCommand, refusalOf } from './failover/commands.ts';
import { createEchoes } from './failover/echoes.ts';
import { createFlows } from './failover/flows.ts';
import type { FailoverPart, FailoverParts } from './failover/parts.ts';
import { needsNewPower } from './failover/power.ts';
import { createReach } from './failover/reach.ts';
import { createResets } from './failover/resets.ts';
import { failoverState, healthByUplink } from './failover/states.ts';
import { createTelling } from './failover/telling.ts';
import type { Incoming } from './mqtt.ts';
import type { Retained } from './publish/availability.ts';
import { clearedFailover, failoverMessage, failoverRefusal } from './publish/failover-state.ts';
import { type Happening, createDeciding } from './uplink/deciding.ts';
import { createConfirming } from './uplink/deciding/confirming.ts';
import { type Measured, createMeasuring } from './uplink/measuring.ts';
import type { HealthOfUplink } from './uplink/states.ts';

export type { FailoverPart } from './failover/parts.ts';

const clocks = () => ({ ms: performance.now(), epochMs: Date.now() });

export function openFailover(parts: FailoverParts): FailoverPart {
  const { agent, file, network, power, log, show, refreshUplinks } = parts;
  const uplinks = (): FileSettings['uplinks'] => file().uplinks;
  const settings = (): FailoverSettings => file().failover ?? defaultFailover;
  const isConfigured = (): boolean => file().failover !== null;
  const families = (): Family[] => settings().families.map(familyNamed);
  const addressesOf = new Map<string, readonly string[]>();

  /** By whom the default route leaves: an uplink, or an interface that is none. */
  function active(family: Family): string | null {
    const name = network.leavesBy(family);
    return name === null ? null : (uplinkOn(uplinks(), name) ?? name);
  }

  const reach = createReach(network);
  const telling = createTelling({
    uplinks,
    measured: () => measuring.all(),
    emit: parts.emit,
    epochMs: Date.now,
  });
  const flows = createFlows({
    uplinks,
    flush: () => settings().flushOnFailback,
    leave: parts.leave,
    log,
  });
  const measuring = createMeasuring({
    uplinks,
    families,
    flap: () => settings().flap,
    gatewaysCount: isConfigured,
    network: network.current,
    active,
    sendBy: createEchoes({ packets: network.packets, uplinks: network.uplinks, spent: parts.spent }),
    resolve: reach.resolve,
    changed,
    nowMs: () => performance.now(),
  });
  const deciding = createDeciding({
    settings,
    families,
    uplinks,
    measured: measuring.all,
    active,
    reconcile: power.reconcile,
    confirming: createConfirming({
      settings: () => settings().confirm,
      leading: () => (families().includes(4) ? 4 : 6),
      answers: reach.answers,
    }),
    tell,
    isConfigured,
    choosing,
    decided,
    log,
    now: clocks,
  });
  const resets = createResets({
    uplinks,
    measured: measuring.all,
    run(uplink, { run, timeoutMs }, reason) {
      log.info({ uplink, reason, program: run[0] }, 'the reset program of an uplink is run');
      const told = { PATHPROOF_UPLINK: uplink, PATHPROOF_REASON: reason, PATHPROOF_AGENT: agent };
      return parts.runProgram(run, timeoutMs, told);
    },
    nowMs: () => performance.now(),
  });

  function changed(measured: Measured, transition: Parameters<typeof telling.changed>[1]): void {
    const { uplink, family, sources } = measured;
    if (sources.length > 0) addressesOf.set(`${family} ${uplink}`, sources);
    telling.changed(measured, transition);
    if (isConfigured()) deciding.decide();
    else settled();
    refreshUplinks();
  }

  function tell(happening: Happening): void {
    telling.happened(happening);
    // It comes some time after its decision, and would wait for the next one.
    if (happening.kind === 'confirmed') return deciding.decide();
    if (happening.kind !== 'switched' && happening.kind !== 'rolledBack') return;
    const { family, from, to } = happening;
    void flows.move(from, to, addressesOf.get(`${family} ${from}`) ?? []);
  }

  /** Nothing is chosen: what was seen is told at once. */
  function settled(): void {
    telling.choosing();
    telling.settled();
    resets.look();
  }

  function choosing(): void {
    telling.tellInitial();
    telling.choosing();
  }

  function decided(): void {
    telling.settled();
    // Programs come after the routes.
    resets.look();
    introduction().forEach(show);
    refreshUplinks();
  }

  const health = (): Map<string, HealthOfUplink> => healthByUplink(measuring.all(), active, clocks());
  const state = (): FailoverState | null =>
    isConfigured() ? failoverState(deciding, uplinks(), health(), clocks()) : null;

  function introduction(): Retained[] {
    const now = state();
    return now === null ? [] : [failoverMessage(agent, now)];
  }

  function obey(incoming: Incoming): void {
    const read = readFailoverCommand(incoming, Object.keys(uplinks()));
    if (read === null) return;
    const refuse = (failure: Failure): void => parts.publish(failoverRefusal(agent, refusalOf(failure)));
    if (!read.ok) return parts.publish(failoverRefusal(agent, read));
    if (!isConfigured()) {
      return refuse(new Failure('unsupported', 'failover is not configured: the file has no failover'));
    }
    const refusal = deciding.obey(read.value);
    if (refusal !== null) refuse(new Failure('forceRefused', refusal));
  }

  return {
    subscriptions: [failoverSetTopic(agent)],
    start() {
      measuring.look();
      if (isConfigured()) deciding.decide();
    },
    health,
    state,
    networkChanged() {
      measuring.look();
      if (isConfigured()) deciding.decide();
    },
    async reload(former) {
      const given = needsNewPower(former.failover, file().failover)
        ? deciding.between(() => power.release(false))
        : null;
      if (former.failover !== null && !isConfigured()) parts.clear([clearedFailover(agent)]);
      measuring.look();
      resets.look();
      if (given === null) deciding.decide();
      else await given;
    },
    heard(incoming) {
      if (incoming.topic !== failoverSetTopic(agent)) return false;
      obey(incoming);
      return true;
    },
    overview() {
      const blind = Object.entries(uplinks()).filter(([, { health: asked }]) => asked.targets.length === 0);
      return isConfigured() ? { mode: settings().mode, withoutTargets: blind.map(([name]) => name) } : null;
    },
    introduction,
    async stop() {
      resets.stop();
      measuring.stop();
      await deciding.stop();
      await power
        .release(!settings().restoreOnExit)
        .catch((error: unknown) => log.error({ err: error }, 'not all of failover could be taken out'));
    },
  };
}
