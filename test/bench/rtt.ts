// How far the RTTs in results are from those of tcpdump on the same packets, with many requests under way and the agent's
// event loop busy 15 ms of every 40. Request n bears payloads of its own size, which ties its RTTs to its packets.
import { fileURLToPath } from 'node:url';
import { agentNode, python3, run } from '../lab/programs.ts';
import { type Lab, createLab } from '../lab/topology.ts';
import { installedOptions, startAgent } from './agent.ts';
import { runJob } from './job.ts';
import { type Row, quantile } from './row.ts';
import { type CapturedEcho, echoesDuring } from './tcpdump.ts';

interface Setting {
  requests: number;
  concurrency: number;
  echoesEach: number;
  /** Neither a divisor nor a multiple of the 40 ms in which the loop is busy once. */
  intervalMs: number;
  pings: number;
  pingsAtOnce: number;
  /** Processes that do nothing but turn, all through it. */
  hogs: number;
}

const plain: Setting = {
  requests: 200,
  concurrency: 20,
  echoesEach: 8,
  intervalMs: 17,
  pings: 100,
  pingsAtOnce: 1,
  hogs: 0,
};
// 50 requests at once ask for 943 echoes a second: within the 1000 an agent lets out by an interface unless told otherwise.
const loaded: Setting = {
  requests: 600,
  concurrency: 50,
  echoesEach: 8,
  intervalMs: 53,
  pings: 300,
  pingsAtOnce: 4,
  hogs: 2,
};

const firstPayloadBytes = 300;
const target = '1.1.1.1';
const busy = fileURLToPath(new URL('./busy.js', import.meta.url));

type RttsBySize = Map<number, readonly number[]>;

/** iputils with a single echo each: of one alone it tells the RTT to the microsecond. */
async function pingRtts({ requests, pings, pingsAtOnce }: Setting): Promise<RttsBySize> {
  const rtts: RttsBySize = new Map();
  let next = firstPayloadBytes + requests;
  const end = next + pings;
  const worker = async (): Promise<void> => {
    while (next < end) {
      const payloadBytes = next++;
      const argv = ['ping', '-n', '-q', '-c', '1', '-s', String(payloadBytes), '-I', 'eth1', target];
      const { stdout } = await run(agentNode, argv);
      rtts.set(payloadBytes, [Number(/ = ([\d.]+)\//.exec(stdout)?.[1])]);
    }
  };
  await Promise.all(Array.from({ length: pingsAtOnce }, worker));
  return rtts;
}

/** |told - captured| of each echo; those of a request with an echo missing on either side are left out. */
export function errorsMs(told: RttsBySize, echoes: readonly CapturedEcho[]): number[] {
  return [...told].flatMap(([payloadBytes, rttsMs]) => {
    const captured = echoes.filter((echo) => echo.payloadBytes === payloadBytes);
    if (captured.length !== rttsMs.length) return [];
    return rttsMs.map((rttMs, index) => Math.abs(rttMs - (captured[index]?.rttMs ?? NaN)));
  });
}

async function measure(lab: Lab, setting: Setting): Promise<{ ours: number[]; pings: number[] }> {
  const { requests, concurrency, echoesEach: count, intervalMs, hogs } = setting;
  await using agent = await startAgent({
    nodeOptions: [...installedOptions(), '--import', busy],
    env: { PROBE_CONCURRENCY: String(concurrency) },
  });
  const spinning = Array.from({ length: hogs }, () =>
    lab.spawn(agentNode, [python3, '-c', 'while True: pass']),
  );
  const request = { target, via: lab.uplinks.lte.name, count, intervalMs };
  const job = { door: agent.http, requests, concurrency, packetBytes: firstPayloadBytes, request };
  const ours: RttsBySize = new Map();
  let pings: RttsBySize = new Map();
  const echoes = await echoesDuring('eth1', async () => {
    const [samples, byPing] = await Promise.all([runJob(job), pingRtts(setting)]);
    for (const [number, { rttsMs }] of samples.entries()) ours.set(firstPayloadBytes + number, rttsMs);
    pings = byPing;
  });
  for (const hog of spinning) hog.kill();
  return { ours: errorsMs(ours, echoes), pings: errorsMs(pings, echoes) };
}

/** p50, p90 and p99 of our errors, beside ping's. */
function rowsOf(
  name: string,
  setting: Setting,
  { ours, pings }: { ours: number[]; pings: number[] },
  mostMs: readonly [number, number, number],
): Row[] {
  const asked = setting.requests * setting.echoesEach;
  const notes = [
    `${ours.length} of ${asked} echoes matched`,
    '',
    `largest ${quantile(ours, 1).toFixed(3)} ms`,
  ];
  return [0.5, 0.9, 0.99].map((part, index) => ({
    case: name,
    figure: `error against tcpdump, p${part * 100}`,
    unit: 'ms',
    ours: quantile(ours, part),
    against: { name: `ping's own error (n ${pings.length})`, value: quantile(pings, part) },
    bar: { most: mostMs[index] ?? NaN, of: 'ours' },
    n: ours.length,
    note: notes[index] ?? '',
  }));
}

export async function rtt(): Promise<Row[]> {
  await using lab = await createLab();
  return rowsOf('rtt', plain, await measure(lab, plain), [0.02, 0.05, 0.2]);
}

export async function rttLoad(): Promise<Row[]> {
  await using lab = await createLab();
  const rows = rowsOf('rtt-load', loaded, await measure(lab, loaded), [0.01, 0.02, 0.05]);
  const beside = rows.map(({ figure, ...row }): Row => {
    return { ...row, figure: `${figure}, by ping's own`, bar: { most: 1, of: 'ratio' }, note: '' };
  });
  return [...rows.map((row) => ({ ...row, against: null })), ...beside];
}
