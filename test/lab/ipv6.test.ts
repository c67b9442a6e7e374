// IPv6 by the same promises as IPv4: bound to its uplink, hop by hop, link-local too, and refused in plain words.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Echo, type Packets, createPackets } from '../../agent/packet/index.ts';
import { type Agent, startAgent } from './agent.ts';
import { type CapturedPacket, startCapture } from './capture.ts';
import { type Lab, createLab, hostAddress6 } from './topology.ts';

const config = 'uplinks:\n  fibre: { interface: eth0 }\n  lte: { interface: eth1 }\n';
const source = 'fd00:2::10';
const byLte: Echo = {
  interfaceName: 'eth1',
  source,
  destination: hostAddress6,
  nextHop: 'fe80::1',
  hopLimit: 64,
  payloadBytes: 56,
  waitMs: 1000,
};

const isEcho6 = ({ bytes }: CapturedPacket): boolean =>
  (bytes[0] ?? 0) >>> 4 === 6 && bytes[6] === 58 && [128, 129].includes(bytes[40] ?? 0);
const isOwnEcho6 = (packet: CapturedPacket): boolean => packet.outgoing && isEcho6(packet);

describe('the packet folder', () => {
  let lab: Lab;
  let packets: Packets;

  beforeEach(async () => {
    lab = await createLab({ fibre: { ipv6: true }, lte: { ipv6: true } });
    packets = createPackets({ packetsPerSecond: 1000 });
  });

  afterEach(async () => {
    packets.close();
    await lab.stop();
  });

  it('sends by the interface it is told and by no other, and knows what its answer says', async () => {
    const [eth0, eth1] = await Promise.all([startCapture('eth0'), startCapture('eth1')]);
    const answer = await packets.echo(byLte);
    await Promise.all([eth0.stop(), eth1.stop()]);
    expect(answer).toMatchObject({
      type: 'reply',
      from: hostAddress6,
      clock: 'kernel',
      hopLimit: 61,
      bytes: 104,
    });
    expect(eth0.packets.filter(isEcho6)).toEqual([]);
    const [request, reply] = eth1.packets.filter(isEcho6);
    const wireMs = ((reply?.atUs ?? 0) - (request?.atUs ?? 0)) / 1000;
    expect(wireMs).toBeGreaterThanOrEqual(20);
    // Both ends are stamped by the kernel a few microseconds from the capture, whatever the load.
    expect(Math.abs((answer.type === 'reply' ? answer.rttMs : 0) - wireMs)).toBeLessThan(0.5);
  });

  it('sends echoes of one flow, whatever their hop limit, and hears where each ended', async () => {
    const capture = await startCapture('eth1');
    const hops = await Promise.all([1, 2, 3, 4].map((hopLimit) => packets.echo({ ...byLte, hopLimit })));
    await capture.stop();
    expect(hops.map((hop) => (hop.type === 'silence' ? hop.type : [hop.type, hop.from]))).toEqual([
      ['timeExceeded', 'fd00:2::1'],
      ['timeExceeded', 'fd00:2:0:1::1'],
      ['timeExceeded', 'fd00:2:0:1::2'],
      ['reply', hostAddress6],
    ]);
    const sent = capture.packets.filter(isOwnEcho6).map(({ bytes }) => bytes);
    expect(sent.map((bytes) => bytes[7])).toEqual([1, 2, 3, 4]);
    expect(new Set(sent.map((bytes) => bytes.readUInt16BE(2))).size).toBe(1);
    expect(new Set(sent.map((bytes) => bytes.readUInt16BE(42))).size).toBe(1);
  });

  it('reaches beyond a next hop that no route names', async () => {
    await lab.exec('agent', ['ip', '-6', 'route', 'del', 'default', 'dev', 'eth1']);
    expect(await packets.echo(byLte)).toMatchObject({ type: 'reply', from: hostAddress6 });
    expect(await packets.echo({ ...byLte, nextHop: 'fd00:2::1' })).toMatchObject({ type: 'reply' });
  });

  it('reaches a link-local neighbour', async () => {
    const neighbour = { ...byLte, source: 'fe80::2', destination: 'fe80::1', nextHop: null };
    expect(await packets.echo(neighbour)).toMatchObject({ type: 'reply', from: 'fe80::1', hopLimit: 64 });
  });

  it('knows of a packet that neighbour discovery held back that it never left', async () => {
    expect(await packets.echo(byLte)).toMatchObject({ type: 'reply' });
    const astray = { ...byLte, nextHop: 'fe80::77', waitMs: 300 };
    expect(await packets.echo(astray)).toEqual({ type: 'silence', left: false });
  });

  it("hears this machine's own word for a neighbour that does not answer", async () => {
    const astray = { ...byLte, nextHop: 'fe80::77', waitMs: 5000 };
    expect(await packets.echo(astray)).toMatchObject({ type: 'unreachable', reason: 'host', from: source });
  });

  it('takes both families side by side', async () => {
    const four = { ...byLte, source: '192.168.2.10', destination: '1.1.1.1', nextHop: '192.168.2.1' };
    const answers = await Promise.all([packets.echo(byLte), packets.echo(four)]);
    expect(answers.map((answer) => answer.type === 'reply' && answer.from)).toEqual([
      hostAddress6,
      '1.1.1.1',
    ]);
  });
});

describe('the agent', () => {
  let lab: Lab;
  let agent: Agent;

  beforeAll(async () => {
    lab = await createLab({ lte: { ipv6: true } });
    agent = await startAgent({ config });
  });

  afterAll(async () => {
    await agent[Symbol.asyncDispose]();
    await lab.stop();
  });

  it('pings over IPv6 by the uplink that is named', async () => {
    const { status, body } = await agent.get(`/ping?target=${hostAddress6}&via=lte&count=2`);
    expect([status, body.reason]).toEqual([200, '2 of 2 echoes were answered']);
    expect(body.probe).toMatchObject({
      address: hostAddress6,
      via: { uplink: 'lte', interface: 'eth1', source },
      traffic: { packetsSent: 2, packetsReceived: 2, bytesSent: 208, bytesReceived: 208 },
    });
  });

  it('traces the four hops, and again with no packet too many', async () => {
    const trace = async () => {
      const { body } = await agent.get(`/traceroute?target=${hostAddress6}&via=lte&count=1`);
      return [
        body.probe?.traceroute?.reached,
        body.probe?.traceroute?.loop,
        body.probe?.traceroute?.hops.map(({ address, replyTtl }) => [address, replyTtl]),
        body.probe?.traffic.packetsSent,
      ];
    };
    const hops = [
      ['fd00:2::1', 64],
      ['fd00:2:0:1::1', 63],
      ['fd00:2:0:1::2', 62],
      [hostAddress6, 61],
    ];
    expect(await trace()).toEqual([true, false, hops, 5]);
    expect(await trace()).toEqual([true, false, hops, 5]);
  });

  it('reaches a link-local target by the uplink that is named', async () => {
    const { status, body } = await agent.get('/ping?target=fe80::1&via=lte&count=1');
    expect([status, body.probe?.address, body.probe?.via.source]).toEqual([200, 'fe80::1', 'fe80::2']);
  });

  it('says that an uplink has no IPv6', async () => {
    const { status, body } = await agent.get(`/ping?target=${hostAddress6}&via=fibre&count=1`);
    expect([status, body.probe?.failure, body.reason]).toEqual([
      500,
      { code: 'noAddress', source: 'uplink' },
      'eth0 has no IPv6 address',
    ]);
    await lab.exec('agent', ['ip', 'address', 'add', 'fe80::2/64', 'dev', 'eth0', 'nodad']);
    const reason = async () =>
      (await agent.get(`/ping?target=${hostAddress6}&via=fibre&count=1`)).body.reason;
    await expect.poll(reason).toBe('eth0 has no IPv6 address but a link-local one');
  });
});
