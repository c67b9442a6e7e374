// The main promise: a probe leaves by the uplink it names, by that one alone, and the assertions tell circuits apart.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Agent, startAgent } from './agent.ts';
import { type CapturedPacket, startCapture } from './capture.ts';
import { type Lab, createLab } from './topology.ts';

const config = `
uplinks:
  fibre: { interface: eth0, priority: 10 }
  lte: { interface: eth1, priority: 20, metered: true }
`;

let lab: Lab;
let agent: Agent;

beforeAll(async () => {
  lab = await createLab();
  agent = await startAgent({ config });
});

afterAll(async () => {
  await agent[Symbol.asyncDispose]();
  await lab.stop();
});

const isIcmpTo = (address: string, { outgoing, bytes }: CapturedPacket): boolean =>
  outgoing && bytes[9] === 1 && [...bytes.subarray(16, 20)].join('.') === address;

async function captured(
  probe: () => Promise<unknown>,
): Promise<{ eth0: CapturedPacket[]; eth1: CapturedPacket[] }> {
  const [eth0, eth1] = await Promise.all([startCapture('eth0'), startCapture('eth1')]);
  await probe();
  await Promise.all([eth0.stop(), eth1.stop()]);
  return { eth0: eth0.packets, eth1: eth1.packets };
}

describe.each([
  { words: "an uplink's name", via: 'lte' },
  { words: 'an interface', via: 'eth1' },
  { words: 'a local address', via: '192.168.2.10' },
])('via as $words', ({ via }) => {
  it.each(['ping', 'traceroute'])('sends a %s by that uplink and nothing by the other', async (kind) => {
    const packets = await captured(async () => {
      const { status, body } = await agent.get(`/${kind}?target=1.1.1.1&via=${via}&count=2`);
      expect(status).toBe(200);
      expect(body.probe?.via).toEqual({ uplink: 'lte', interface: 'eth1', source: '192.168.2.10' });
    });
    const sent = packets.eth1.filter((packet) => isIcmpTo('1.1.1.1', packet));
    expect(sent.length).toBeGreaterThanOrEqual(2);
    expect(sent.every(({ bytes }) => [...bytes.subarray(12, 16)].join('.') === '192.168.2.10')).toBe(true);
    expect(packets.eth0.filter(({ outgoing, bytes }) => outgoing && (bytes[0] ?? 0) >>> 4 === 4)).toEqual([]);
  });
});

it("takes the kernel's route where no via is given, and says which it was", async () => {
  const packets = await captured(async () => {
    const { body } = await agent.get('/ping?target=1.1.1.1&count=1');
    expect(body.probe?.via).toEqual({ uplink: 'fibre', interface: 'eth0', source: '192.168.0.10' });
  });
  expect(packets.eth0.filter((packet) => isIcmpTo('1.1.1.1', packet))).toHaveLength(1);
  expect(packets.eth1.filter((packet) => isIcmpTo('1.1.1.1', packet))).toEqual([]);
});

it('tells the circuits apart by latency, asked as ping-tool was asked', async () => {
  const headers = { Host: '1.1.1.1', MinLatencyMs: '10' };
  const fibre = await agent.get('/ping', { ...headers, Source: 'eth0' });
  expect(fibre.status).toBe(500);
  expect(fibre.body.result).toBe('error');
  expect(fibre.body.reason).toMatch(/^minimum RTT [\d.]+ ms is less than 10 ms$/);
  const lte = await agent.get('/ping', { ...headers, Source: 'eth1' });
  expect(lte.status).toBe(200);
  expect(lte.body.result).toBe('OK');
});

it('counts what it put on the uplink to the byte', async () => {
  let traffic = { packetsSent: 0, packetsReceived: 0, bytesSent: 0, bytesReceived: 0 };
  const packets = await captured(async () => {
    const { body } = await agent.get('/traceroute?target=8.8.8.8&via=lte&count=2');
    traffic = body.probe?.traffic ?? traffic;
  });
  const icmp = packets.eth1.filter(({ bytes }) => bytes[9] === 1);
  const bytesOf = (some: CapturedPacket[]): number =>
    some.reduce((sum, { bytes }) => sum + bytes.readUInt16BE(2), 0);
  const [sent, received] = [icmp.filter((one) => one.outgoing), icmp.filter((one) => !one.outgoing)];
  expect(traffic).toEqual({
    packetsSent: sent.length,
    packetsReceived: received.length,
    bytesSent: bytesOf(sent),
    bytesReceived: bytesOf(received),
  });
});
