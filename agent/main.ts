// The composition root: builds the parts, starts them in order, stops them in reverse, drains on SIGTERM.
import { hostname } from 'node:os';
import { Failure } from '../shared/failure.ts';
import { sayProblems } from '../shared/issues.ts';
import { kinds } from '../shared/request.ts';
import { failoverSetTopic, requestSubscriptions } from '../shared/topics.ts';
import { type Facts, banner } from './banner.ts';
import { type Config, leaveToPrograms, readConfig, readConfigFile, readServiceManager } from './config.ts';
import { type FailoverPart, openFailover } from './failover.ts';
import { openPower } from './failover/power.ts';
import { openKnowledge } from './knowledge.ts';
import { type Link, openLink } from './link.ts';
import { type Log, createLog } from './log.ts';
import { watchLoopDelay } from './loop-delay.ts';
import { openMonitoring } from './monitoring.ts';
import type { Outgoing } from './mqtt.ts';
import { openNetwork } from './network.ts';
import { type Notifier, createNotifier } from './notify.ts';
import { createPipeline } from './pipeline.ts';
import { canFetch } from './probe/http/curl.ts';
import { builtInEgressServers } from './probe/egress/servers.ts';
import { type Retained, infoMessage, onChange, statusMessage } from './publish/availability.ts';
import { createProbeQueue } from './queue.ts';
import { createBridge } from './request/http.ts';
import { askedByMqtt } from './request/mqtt.ts';
import { startOrRetry } from './retry.ts';
import { type SignalActions, takeSignals } from './signals.ts';
import { stagesFor } from './stages.ts';
import { openStore } from './store/index.ts';
import type { UplinkView } from './uplink/index.ts';
import { readVersion } from './version.ts';

const graceMs = 3000;

const version = readVersion();

/** What the broker keeps of this agent; `watched` is what it says of monitors. */
const aboutAgent = (config: Config, interfaces: UplinkView[], watched: object): Retained =>
  infoMessage(config.DEVICE_NAME, {
    version,
    kinds,
    interfaces,
    uplinks: interfaces.filter(({ uplink }) => uplink !== null),
    limits: { concurrency: config.PROBE_CONCURRENCY, packetsPerSecond: config.PROBE_RATE },
    ...watched,
  });

interface Around {
  environment: NodeJS.Dict<string>;
  log: Log;
  manager: Notifier;
  serve: (actions: SignalActions) => void;
}

async function run(config: Config, { environment, log, manager, serve }: Around): Promise<void> {
  const name = config.DEVICE_NAME;
  const stopping = new AbortController();
  let file = config.file;
  let link: Link | null = null;
  const publish = (message: Outgoing): void => link?.publish(message);
  const isConnected = (): boolean => link?.connected() ?? false;
  const egressServers = (): readonly string[] => file.egress.servers ?? builtInEgressServers;

  const loopDelay = watchLoopDelay();
  let onNetworkChanged = (): void => undefined;
  let failover: FailoverPart | null = null;
  const power = await openPower({ file: () => file, stateDir: config.STATE_DIR, log });
  const network = await openNetwork(
    config,
    () => file,
    log,
    () => onNetworkChanged(),
    power.teaching,
  );
  const { packets, uplinks } = network;
  const store = await openStore(config.STATE_DIR, log);
  const knowledge = await openKnowledge(config, uplinks, store, log);
  const queue = createProbeQueue(config.PROBE_CONCURRENCY);
  const monitoring = await openMonitoring({
    config,
    version,
    environment,
    log,
    store,
    uplinks,
    file: () => file,
    egressServers,
    health: () => failover?.health() ?? new Map(),
    alsoKept: () => failover?.introduction() ?? [],
    watch: (asked, softer) => pipeline.watch(asked, softer),
    answer: (asked) => pipeline.answer(asked),
    queueLoad: queue.load,
    loopDelayMs: loopDelay.delayMs,
    publish,
    isConnected,
    onAbout: () => tellAbout(),
    stopping: stopping.signal,
  });
  const about = (): Retained => aboutAgent(config, uplinks.view(), monitoring.about());
  const tellAbout = onChange(about, publish);
  let listening: Facts['bridge'] = null;
  const stages = stagesFor(
    {
      config,
      log,
      packets,
      queue,
      uplinks,
      knowledge,
      egressServers,
      bridgeAt: () => listening,
      budgetRefusal: monitoring.budgetRefusal,
      observe: monitoring.observe,
    },
    monitoring.publishResult,
  );
  const pipeline = createPipeline(name, stages);
  tellAbout();
  const watched = openFailover({
    ...monitoring.voice,
    agent: name,
    file: () => file,
    network,
    power,
    log,
    publish,
    leave: (addresses) => link?.leave(addresses),
  });
  failover = watched;
  onNetworkChanged = () => {
    tellAbout();
    monitoring.networkChanged();
    watched.networkChanged();
  };

  // Before the first connection, at which all monitors are told of.
  await monitoring.start();
  watched.start();
  link = await openLink(config, log, stopping.signal, {
    will: statusMessage(name, 'offline'),
    subscriptions: [
      ...requestSubscriptions(name, config.MQTT_GROUPS),
      ...monitoring.subscriptions,
      failoverSetTopic(name),
    ],
    onMessage(incoming) {
      if (monitoring.heard(incoming) || watched.heard(incoming)) return;
      const asked = askedByMqtt(incoming, config.MQTT_ALLOW_FORCE);
      if (asked !== null) void pipeline.answer(asked);
    },
    introduction: () => [statusMessage(name, 'online'), about(), ...monitoring.introduction()],
    onConnected: monitoring.connected,
  });
  const bridge = createBridge({
    address: config.SERVER_ADDRESS,
    port: config.SERVER_PORT,
    token: config.BRIDGE_TOKEN ?? null,
    ownNames: () => ['localhost', hostname(), name, ...uplinks.ownAddresses().map(({ address }) => address)],
    log,
    answer: pipeline.answer,
    probeState: network.refusal,
    loopDelayMs: loopDelay.delayMs,
    pages: monitoring.pages,
  });
  const startBridge = async (): Promise<void> => {
    listening = { ...(await bridge.start()), needsToken: config.BRIDGE_TOKEN !== undefined };
    log.info({ address: listening.address, port: listening.port }, 'the HTTP bridge listens');
  };
  const wayOut = 'choose SERVER_PORT and SERVER_ADDRESS';
  await startOrRetry(log, stopping.signal, startBridge, { what: 'the HTTP bridge', wayOut });

  serve({
    async stop() {
      log.info({}, 'stopping');
      stopping.abort();
      const told = manager.stopping();
      await Promise.all([watched.stop(), monitoring.stop(), pipeline.drain(graceMs), bridge.stop()]);
      publish(statusMessage(name, 'offline'));
      await link.stop();
      await monitoring.close();
      loopDelay.stop();
      knowledge.stop();
      await store.close();
      network.stop();
      await told;
    },
    reload() {
      const read = readConfigFile(config.CONFIG_FILE);
      if (read.problems.length > 0) return log.error({}, `not reloaded: ${sayProblems(read.problems)}`);
      const former = file;
      file = read.settings;
      tellAbout();
      void monitoring.reload(former);
      void watched
        .reload(former)
        .catch((error: unknown) => log.error({ err: error }, 'failover is not reloaded'));
      log.info({}, 'the configuration file is reloaded');
    },
    tell() {
      const known = { uplinks: uplinks.view(), mqtt: link.connected(), loopDelayMs: loopDelay.delayMs() };
      const decided = { failover: watched.state(), health: Object.fromEntries(watched.health()) };
      log.info({ ...known, ...decided, monitors: monitoring.states() }, 'what the agent knows');
    },
  });
  const { proof } = network;
  const seen = { proof, curl: await canFetch(), uplinks: uplinks.view(), watched: monitoring.overview() };
  process.stdout.write(
    banner({ name, version, bridge: listening, broker: link.place(), ...seen, failover: watched.overview() }),
  );
  manager.ready();
}

const serveSignals = takeSignals();
const read = readConfig();
const systemd = readServiceManager();
const environment = leaveToPrograms();
if (!read.ok) {
  process.stderr.write('pathproof does not start; its configuration is wrong:\n');
  for (const problem of read.problems) process.stderr.write(`  ${sayProblems([problem])}\n`);
  process.exit(1);
}
const log = createLog(read.config.LOG_LEVEL, read.config.SYSLOG_ADDRESS ?? null);
const manager = createNotifier(systemd, environment, log);
run(read.config, { environment, log, manager, serve: serveSignals }).catch((error: unknown) => {
  // A Failure's sentence is written for people; anything else is a bug, whose stack is wanted.
  if (error instanceof Failure) process.stderr.write(`pathproof does not start:\n  ${error.message}\n`);
  else log.error({ err: error }, 'pathproof could not start');
  process.exit(1);
});
