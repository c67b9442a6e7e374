// The agent watching by itself: its parts put together. What monitors find becomes states, events, history and metrics;
// events go to the broker and to actions; uplinks are shown with what they carried.
import { newEvent } from '../shared/event.ts';
import { birthTopic, infoTopic, monitorSubscriptions, statusTopic } from '../shared/topics.ts';
import { now } from './clock.ts';
import { createHistory } from './history/index.ts';
import { createMetrics } from './metrics.ts';
import { createCommands } from './monitoring/commands.ts';
import { devicesOf } from './monitoring/devices.ts';
import { openEvents } from './monitoring/events.ts';
import { createHistoryAnswers } from './monitoring/history.ts';
import type { Monitoring, MonitoringNeeds } from './monitoring/parts.ts';
import { resultsInto } from './monitoring/results.ts';
import { createWatching } from './monitoring/watching.ts';
import type { Outgoing } from './mqtt.ts';
import { agentIdOf } from './publish/agent-id.ts';
import { createDiscovery } from './publish/discovery.ts';
import { monitorMessages } from './publish/monitor-state.ts';
import { openRetained } from './publish/retained.ts';

async function openParts(needs: MonitoringNeeds) {
  const { config, version, log, store, file, publish, isConnected } = needs;
  const { DEVICE_NAME: agent, HOMEASSISTANT_PREFIX: prefix } = config;
  const always = [statusTopic(agent), infoTopic(agent)];
  const kept = await openRetained({ store, log, publish, isConnected, always });
  const events = await openEvents(needs);
  const history = createHistory({ store, log, now });
  const watching = createWatching(needs, kept, events, (...seen) => takeResult(...seen));
  const { monitors, shown } = watching;
  const metrics = createMetrics({
    version,
    monitors: monitors.view,
    uplinks: shown.states,
    queue: needs.queueLoad,
    outbox: () => ({ ...events.outbox.depth() }),
    loopDelayMs: needs.loopDelayMs,
    mqttConnected: isConnected,
  });
  const { actions } = events;
  const takeResult = resultsInto({ metrics, history, actions, refreshUplinks: shown.refresh });
  const introduction = (): Outgoing[] =>
    kept.all([
      ...shown.messages(),
      ...needs.alsoKept(),
      ...monitors.view().flatMap((state) => monitorMessages(agent, state)),
    ]);
  const agentId = await agentIdOf(store);
  const discovery = createDiscovery({
    ...{ prefix, publish, store, log },
    devices: devicesOf({ prefix, agent, agentId, version, file }),
    republishStates: () => introduction().forEach(publish),
  });
  const answers = createHistoryAnswers({ agent, prefix, history, log });
  return { kept, events, history, watching, metrics, introduction, discovery, answers };
}

export async function openMonitoring(needs: MonitoringNeeds): Promise<Monitoring> {
  const { config, store, file, publish, onAbout } = needs;
  const { DEVICE_NAME: agent, HOMEASSISTANT_PREFIX: prefix } = config;
  const parts = await openParts(needs);
  const { kept, history, metrics, discovery, answers } = parts;
  const { emit, actions, outbox } = parts.events;
  const { budget, monitors, shown, obey, tellUnknownVias } = parts.watching;

  function seeTrouble(why: string | null): void {
    onAbout();
    if (why === null) void Promise.all([outbox.reload(), monitors.recover()]);
    else void emit(newEvent('store.failed', agent, { evidence: { reason: why } }, now().epochMs));
  }

  return {
    stages: {
      budgetRefusal: budget.refusal,
      observe(result) {
        budget.spent(result.via.uplink, result.traffic);
        metrics.observe(result);
      },
      publishResult: outbox.measurement,
    },
    voice: {
      emit: (event) => void emit(event),
      show: kept.show,
      clear: kept.clear,
      refreshUplinks: shown.refresh,
      spent: budget.spent,
      runProgram: actions.runOnce,
    },
    broker: {
      subscriptions: [...monitorSubscriptions(agent), ...(prefix === '' ? [] : [birthTopic(prefix)])],
      heard: createCommands({
        prefix,
        monitors: { view: monitors.view, obey },
        refuse: (asked) => void needs.answer(asked),
        answerHistory: (...asked) =>
          void answers.messages(...asked).then((messages) => messages.forEach(publish)),
        born: discovery.born,
      }),
      introduction: parts.introduction,
      connected() {
        discovery.connected();
        outbox.connected();
      },
    },
    pages: { metrics: metrics.text, monitors: monitors.view, history: answers.page },
    reports: {
      about: () => ({
        monitors: Object.keys(file().monitors),
        expectedMonthlyBytes: Object.fromEntries(shown.expectedBytes()),
        problems: { storage: store.trouble() },
      }),
      states: monitors.view,
      overview: () => ({ monitors: monitors.view(), expectedBytes: shown.expectedBytes() }),
    },
    life: {
      async start() {
        store.onTrouble(seeTrouble);
        const trouble = store.trouble();
        if (trouble !== null) seeTrouble(trouble);
        tellUnknownVias();
        await budget.start();
        await actions.start();
        await monitors.start(file().monitors);
      },
      networkChanged: shown.refresh,
      async reload(former) {
        tellUnknownVias();
        await monitors.reload(file().monitors);
        shown.reloaded(former);
        onAbout();
        discovery.changed();
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
    },
  };
}
