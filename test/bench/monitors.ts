// An agent that watches by itself: 200 monitors at 10 s. What they cost it, how punctual they are, and how soon Home
// Assistant has been told of all of them.
import { setTimeout as sleep } from 'node:timers/promises';
import { connectAsync } from 'mqtt';
import * as z from 'zod';
import { startMosquitto } from '../lab/mosquitto.ts';
import { createLab } from '../lab/topology.ts';
import { startAgent } from './agent.ts';
import { type Row, quantile } from './row.ts';

const monitors = 200;
const everyMs = 10_000;
/** So few runs a second are compiled for minutes. */
const warmUpMs = 120_000;
const measuredMs = 60_000;

const nameOf = (index: number): string => `line-${index}`;
const config = [
  'uplinks:',
  '  fibre: { interface: eth0 }',
  '  lte: { interface: eth1 }',
  'monitors:',
  ...Array.from({ length: monitors }, (_, index) => {
    const way = `target: 1.1.1.1, via: ${index % 2 === 0 ? 'lte' : 'fibre'}`;
    return `  ${nameOf(index)}: { probe: ping, ${way}, every: ${everyMs}ms }`;
  }),
].join('\n');

const State = z.object({ monitor: z.string(), at: z.number().nullable(), verdict: z.string().nullable() });

/** How much later than on its own grid each run began: the grid stands where the monitor was earliest. */
function latenessMs(begun: ReadonlyMap<string, readonly number[]>): number[] {
  return [...begun.values()].flatMap((moments) => {
    const [first = 0] = moments;
    const offsets = moments.map(
      (moment) => moment - first - Math.round((moment - first) / everyMs) * everyMs,
    );
    const earliest = Math.min(...offsets);
    return offsets.map((offset) => offset - earliest);
  });
}

export async function watching(): Promise<Row[]> {
  await using _lab = await createLab();
  await using mosquitto = await startMosquitto({ config: ['set_tcp_nodelay true'] });
  const client = await connectAsync(mosquitto.url);
  const begun = new Map<string, number[]>();
  const discovered = new Set<string>();
  let onlineMs = 0;
  let discoveredMs = 0;
  let discoveries = 0;
  let bad = 0;
  client.on('message', (topic, payload) => {
    if (topic.endsWith('/status')) onlineMs = performance.now();
    else if (topic.startsWith('homeassistant/')) {
      discovered.add(topic);
      discoveries += 1;
      if (discovered.size === discoveries) discoveredMs = performance.now();
    } else {
      const { monitor, at, verdict } = State.parse(JSON.parse(payload.toString()));
      if (at === null) return;
      if (verdict !== 'pass') bad += 1;
      const moments = begun.get(monitor) ?? [];
      begun.set(monitor, moments);
      if (moments.at(-1) !== at) moments.push(at);
    }
  });
  await client.subscribeAsync(
    ['homeassistant/device/+/config', 'pathproof/+/status', 'pathproof/+/monitor/+/state'],
    { qos: 0 },
  );
  await using agent = await startAgent({ mqttUrl: mosquitto.url, config });
  await sleep(warmUpMs);
  begun.clear();
  const [startedMs, startedCpuMs] = [performance.now(), agent.cpuMs()];
  await sleep(measuredMs);
  const partOfCore = (agent.cpuMs() - startedCpuMs) / (performance.now() - startedMs);
  const { residentMb, anonymousMb } = agent.memory();
  await client.endAsync();
  const late = latenessMs(begun);
  if (bad > 0) throw new Error(`${bad} runs did not pass`);
  const common = { case: `monitors, ${monitors} at ${everyMs / 1000} s`, against: null, n: late.length };
  return [
    {
      ...common,
      figure: 'processor, of one core',
      unit: '%',
      ours: partOfCore * 100,
      bar: { most: 5, of: 'ours' },
      note: `over ${measuredMs / 1000} s, 60 echoes a second`,
    },
    {
      ...common,
      figure: 'RSS',
      unit: 'MB',
      ours: residentMb,
      bar: { most: 180, of: 'ours' },
      note: `${anonymousMb.toFixed(0)} MB its own`,
    },
    {
      ...common,
      figure: 'lateness of a run, p99',
      unit: 'ms',
      ours: quantile(late, 0.99),
      bar: { most: 100, of: 'ours' },
      note: `latest ${quantile(late, 1).toFixed(0)} ms`,
    },
    {
      ...common,
      figure: 'connected to all discovered',
      unit: 's',
      ours: (discoveredMs - onlineMs) / 1000,
      bar: { most: 5, of: 'ours' },
      note: `${discovered.size} devices in ${discoveries} messages`,
      n: 1,
    },
  ];
}
