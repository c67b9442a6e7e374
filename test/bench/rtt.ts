// How far the RTTs in results are from those of tcpdump on the same packets, with 20 requests under way and the agent's
// event loop busy 15 ms of every 40. Request n bears payloads of its own size, which ties its RTTs to its packets.
import { fileURLToPath } from 'node:url';
import { agentNode, run } from '../lab/programs.ts';
import { createLab } from '../lab/topology.ts';
import { installedOptions, startAgent } from './agent.ts';
import { type Sample, runJob } from './job.ts';
import { type Row, quantile } from './row.ts';
import { type CapturedEcho, echoesDuring } from './tcpdump.ts';

const requests = 200;
const echoesEach = 8;
// Neither a divisor nor a multiple of the 40 ms in which the loop is busy once.
const intervalMs = 17;
const firstPayloadBytes = 300;
const pings = 100;
const firstPingPayloadBytes = 64;
const target = '1.1.1.1';
const busy = fileURLToPath(new URL('./busy.js', import.meta.url));

/** iputils with a single echo each: of one alone it tells the RTT to the microsecond. */
async function pingRtts(): Promise<Map<number, number[]>> {
  const rtts = new Map<number, number[]>();
  for (let number = 0; number < pings; number++) {
    const payloadBytes = firstPingPayloadBytes + number;
    const argv = ['ping', '-n', '-q', '-c', '1', '-s', String(payloadBytes), '-I', 'eth1', target];
    const { stdout } = await run(agentNode, argv);
    rtts.set(payloadBytes, [Number(/ = ([\d.]+)\//.exec(stdout)?.[1])]);
  }
  return rtts;
}

/** |told - captured| of each echo; those of a request with an echo missing on either side are left out. */
export function errorsMs(told: Map<number, readonly number[]>, echoes: readonly CapturedEcho[]): number[] {
  return [...told].flatMap(([payloadBytes, rttsMs]) => {
    const captured = echoes.filter((echo) => echo.payloadBytes === payloadBytes);
    if (captured.length !== rttsMs.length) return [];
    return rttsMs.map((rttMs, index) => Math.abs(rttMs - (captured[index]?.rttMs ?? NaN)));
  });
}

export async function rtt(): Promise<Row[]> {
  await using lab = await createLab();
  await using agent = await startAgent({ nodeOptions: [...installedOptions(), '--import', busy] });
  let samples: Sample[] = [];
  let byPing = new Map<number, number[]>();
  const echoes = await echoesDuring('eth1', async () => {
    const request = { target, via: lab.uplinks.lte.name, count: echoesEach, intervalMs };
    const job = { door: agent.http, requests, concurrency: 20, request };
    [samples, byPing] = await Promise.all([runJob({ ...job, packetBytes: firstPayloadBytes }), pingRtts()]);
  });
  const told = new Map(samples.map(({ rttsMs }, number) => [firstPayloadBytes + number, rttsMs]));
  const errors = errorsMs(told, echoes);
  const pingErrors = errorsMs(byPing, echoes);
  const matched = `${errors.length} of ${requests * echoesEach} echoes matched`;
  const bars = [
    [0.5, 0.02],
    [0.9, 0.05],
    [0.99, 0.2],
  ] as const;
  return bars.map(([part, most]) => ({
    case: 'rtt',
    figure: `error against tcpdump, p${part * 100}`,
    unit: 'ms',
    ours: quantile(errors, part),
    against: { name: `ping's own error (n ${pingErrors.length})`, value: quantile(pingErrors, part) },
    bar: { most, of: 'ours' },
    n: errors.length,
    note: part === 0.5 ? matched : part === 0.99 ? `largest ${quantile(errors, 1).toFixed(3)} ms` : '',
  }));
}
