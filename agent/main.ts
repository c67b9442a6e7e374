// The composition root: builds the parts, starts them in order, stops them in reverse, drains on SIGTERM.
import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import * as z from 'zod';
import { Failure } from '../shared/failure.ts';
import { sayProblems } from '../shared/issues.ts';
import { kinds } from '../shared/request.ts';
import { requestSubscriptions } from '../shared/topics.ts';
import { type Facts, banner } from './banner.ts';
import { type Config, leaveToPrograms, readConfig, readConfigFile } from './config.ts';
import { openKnowledge } from './knowledge.ts';
import { type Link, openLink } from './link.ts';
import { type Log, createLog } from './log.ts';
import { watchLoopDelay } from './loop-delay.ts';
import type { Outgoing } from './mqtt.ts';
import { createPackets } from './packet/index.ts';
import { proveLoopback } from './packet/proof.ts';
import { createPipeline } from './pipeline.ts';
import { canFetch } from './probe/http/curl.ts';
import { builtInEgressServers } from './probe/egress/servers.ts';
import { type Retained, infoMessage, onChange, statusMessage } from './publish/availability.ts';
import { createBridge } from './request/http.ts';
import { askedByMqtt } from './request/mqtt.ts';
import { startOrRetry } from './retry.ts';
import { type SignalActions, takeSignals } from './signals.ts';
import { stagesFor } from './stages.ts';
import { openStore } from './store/index.ts';
import { type Uplinks, createNetworkWatch, createUplinks } from './uplink/index.ts';

const graceMs = 3000;

type Publish = (message: Outgoing) => void;

const { version } = z
  .object({ version: z.string() })
  .parse(JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')));

/** What the broker keeps of this agent. */
function about(config: Config, uplinks: Uplinks): Retained {
  const seen = uplinks.view();
  return infoMessage(config.DEVICE_NAME, {
    version,
    kinds,
    interfaces: seen,
    uplinks: seen.filter(({ uplink }) => uplink !== null),
    limits: { concurrency: config.PROBE_CONCURRENCY, packetsPerSecond: config.PROBE_RATE },
  });
}

async function run(config: Config, log: Log, serveSignals: (actions: SignalActions) => void): Promise<void> {
  const name = config.DEVICE_NAME;
  const host = hostname();
  const stopping = new AbortController();
  let file = config.file;
  let link: Link | null = null;
  const publish: Publish = (message) => link?.publish(message);

  const packets = createPackets({
    packetsPerSecond: config.PROBE_RATE,
    onReopened: (interfaceName, why) =>
      log.info({ interface: interfaceName, why }, 'sockets are opened anew'),
  });
  const watch = createNetworkWatch(
    log,
    onChange(() => about(config, uplinks), publish),
  );
  const uplinks = createUplinks(watch, () => file.uplinks);
  // However the process ends: ip monitor would outlive it until the next change in the network.
  process.once('exit', () => watch.stop());
  await watch.start();
  const proof = await proveLoopback(packets);
  if ('refused' in proof) log.error({}, proof.refused.message);
  const store = await openStore(config.STATE_DIR, log);
  const knowledge = await openKnowledge(config, uplinks, store, log);
  const egressServers = () => file.egress.servers ?? builtInEgressServers;
  let listening: Facts['bridge'] = null;
  const bridgeAt = () => listening;
  const budgetRefusal = () => null;
  const parts = { config, log, packets, uplinks, knowledge, egressServers, bridgeAt, budgetRefusal };
  const stages = stagesFor(parts, publish);
  const pipeline = createPipeline(name, stages);

  link = await openLink(config, log, stopping.signal, {
    will: statusMessage(name, 'offline'),
    subscriptions: requestSubscriptions(name, config.MQTT_GROUPS),
    onMessage(incoming) {
      const asked = askedByMqtt(incoming, config.MQTT_ALLOW_FORCE);
      if (asked !== null) void pipeline.answer(asked);
    },
    introduction: () => [statusMessage(name, 'online'), about(config, uplinks)],
  });
  const loopDelay = watchLoopDelay();
  const bridge = createBridge({
    address: config.SERVER_ADDRESS,
    port: config.SERVER_PORT,
    token: config.BRIDGE_TOKEN ?? null,
    ownNames: () => ['localhost', host, name, ...uplinks.ownAddresses().map(({ address }) => address)],
    log,
    answer: pipeline.answer,
    probeState: () => ('refused' in proof ? proof.refused : null),
    loopDelayMs: loopDelay.delayMs,
    pages: {
      metrics: () => Promise.resolve({ contentType: 'text/plain; version=0.0.4; charset=utf-8', body: '' }),
      monitors: () => [],
      history: () => Promise.resolve({ ok: false, reason: 'no history is kept' }),
    },
  });
  const startBridge = async (): Promise<void> => {
    listening = { ...(await bridge.start()), needsToken: config.BRIDGE_TOKEN !== undefined };
    log.info({ address: listening.address, port: listening.port }, 'the HTTP bridge listens');
  };
  const wayOut = 'choose SERVER_PORT and SERVER_ADDRESS';
  await startOrRetry(log, stopping.signal, startBridge, { what: 'the HTTP bridge', wayOut });

  serveSignals({
    async stop() {
      log.info({}, 'stopping');
      stopping.abort();
      await Promise.all([pipeline.drain(graceMs), bridge.stop()]);
      publish(statusMessage(name, 'offline'));
      await link.stop();
      loopDelay.stop();
      knowledge.stop();
      await store.close();
      watch.stop();
      packets.close();
    },
    reload() {
      const read = readConfigFile(config.CONFIG_FILE);
      if (read.problems.length > 0) return log.error({}, `not reloaded: ${sayProblems(read.problems)}`);
      file = read.settings;
      publish(about(config, uplinks));
      log.info({}, 'the configuration file is reloaded');
    },
    tell() {
      const known = { uplinks: uplinks.view(), mqtt: link.connected(), loopDelayMs: loopDelay.delayMs() };
      log.info(known, 'what the agent knows');
    },
  });
  const seen = { proof, curl: await canFetch(), uplinks: uplinks.view() };
  process.stdout.write(banner({ name, version, bridge: listening, broker: link.place(), ...seen }));
}

const serveSignals = takeSignals();
const read = readConfig();
leaveToPrograms();
if (!read.ok) {
  process.stderr.write('pathproof does not start; its configuration is wrong:\n');
  for (const problem of read.problems) process.stderr.write(`  ${sayProblems([problem])}\n`);
  process.exit(1);
}
const log = createLog(read.config.LOG_LEVEL, read.config.SYSLOG_ADDRESS ?? null);
run(read.config, log, serveSignals).catch((error: unknown) => {
  // A Failure's sentence is written for people; anything else is a bug, whose stack is wanted.
  if (error instanceof Failure) process.stderr.write(`pathproof does not start:\n  ${error.message}\n`);
  else log.error({ err: error }, 'pathproof could not start');
  process.exit(1);
});
