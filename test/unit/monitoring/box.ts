// A box that watches: the real monitoring over a real store, whose probes find what a test says, and a broker that
// remembers what it is told.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { onTestFinished } from 'vitest';
import { type FileSettings, readFileSettings } from '../../../agent/config/file.ts';
import { openMonitoring } from '../../../agent/monitoring.ts';
import type { Monitoring, MonitoringNeeds } from '../../../agent/monitoring/parts.ts';
import type { Outgoing } from '../../../agent/mqtt.ts';
import { openStore } from '../../../agent/store/index.ts';
import type { UplinkView } from '../../../agent/uplink/index.ts';
import { Failure } from '../../../shared/failure.ts';
import { sayProblems } from '../../../shared/issues.ts';
import type { Measurement } from '../../../shared/measurement.ts';
import { isRecord } from '../../../shared/record.ts';
import type { Request } from '../../../shared/request.ts';
import { type RecordedLog, recordLog } from '../mqtt/kit.ts';
import { watched } from '../pipeline/watched.ts';
import { requestOf } from '../shared/request/reading.ts';

export interface Broker {
  connected: boolean;
  /** In the order they came; what waits for the broker is not in it. */
  messages: { topic: string; payload: string }[];
  retained: Map<string, string>;
  waiting: Outgoing[];
  last(topic: string): string | undefined;
}

export function startBroker(): Broker {
  const broker: Broker = {
    connected: false,
    messages: [],
    retained: new Map(),
    waiting: [],
    last: (topic) => broker.messages.findLast((message) => message.topic === topic)?.payload,
  };
  return broker;
}

function take(broker: Broker, { topic, payload, retain, settled }: Outgoing): void {
  broker.messages.push({ topic, payload });
  if (retain && payload === '') broker.retained.delete(topic);
  else if (retain) broker.retained.set(topic, payload);
  setImmediate(() => settled?.(true));
}

export function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'pathproof-box-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return folder;
}

export function settingsOf(yaml: string): FileSettings {
  const read = readFileSettings(yaml);
  if (!read.ok) throw new Error(sayProblems(read.problems));
  return read.settings;
}

export interface Box {
  monitoring: Monitoring;
  log: RecordedLog;
  views: UplinkView[];
  /** How often `…/info` was said to be another. */
  abouts: number[];
  finds: (request: Request) => Measurement | Failure;
  connect(): void;
  disconnect(): void;
  reload(yaml: string): Promise<void>;
  /** A message to a monitor, as `run` of `line`. */
  command(monitor: string, word: string, payload?: string): void;
  stop(): Promise<void>;
}

export interface BoxOptions {
  agent?: string;
  prefix?: string;
  folder?: string;
  broker?: Broker;
  views?: UplinkView[];
  finds?: Box['finds'];
  health?: MonitoringNeeds['health'];
}

export async function startBox(yaml: string, options: BoxOptions & Pick<Box, 'finds'>): Promise<Box> {
  const { agent = 'pi', prefix = '', folder = newFolder(), broker = startBroker(), views = [] } = options;
  const { health = () => new Map() } = options;
  const log = recordLog();
  const store = await openStore(folder, log);
  const stopping = new AbortController();
  let file = settingsOf(yaml);
  const pipeline = watched({
    validate: ({ kind, body, problem }) =>
      problem === null
        ? Promise.resolve({
            request: requestOf(kind ?? 'ping', isRecord(body) ? body : {}),
            mayProbeSelf: true,
            exit: null,
          })
        : Promise.reject(problem),
    probe({ request }) {
      const found = box.finds(request);
      return found instanceof Failure ? Promise.reject(found) : Promise.resolve(found);
    },
    publish: (result) => box.monitoring.stages.observe(result),
  });
  const monitoring = await openMonitoring({
    config: { DEVICE_NAME: agent, HOMEASSISTANT_PREFIX: prefix, SYSLOG_ADDRESS: undefined },
    version: '0.1.0',
    environment: {},
    log,
    store,
    uplinks: { view: () => box.views },
    file: () => file,
    egressServers: () => ['stun:192.0.2.1:3478'],
    health,
    alsoKept: () => [],
    watch: pipeline.watch,
    answer: pipeline.answer,
    queueLoad: () => [],
    loopDelayMs: () => ({ p50: 0, p99: 0, max: 0 }),
    publish: (message) => (broker.connected ? take(broker, message) : broker.waiting.push(message)),
    isConnected: () => broker.connected,
    onAbout: () => void box.abouts.push(performance.now()),
    stopping: stopping.signal,
  });
  let stopped: Promise<void> | null = null;
  const box: Box = {
    monitoring,
    log,
    views,
    abouts: [],
    finds: options.finds,
    connect() {
      broker.connected = true;
      const introduction = monitoring.broker.introduction();
      for (const message of [...broker.waiting.splice(0), ...introduction]) take(broker, message);
      monitoring.broker.connected();
    },
    disconnect() {
      broker.connected = false;
    },
    async reload(changed) {
      const former = file;
      file = settingsOf(changed);
      await monitoring.life.reload(former);
    },
    command(monitor, word, payload = '') {
      const topic = `pathproof/${agent}/monitor/${monitor}/${word}`;
      const rest = { tooLarge: false, retained: false, responseTopic: null, correlationData: null };
      monitoring.broker.heard({ topic, payload: Buffer.from(payload), ...rest });
    },
    async stop() {
      stopped ??= (async () => {
        stopping.abort();
        await monitoring.life.stop();
        await turn();
        await monitoring.life.close();
        await store.close();
        broker.connected = false;
        broker.waiting.splice(0).forEach(({ settled }) => settled?.(false));
      })();
      return stopped;
    },
  };
  onTestFinished(() => box.stop());
  await monitoring.life.start();
  return box;
}
