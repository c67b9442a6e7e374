// What the whole proof of a metered standby uplink costs in a month: what a built agent puts on that line, as the wire
// has it, times the runs of 31 days.
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Traffic } from '../../shared/result.ts';
import { startCapture } from './capture.ts';
import { type Evidence, ask, startEvidence } from './evidence/kit.ts';

const zones = {
  'stun.cloudflare.com': [{ type: 'A', data: '1.1.1.1', ttl: 60 }],
  'example.com': [{ type: 'A', data: '192.0.2.80', ttl: 60 }],
} as const;

const every15Minutes = 31 * 24 * 4;
const daily = 31;
const monthlyLimitBytes = 1_000_000;

/** What a month's proof consists of, each probe as small as it can be made and still prove something. */
const proof = [
  { kind: 'ping', runs: every15Minutes, asked: { target: '1.1.1.1', count: 1, packetBytes: 8 } },
  { kind: 'dns', runs: every15Minutes, asked: { target: '1.1.1.1', name: 'example.com' } },
  { kind: 'egress', runs: every15Minutes, asked: { target: 'stun:stun.cloudflare.com:3478' } },
  { kind: 'traceroute', runs: daily, asked: { target: '1.1.1.1', count: 1, packetBytes: 8 } },
] as const;

let parts: Evidence;
beforeAll(async () => {
  parts = await startEvidence({ zones, lab: { fibre: { nat: true }, lte: { nat: true } } });
});
afterAll(async () => {
  await parts[Symbol.asyncDispose]();
});

const bytesOf = ({ bytesSent, bytesReceived }: Traffic): number => bytesSent + bytesReceived;

/** Both ways, by the wire and by the result's own account. */
async function costOf({ kind, asked }: (typeof proof)[number]): Promise<{ wire: number; told: number }> {
  const capture = await startCapture('eth1');
  const { body } = await ask(parts.agent, kind, { via: 'lte', ...asked });
  const wire = (await capture.stop()).reduce((sum, { bytes }) => sum + bytes.length, 0);
  expect(body.probe).toMatchObject({ verdict: 'pass', kind });
  return { wire, told: body.probe ? bytesOf(body.probe.traffic) : NaN };
}

it('is a megabyte at most, with each name asked for once a day, and told to the byte', async () => {
  let monthlyBytes = 0;
  for (const one of proof) {
    const first = await costOf(one);
    const next = await costOf(one);
    expect([one.kind, first.told, next.told]).toEqual([one.kind, first.wire, next.wire]);
    // What only the first of a day costs is its question for a name.
    const questionBytes = first.wire - next.wire;
    expect(questionBytes > 0).toBe(one.kind === 'egress');
    monthlyBytes += next.wire * one.runs + questionBytes * daily;
  }
  expect(monthlyBytes).toBeGreaterThan(0);
  expect(monthlyBytes).toBeLessThanOrEqual(monthlyLimitBytes);
});
