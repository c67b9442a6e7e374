// The uplinks' health and failover: put together out of what sends echoes, what the kernel is told by, and what tells of it.
import type { Event } from '../shared/event.ts';
import { type FailoverState, type Mode, familyNamed } from '../shared/failover.ts';
import { Failure } from '../shared/failure.ts';
import type { Family } from '../shared/ip.ts';
import type { Traffic } from '../shared/result.ts';
import { failoverSetTopic } from '../shared/topics.ts';
import { type FailoverSettings, defaultFailover } from './config/failover.ts';
import type { FileSettings } from './config/file.ts';
import type { ResetSettings } from './config/uplink/reset.ts';
import { readFailoverCommand, refusalOf } from './failover/commands.ts';
import { createEchoes } from './failover/echoes.ts';
import { createFlows } from './failover/flows.ts';
import type { Power } from './failover/power.ts';
import { createReach } from './failover/reach.ts';
import { createResets } from './failover/resets.ts';
import { failoverState, healthByUplink } from './failover/states.ts';
import { createTelling } from './failover/telling.ts';
import type { Log } from './log.ts';
import type { Incoming, Outgoing } from './mqtt.ts';
import type { Network } from './network.ts';
import type { Retained } from './publish/availability.ts';
import { clearedFailover, failoverMessage, failoverRefusal } from './publish/failover-state.ts';
import { type Happening, createFailover } from './uplink/failover.ts';
import { createConfirming } from './uplink/failover/confirming.ts';
import { type Measured, createMeasuring } from './uplink/measuring.ts';
import type { HealthOfUplink } from './uplink/states.ts';

export interface FailoverParts {
  agent: string;
  file(): FileSettings;
  network: Network;
  power: Power;
  log: Log;
  /** Kept, then sent and acted on. */
  emit(event: Event): void;
  /** A program of the user's; `environment` is what it is told. Never rejects. */
  runProgram(
    run: ResetSettings['run'],
    timeoutMs: number,
    environment: Readonly<Record<string, string>>,
  ): Promise<void>;
  show(message: Retained): void;
  clear(messages: readonly Retained[]): void;
  publish(message: Outgoing): void;
  /** What the uplinks' states show may be another. */
  refreshUplinks(): void;
  spent(uplink: string | null, traffic: Traffic): void;
  leave(addresses: readonly string[]): void;
}

export interface FailoverPart {
  start(): void;
  health(): ReadonlyMap<string, HealthOfUplink>;
  state(): FailoverState | null;
  networkChanged(): void;
  reload(former: FileSettings): Promise<void>;
  heard(incoming: Incoming): boolean;
  /** For people, at the start; null where the file has no failover. */
  overview(): { mode: Mode; withoutTargets: string[] } | null;
  introduction(): Retained[];
  /** Restores what was there before, where that is wanted. */
  stop(): Promise<void>;
}

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
    const found = Object.entries(uplinks()).find(([, uplink]) => uplink.interface === name);
    return found?.[0] ?? name;
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
  const failover = createFailover({
    settings,
    families,
    uplinks,
    measured: measuring.all,
    active,
    reconcile: power.reconcile,
    confirming: createConfirming({ settings: () => settings().confirm, answers: reach.answers }),
    tell,
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
    resets.look();
    if (isConfigured()) failover.decide();
    else telling.settled();
    refreshUplinks();
  }

  function tell(happening: Happening): void {
    telling.happened(happening);
    // It comes some time after its decision, and would wait for the next one.
    if (happening.kind === 'confirmed') return failover.decide();
    if (happening.kind !== 'switched' && happening.kind !== 'rolledBack') return;
    const { family, from, to } = happening;
    void flows.move(from, to, addressesOf.get(`${family} ${from}`) ?? []);
  }

  function decided(): void {
    telling.tellInitial();
    telling.settled();
    introduction().forEach(show);
    refreshUplinks();
  }

  const health = (): Map<string, HealthOfUplink> => healthByUplink(measuring.all(), active, clocks());
  const state = (): FailoverState | null =>
    isConfigured() ? failoverState(failover, uplinks(), health(), clocks()) : null;

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
    const refusal = failover.obey(read.value);
    if (refusal !== null) refuse(new Failure('forceRefused', refusal));
  }

  return {
    start() {
      measuring.look();
      if (isConfigured()) failover.decide();
    },
    health,
    state,
    networkChanged() {
      measuring.look();
      if (isConfigured()) failover.decide();
    },
    async reload(former) {
      if (power.held() && needsNewPower(former.failover, file().failover)) await power.release(false);
      if (former.failover !== null && !isConfigured()) parts.clear([clearedFailover(agent)]);
      measuring.look();
      if (isConfigured()) failover.decide();
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
      await failover.stop();
      await power.release(!settings().restoreOnExit);
    },
  };
}

/** What is ours bears the numbers that it was made with, and in observe mode nothing is. */
function needsNewPower(former: FailoverSettings | null, now: FailoverSettings | null): boolean {
  if (former === null || now === null || now.mode === 'observe') return true;
  const numbers = [
    'mode',
    'routeProto',
    'metricActive',
    'metricStandbyBase',
    'tableBase',
    'rulePriorityBase',
  ] as const;
  return numbers.some((key) => former[key] !== now[key]);
}
