// The agent watching by itself: its parts put together. What monitors find becomes states, events, history and metrics;
// events go to the broker and to actions; uplinks are shown with what they carried.
import { type Event, newEvent } from '../shared/event.ts';
import type { MonitorState } from '../shared/monitor.ts';
import type { Result } from '../shared/result.ts';
import type { Change } from '../shared/store.ts';
import { birthTopic, infoTopic, monitorSubscriptions, statusTopic } from '../shared/topics.ts';
import { createActions } from './action/index.ts';
import { createDataBudget } from './budget/index.ts';
import { now } from './clock.ts';
import { unknownVias } from './config/monitor/via.ts';
import { interfaceCounters } from './counters.ts';
import { createHistory } from './history/index.ts';
import { createMetrics } from './metrics.ts';
import { type Command, createMonitors } from './monitor/index.ts';
import { createCommands } from './monitoring/commands.ts';
import { devicesOf } from './monitoring/devices.ts';
import { createHistoryAnswers, pointOf } from './monitoring/history.ts';
import { createUplinkStates } from './monitoring/uplinks.ts';
import type { Monitoring, MonitoringParts } from './monitoring/parts.ts';
import type { Outgoing } from './mqtt.ts';
import { agentIdOf } from './publish/agent-id.ts';
import { createDiscovery } from './publish/discovery.ts';
import { clearedMonitor, monitorMessages } from './publish/monitor-state.ts';
import { openOutbox } from './publish/outbox.ts';
import { openRetained } from './publish/retained.ts';
import { askedBySchedule } from './request/schedule.ts';

export async function openMonitoring(parts: MonitoringParts): Promise<Monitoring> {
  const { config, version, log, store, uplinks, file, egressServers, publish, isConnected } = parts;
  const { DEVICE_NAME: agent, HOMEASSISTANT_PREFIX: prefix } = config;
  const always = [statusTopic(agent), infoTopic(agent)];
  const kept = await openRetained({ store, log, publish, isConnected, always });
  const outbox = await openOutbox({ agent, store, log, publish, isConnected, now });
  const actions = createActions({
    settings: () => file().actions,
    store,
    log,
    agent,
    syslog: config.SYSLOG_ADDRESS !== undefined,
    environment: parts.environment,
    stopping: parts.stopping,
  });
  const history = createHistory({ store, log, now });
  const historyAnswers = createHistoryAnswers({ agent, prefix, history, log });

  /** Kept with what it changed and what it lets run, then sent and acted on. */
  async function emit(event: Event, alongside: readonly Change[] = []): Promise<void> {
    await outbox.event(event, [...alongside, ...actions.changesFor(event)]);
    actions.take(event);
  }
  const budget = createDataBudget({
    settings: () => file().uplinks,
    counters: interfaceCounters,
    store,
    emit(event, alongside) {
      // Who reads the event finds the same figures in the state.
      shown.refresh();
      void emit(event, alongside);
    },
    now,
    log,
  });
  /** Else each run would look for the uplink that its `via` means for nothing. */
  const isLimited = (): boolean => Object.values(file().uplinks).some(({ data }) => data !== null);
  const monitors = createMonitors({
    agent,
    log,
    store,
    now,
    watch: (monitor, probe, warn) => parts.watch(askedBySchedule(monitor, probe, parts.stopping), warn),
    held: (_monitor, { body }) => (isLimited() ? budget.refusal(shown.uplinkOf(body['via'])) : null),
    emit,
    onState: publishState,
    onResult: seeResult,
    // Its history stays until age takes it: a monitor that is commented out for a day has not lost its past.
    onRemoved: (monitor) => kept.clear(clearedMonitor(agent, monitor)),
  });
  const shown = createUplinkStates({
    agent,
    file,
    uplinks,
    budget,
    monitors: monitors.view,
    egressServers,
    health: parts.health,
    show: kept.show,
    clear: kept.clear,
  });
  const metrics = createMetrics({
    version,
    monitors: monitors.view,
    uplinks: shown.states,
    queue: parts.queueLoad,
    outbox: () => ({ ...outbox.depth() }),
    loopDelayMs: parts.loopDelayMs,
    mqttConnected: isConnected,
  });
  const agentId = await agentIdOf(store);
  const discovery = createDiscovery({
    prefix,
    publish,
    store,
    log,
    devices: devicesOf({ prefix, agent, agentId, version, file }),
    republishStates: () => introduction().forEach(publish),
  });
  const heard = createCommands({
    prefix,
    monitors: { view: monitors.view, obey },
    refuse: (asked) => void parts.answer(asked),
    answerHistory: (...asked) =>
      void historyAnswers.messages(...asked).then((messages) => messages.forEach(publish)),
    born: discovery.born,
  });

  /** A command changes what is expected to be spent. */
  function obey(command: Command): string | null {
    const problem = monitors.obey(command);
    if (problem === null && command.command !== 'run') tellCosts();
    return problem;
  }

  function tellCosts(): void {
    shown.refresh();
    parts.onAbout();
  }

  function publishState(state: MonitorState): void {
    monitorMessages(agent, state).forEach(kept.show);
  }

  function seeResult(monitor: string, result: Result, state: MonitorState): void {
    metrics.time(result, monitor);
    const point = pointOf(state);
    if (point !== null) history.add(monitor, point);
    const { kind, target, verdict, reason, failure, minMs, rttMs, maxMs, jitterMs, lossPercent } = state;
    const figures = { minMs, rttMs, maxMs, jitterMs, lossPercent };
    const evidence = { kind, target, verdict, reason, failure, ...figures };
    actions.observed(newEvent('probe.result', monitor, { evidence }, Date.parse(result.startedAt)));
    if (result.kind === 'egress') shown.refresh();
  }

  const introduction = (): Outgoing[] =>
    kept.all([
      ...shown.messages(),
      ...parts.alsoKept(),
      ...monitors.view().flatMap((state) => monitorMessages(agent, state)),
    ]);

  /** Most likely misspelt; but an interface may come later. */
  function tellUnknownVias(): void {
    const interfaces = ['lo', ...uplinks.view().map((view) => view.interface)];
    const unknown = unknownVias(file().monitors, Object.keys(file().uplinks), interfaces);
    for (const { monitor, problem } of unknown) log.warn({ monitor }, problem);
  }

  function seeTrouble(why: string | null): void {
    parts.onAbout();
    if (why === null) void Promise.all([outbox.reload(), monitors.recover()]);
    else void emit(newEvent('store.failed', agent, { evidence: { reason: why } }, now().epochMs));
  }

  return {
    subscriptions: [...monitorSubscriptions(agent), ...(prefix === '' ? [] : [birthTopic(prefix)])],
    budgetRefusal: budget.refusal,
    observe(result) {
      budget.spent(result.via.uplink, result.traffic);
      metrics.observe(result);
    },
    publishResult: outbox.measurement,
    about: () => ({
      monitors: Object.keys(file().monitors),
      expectedMonthlyBytes: Object.fromEntries(shown.expectedBytes()),
      problems: { storage: store.trouble() },
    }),
    heard,
    voice: {
      emit: (event) => void emit(event),
      show: kept.show,
      clear: kept.clear,
      refreshUplinks: shown.refresh,
      spent: budget.spent,
      runProgram: actions.runOnce,
    },
    introduction,
    connected() {
      discovery.connected();
      outbox.connected();
    },
    networkChanged: shown.refresh,
    async reload(former) {
      tellUnknownVias();
      await monitors.reload(file().monitors);
      shown.reloaded(former);
      parts.onAbout();
      discovery.changed();
    },
    pages: { metrics: metrics.text, monitors: monitors.view, history: historyAnswers.page },
    states: monitors.view,
    overview: () => ({
      monitors: monitors.view(),
      expectedBytes: shown.expectedBytes(),
    }),
    async start() {
      store.onTrouble(seeTrouble);
      const trouble = store.trouble();
      if (trouble !== null) seeTrouble(trouble);
      tellUnknownVias();
      await budget.start();
      await actions.start();
      await monitors.start(file().monitors);
    },
    async stop() {
      shown.stop();
      discovery.stop();
      await monitors.stop();
    },
    async close() {
      await Promise.all([budget.stop(), actions.stop(), history.stop()]);
      await outbox.stop();
    },
  };
}
