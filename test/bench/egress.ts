// What it costs to ask for the public address: bytes on the uplink, and time, beside a page that tells it.
import { startCapture } from '../lab/capture.ts';
import { startStunServer } from '../lab/stun-server.ts';
import { createLab } from '../lab/topology.ts';
import { startWebServer } from '../lab/web-server.ts';
import { startAgent } from './agent.ts';
import { type Row, median } from './row.ts';

const runs = 20;

interface Verdict {
  verdict: string;
  tookMs: number;
  /** On the wire of eth1, IP packets. */
  bytes: number;
  packets: number;
}

async function verdictOn(port: number, target: string): Promise<Verdict> {
  const capture = await startCapture('eth1');
  const startedMs = performance.now();
  const answer = await fetch(`http://127.0.0.1:${port}/egress?via=lte&target=${encodeURIComponent(target)}`);
  const body = await answer.text();
  const tookMs = performance.now() - startedMs;
  const seen = (await capture.stop()).filter(({ bytes }) => (bytes[0] ?? 0) >>> 4 === 4);
  const verdict = /"verdict":"(\w+)"/.exec(body)?.[1] ?? body;
  return {
    verdict,
    tookMs,
    bytes: seen.reduce((sum, packet) => sum + packet.bytes.length, 0),
    packets: seen.length,
  };
}

async function measure(port: number, target: string, name: string, most: number | null): Promise<Row[]> {
  const verdicts: Verdict[] = [];
  for (let run = 0; run < runs; run++) verdicts.push(await verdictOn(port, target));
  const bad = verdicts.find(({ verdict }) => verdict !== 'pass');
  if (bad !== undefined) throw new Error(`${target}: ${bad.verdict}`);
  const common = { case: `egress, ${name}`, against: null, n: runs };
  const packets = median(verdicts.map((one) => one.packets));
  return [
    {
      ...common,
      figure: 'traffic of a verdict, both ways, median',
      unit: 'bytes',
      ours: median(verdicts.map(({ bytes }) => bytes)),
      bar: most === null ? null : { most, of: 'ours' },
      note: `${packets} packets, by a capture`,
    },
    {
      ...common,
      figure: 'time of a verdict over HTTP, median',
      unit: 'ms',
      ours: median(verdicts.map(({ tookMs }) => tookMs)),
      bar: null,
      note: 'the line has 20 ms there and back',
    },
  ];
}

export async function egress(): Promise<Row[]> {
  await using _lab = await createLab({ fibre: { nat: true }, lte: { nat: true } });
  await using _stun = await startStunServer();
  await using _web = await startWebServer();
  await using agent = await startAgent();
  const { port } = agent.http;
  return [
    ...(await measure(port, 'stun:1.1.1.1:3478', 'STUN', 200)),
    ...(await measure(port, 'http://1.1.1.1/ip', 'a page by curl', null)),
  ];
}
