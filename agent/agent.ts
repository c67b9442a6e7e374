// The composition root: builds the parts, starts them in order, stops them in reverse.
import { hostname } from 'node:os';
import { requestSubscriptions } from '../shared/topics.ts';
import { banner } from './banner.ts';
import { createAgentBridge } from './bridge.ts';
import { createBrokerLink } from './broker-link.ts';
import type { Config } from './config.ts';
import { createCurrentFile } from './config/current.ts';
import { openFailover } from './failover.ts';
import { openPower } from './failover/power.ts';
import { openKnowledge } from './knowledge.ts';
import type { Log } from './log.ts';
import { watchLoopDelay } from './loop-delay.ts';
import { openMonitoring } from './monitoring.ts';
import type { Incoming } from './mqtt.ts';
import { openNetwork } from './network.ts';
import { createPipeline } from './pipeline.ts';
import { canFetch } from './probe/http/curl.ts';
import { builtInEgressServers } from './probe/egress/servers.ts';
import { type Retained, infoMessage, onChange, statusMessage } from './publish/availability.ts';
import { createProbeQueue } from './queue.ts';
import { askedByMqtt } from './request/mqtt.ts';
import { stagesFor } from './stages.ts';
import { openStore } from './store/index.ts';
import { readVersion } from './version.ts';

const graceMs = 3000;

export interface Agent {
  /** What a person at the terminal is told of it. */
  banner(): Promise<string>;
  /** Reads the configuration file anew; where that is wrong, all stays as it is. */
  reload(): void;
  /** Logs what it knows. */
  tell(): void;
  /** Gives what is under way a little time, and resolves when nothing of it runs any more. */
  stop(): Promise<void>;
}

/** All parts, each given what it needs of the others; none of them runs yet. Rejects with Failure where one can't be had. */
async function openParts(config: Config, environment: NodeJS.Dict<string>, log: Log) {
  const { DEVICE_NAME: name, PROBE_CONCURRENCY: concurrency, PROBE_RATE: packetsPerSecond } = config;
  const version = readVersion();
  const stopping = new AbortController();
  const loopDelay = watchLoopDelay();
  const file = createCurrentFile(config, log);
  const egressServers = (): readonly string[] => file.now().egress.servers ?? builtInEgressServers;
  const power = await openPower({ file: file.now, stateDir: config.STATE_DIR, log });
  const network = await openNetwork({
    packetsPerSecond,
    uplinks: () => file.now().uplinks,
    log,
    teaching: power.teaching,
  });
  const { packets, uplinks } = network;
  const store = await openStore(config.STATE_DIR, log);
  const knowledge = await openKnowledge(config, uplinks, store, log);
  const queue = createProbeQueue(concurrency);
  const link = createBrokerLink(config, log, stopping.signal);
  const { publish } = link;
  const monitoring = await openMonitoring({
    ...{ config, version, environment, log, store, uplinks, egressServers, publish },
    file: file.now,
    health: () => failover.health(),
    alsoKept: () => failover.introduction(),
    watch: (asked, softer) => pipeline.watch(asked, softer),
    answer: (asked) => pipeline.answer(asked),
    queueLoad: queue.load,
    loopDelayMs: loopDelay.delayMs,
    isConnected: link.connected,
    onAbout: () => tellAbout(),
    stopping: stopping.signal,
  });
  const { budgetRefusal, observe, publishResult } = monitoring.stages;
  const stages = stagesFor(
    {
      ...{ config, log, packets, queue, uplinks, knowledge, egressServers, budgetRefusal, observe },
      bridgeAt: () => bridge.at(),
    },
    publishResult,
  );
  const pipeline = createPipeline(name, stages);
  const failover = openFailover({
    ...monitoring.voice,
    ...{ agent: name, network, power, log, publish },
    file: file.now,
    leave: link.leave,
  });
  const entrance = {
    ownNames: () => ['localhost', hostname(), name, ...uplinks.ownAddresses().map(({ address }) => address)],
    answer: pipeline.answer,
    probeState: network.refusal,
    loopDelayMs: loopDelay.delayMs,
    pages: monitoring.pages,
  };
  const bridge = createAgentBridge(config, entrance, log, stopping.signal);
  const about = (): Retained =>
    infoMessage(name, {
      version,
      interfaces: uplinks.view(),
      limits: { concurrency, packetsPerSecond },
      watched: monitoring.reports.about(),
    });
  const tellAbout = onChange(about, publish);
  const toTell = { version, loopDelay, about, tellAbout };
  const parts = { stopping, file, network, store, knowledge, link, monitoring, pipeline, failover, bridge };
  return { ...toTell, ...parts };
}

type Parts = Awaited<ReturnType<typeof openParts>>;

async function start(parts: Parts, config: Config): Promise<void> {
  const { network, monitoring, failover, pipeline, link, bridge, about, tellAbout } = parts;
  const { DEVICE_NAME: name, MQTT_GROUPS: groups, MQTT_ALLOW_FORCE: mayForce } = config;
  tellAbout();
  network.onChanged(() => {
    tellAbout();
    monitoring.life.networkChanged();
    failover.networkChanged();
  });
  // Before the first connection, at which all monitors are told of.
  await monitoring.life.start();
  failover.start();
  await link.start({
    will: statusMessage(name, 'offline'),
    subscriptions: [
      ...requestSubscriptions(name, groups),
      ...monitoring.broker.subscriptions,
      ...failover.subscriptions,
    ],
    onMessage(incoming: Incoming) {
      if (monitoring.broker.heard(incoming) || failover.heard(incoming)) return;
      const asked = askedByMqtt(incoming, mayForce);
      if (asked !== null) void pipeline.answer(asked);
    },
    introduction: () => [statusMessage(name, 'online'), about(), ...monitoring.broker.introduction()],
    onConnected: monitoring.broker.connected,
  });
  await bridge.start();
}

async function stop(parts: Parts, name: string): Promise<void> {
  const { stopping, failover, monitoring, pipeline, bridge, link, loopDelay } = parts;
  stopping.abort();
  await Promise.all([failover.stop(), monitoring.life.stop(), pipeline.drain(graceMs), bridge.stop()]);
  link.publish(statusMessage(name, 'offline'));
  await link.stop();
  await monitoring.life.close();
  loopDelay.stop();
  parts.knowledge.stop();
  await parts.store.close();
  parts.network.stop();
}

/** Resolves once it runs. Rejects with Failure where it can't start at all. */
export async function openAgent(config: Config, environment: NodeJS.Dict<string>, log: Log): Promise<Agent> {
  const { DEVICE_NAME: name } = config;
  const parts = await openParts(config, environment, log);
  await start(parts, config);
  const { version, file, network, monitoring, failover, link, bridge } = parts;
  return {
    async banner() {
      const { proof, uplinks } = network;
      const seen = {
        proof,
        curl: await canFetch(),
        uplinks: uplinks.view(),
        watched: monitoring.reports.overview(),
      };
      const open = { bridge: bridge.at(), broker: link.place() };
      return banner({ name, version, ...open, ...seen, failover: failover.overview() });
    },
    reload() {
      const former = file.reload();
      if (former === null) return;
      parts.tellAbout();
      void monitoring.life.reload(former);
      void failover
        .reload(former)
        .catch((error: unknown) => log.error({ err: error }, 'failover is not reloaded'));
      log.info({}, 'the configuration file is reloaded');
    },
    tell() {
      const uplinks = network.uplinks.view();
      const known = { uplinks, mqtt: link.connected(), loopDelayMs: parts.loopDelay.delayMs() };
      const decided = { failover: failover.state(), health: Object.fromEntries(failover.health()) };
      log.info({ ...known, ...decided, monitors: monitoring.reports.states() }, 'what the agent knows');
    },
    stop: () => stop(parts, name),
  };
}
