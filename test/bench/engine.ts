// A program that uses the packet engine and nothing else: sends echoes as fast as the engine's own pace lets them out,
// and prints what became of them as one line of JSON. It imports as little as it can: its start is measured too.
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { createPackets } from '../../agent/packet/index.ts';

const words = {
  interface: { type: 'string', default: '' },
  source: { type: 'string', default: '' },
  gateway: { type: 'string', default: '' },
  /** Separated by commas; each is sent to in its turn. */
  targets: { type: 'string', default: '' },
  echoes: { type: 'string', default: '' },
  rate: { type: 'string', default: '' },
  /** Echoes after which it comes to rest, collects its garbage and notes its memory. */
  sample: { type: 'string', default: '' },
} as const;

const { values } = parseArgs({ options: words });
const targets = values.targets.split(',');
const echoes = Number(values.echoes);
const sampleEvery = Number(values.sample) || echoes;

// More than the engine's own pace takes in 20 ms, so that it is never short of one; each that waits costs memory.
const mostWaiting = 200;
const restMs = 100;
/** fping's own. */
const payloadBytes = 56;
const waitMs = 1000;

const packets = createPackets({ packetsPerSecond: Number(values.rate) });
const rttsMs = new Float64Array(Math.min(echoes, 100_000));
let lost = 0;
let complaint: string | null = null;

async function echo(number: number): Promise<void> {
  const answer = await packets.echo({
    interfaceName: values.interface,
    source: values.source,
    destination: targets[number % targets.length] ?? '',
    nextHop: values.gateway,
    hopLimit: 64,
    payloadBytes,
    waitMs,
  });
  if (answer.type !== 'reply') lost += 1;
  else if (number < rttsMs.length) rttsMs[number] = answer.rttMs;
}

async function sendFrom(first: number, end: number): Promise<void> {
  let next = first;
  const worker = async (): Promise<void> => {
    while (next < end) {
      await echo(next++).catch((error: unknown) => {
        lost += 1;
        complaint ??= String(error);
      });
    }
  };
  await Promise.all(Array.from({ length: mostWaiting }, worker));
}

const residentMb: number[] = [];
const startedMs = performance.now();
const startedCpu = process.cpuUsage();
for (let sent = 0; sent < echoes; sent += sampleEvery) {
  await sendFrom(sent, Math.min(echoes, sent + sampleEvery));
  if (values.sample === '') continue;
  // What a collection frees goes back to the kernel a little later, and half of new space only with the next one.
  for (let time = 0; time < 2; time++) {
    globalThis.gc?.();
    await sleep(restMs);
  }
  residentMb.push(process.memoryUsage.rss() / 2 ** 20);
}
const cpu = process.cpuUsage(startedCpu);
const tookMs = performance.now() - startedMs;
packets.close();
const answered = rttsMs.filter((rttMs) => rttMs > 0).sort();
const rttAt = (part: number): number => answered[Math.ceil(part * answered.length) - 1] ?? NaN;
console.log(
  JSON.stringify({
    lost,
    complaint,
    tookMs,
    cpuMs: (cpu.user + cpu.system) / 1000,
    rttP50Ms: rttAt(0.5),
    rttP99Ms: rttAt(0.99),
    residentMb,
  }),
);
