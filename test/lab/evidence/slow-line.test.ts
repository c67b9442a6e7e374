// On a line of half a second: what comes in time counts, whichever question it answers; nothing leaves by another uplink
// for what comes late; and what was found of old is forgotten when the new is there.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startCapture } from '../capture.ts';
import { stunPort } from '../stun-server.ts';
import { type Evidence, ask, publicAddresses, startEvidence, uplinks } from './kit.ts';

const zones = { 'moves.test': [{ type: 'A', data: '1.1.1.1', ttl: 1 }] } as const;
const slowMs = 250;
/** By a metered one names are kept for a day. */
const config = uplinks.replace(', metered: true', '');

let parts: Evidence;
beforeAll(async () => {
  parts = await startEvidence({ zones, agent: { config } });
});
afterAll(async () => {
  await parts[Symbol.asyncDispose]();
});

const lte = (kind: string, parameters: Record<string, string | number>) =>
  ask(parts.agent, kind, { via: 'lte', ...parameters });

describe('on a slow line', () => {
  beforeEach(() => parts.lab.relay.lte.set({ delayMs: slowMs }));
  afterEach(() => parts.lab.relay.lte.set({ delayMs: 10 }));

  it('a name server answers in time', async () => {
    const { body } = await lte('dns', { target: '1.1.1.1', name: 'moves.test', timeoutMs: 1000 });
    expect(body.probe).toMatchObject({ verdict: 'pass', dns: { rcode: 'NOERROR' } });
    expect(body.probe?.dns?.rttMs).toBeGreaterThanOrEqual(2 * slowMs);
  });

  it('the public address is told by the first server of several', async () => {
    const servers = ['8.8.8.8', '1.1.1.1'].map((host) => `stun:${host}:${stunPort('usual')}`);
    const { body } = await lte('egress', { target: servers[0] ?? '', timeoutMs: 1500 });
    expect(body.probe).toMatchObject({ verdict: 'pass', egress: { address: publicAddresses.lte } });
    expect(body.probe?.traffic.packetsSent).toBeLessThanOrEqual(2);
  });

  it('an answer that comes too late is refused by no packet of this machine', async () => {
    const captures = await Promise.all([startCapture('eth0'), startCapture('eth1')]);
    const { body } = await lte('dns', { target: '1.1.1.1', name: 'moves.test', timeoutMs: 400 });
    expect(body.probe?.verdict).toBe('fail');
    // By then the answers have come.
    const { body: later } = await lte('ping', { target: '1.1.1.1', count: 1 });
    expect(later.probe?.verdict).toBe('pass');
    const [eth0 = [], eth1 = []] = await Promise.all(captures.map((capture) => capture.stop()));
    const isError = ({ bytes }: { bytes: Buffer }): boolean => bytes[9] === 1 && bytes[20] === 3;
    expect([...eth0, ...eth1].filter((packet) => packet.outgoing && isError(packet))).toEqual([]);
    expect(eth1.some(({ outgoing, bytes }) => !outgoing && bytes[9] === 17)).toBe(true);
  });

  it('a host that moved is found again, though its last address serves meanwhile', async () => {
    const addressOf = async (): Promise<string | null | undefined> =>
      (await lte('ping', { target: 'moves.test', count: 1, timeoutMs: 3000 })).body.probe?.address;
    expect(await addressOf()).toBe('1.1.1.1');
    await parts.dns.set({ 'moves.test': [{ type: 'A', data: '8.8.8.8', ttl: 1 }] });
    await expect.poll(addressOf, { timeout: 10_000 }).toBe('8.8.8.8');
  });
});

it("names are kept back by this machine's own filter, and not by the name server", async () => {
  const sysctl = (setting: string) => parts.lab.exec('agent', ['sysctl', '-qw', `net.ipv4.conf.${setting}`]);
  await sysctl('all.rp_filter=0');
  await sysctl('eth1.rp_filter=1');
  try {
    const { body } = await lte('ping', { target: 'never-asked.test', family: 4, timeoutMs: 8000 });
    expect(body.probe?.failure).toEqual({ code: 'repliesFiltered', source: 'local' });
  } finally {
    await sysctl('eth1.rp_filter=0');
  }
});

it("a dead line is not this machine's fault where the last address is known", async () => {
  await parts.dns.set({ 'moves.test': [{ type: 'A', data: '1.1.1.1', ttl: 1 }] });
  await lte('ping', { target: 'moves.test', count: 1 });
  await parts.lab.relay.lte.set({ lossPercent: 100 });
  try {
    const dead = async () => (await lte('ping', { target: 'moves.test', timeoutMs: 1000 })).body.probe;
    // Until the record's second is over it is not asked for at all.
    await expect
      .poll(dead, { timeout: 10_000, interval: 600 })
      .toMatchObject({ verdict: 'fail', failure: null });
    await expect
      .poll(async () => (await dead())?.reason, { timeout: 10_000, interval: 600 })
      .toMatch(/last known address/);
    expect(await dead()).toMatchObject({ verdict: 'fail', failure: null });
  } finally {
    await parts.lab.relay.lte.set({ lossPercent: 0 });
  }
});
