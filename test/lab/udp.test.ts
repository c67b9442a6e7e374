// Questions over UDP on real interfaces: bound to the one, answered by whom they were put to and nobody else.
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Packets, type UdpAnswer, type UdpQuestion, createPackets } from '../../agent/packet/index.ts';
import { proveLoopback } from '../../agent/packet/proof.ts';
import { type CapturedPacket, startCapture } from './capture.ts';
import { LineProcess, python3 } from './programs.ts';
import { type Lab, createLab, hostAddress6, silentAddress, silentAddress6 } from './topology.ts';

const program = fileURLToPath(new URL('./udp.py', import.meta.url));
const port = 5300;

let lab: Lab;
let packets: Packets;
let servers: LineProcess[];
/** `address port word` of each question a server got. */
let asked: string[];
let twoAsked: Promise<void>;
let setTwoAsked: () => void;

beforeEach(async () => {
  lab = await createLab({ fibre: { ipv6: true }, lte: { ipv6: true } });
  packets = createPackets({ packetsPerSecond: 1000 });
  servers = [];
  asked = [];
  twoAsked = new Promise((resolve) => (setTwoAsked = resolve));
});

afterEach(async () => {
  packets.close();
  await Promise.all(servers.map((server) => server.close()));
  await lab.stop();
});

async function serve(address: string, other: string, node = 'internet'): Promise<void> {
  let setReady: () => void;
  const ready = new Promise<void>((resolve) => (setReady = resolve));
  const server = new LineProcess(node, [python3, '-IS', program, address, String(port), other], (line) => {
    if (line === 'ready') setReady();
    else if (asked.push(line.replace('asked ', '')) === 2) setTwoAsked();
  });
  servers.push(server);
  await server.expect(ready);
}

function question(word: string, given: Partial<UdpQuestion> = {}): UdpQuestion {
  const id = randomBytes(4);
  return {
    interfaceName: 'eth1',
    source: '192.168.2.10',
    destination: '1.1.1.1',
    destinationPort: port,
    nextHop: '192.168.2.1',
    payload: Buffer.concat([id, Buffer.from(word)]),
    waitMs: 500,
    isAnswer: (payload) => payload.subarray(0, 4).equals(id),
    ...given,
  };
}

const by6 = { source: 'fd00:2::10', destination: hostAddress6, nextHop: 'fe80::1' };

const isUdp = ({ bytes }: CapturedPacket): boolean =>
  (bytes[0] ?? 0) >>> 4 === 6 ? bytes[6] === 17 : bytes[9] === 17;

/** Port unreachable: ICMP 3/3, ICMPv6 1/4. */
const isIcmpError = ({ bytes }: CapturedPacket): boolean =>
  (bytes[0] ?? 0) >>> 4 === 6 ? bytes[6] === 58 && bytes[40] === 1 : bytes[9] === 1 && bytes[20] === 3;

const isHeld = (held: number): boolean => {
  const hex = held.toString(16).toUpperCase().padStart(4, '0');
  return ['udp', 'udp6'].some((table) =>
    readFileSync(`/proc/self/net/${table}`, 'utf8').includes(`:${hex} `),
  );
};

describe.each([
  ['IPv4', {}, ['1.1.1.1', '8.8.8.8'], 28],
  ['IPv6', by6, [hostAddress6, '2001:db8::2'], 48],
] as const)('a question over %s', (_family, given, [address, other], headers) => {
  beforeEach(async () => {
    if (other === '2001:db8::2')
      await lab.exec('internet', ['ip', 'addr', 'add', `${other}/128`, 'dev', 'lo', 'nodad']);
    await serve(address, other);
  });

  it('leaves by the interface it is told and by no other, and its answer is timed by the kernel', async () => {
    await proveLoopback(packets);
    const [eth0, eth1] = await Promise.all([startCapture('eth0'), startCapture('eth1')]);
    const heard: number[] = [];
    const sent: number[] = [];
    const events = { sent: (bytes: number) => sent.push(bytes), heard: (bytes: number) => heard.push(bytes) };
    const answer = await packets.ask(question('hello', given), undefined, events);
    await Promise.all([eth0.stop(), eth1.stop()]);
    expect(eth0.packets.filter(isUdp)).toEqual([]);
    const [out, back, ...more] = eth1.packets.filter(isUdp);
    expect(more).toEqual([]);
    expect([out?.outgoing, back?.outgoing]).toEqual([true, false]);
    expect(answer).toMatchObject({ type: 'reply', from: address, clock: 'kernel', hopLimit: 61, cut: false });
    expect(answer.type === 'reply' ? answer.payload.subarray(4).toString() : '').toBe(' hello');
    const wireMs = ((back?.atUs ?? 0) - (out?.atUs ?? 0)) / 1000;
    expect(Math.abs((answer.type === 'reply' ? answer.rttMs : 0) - wireMs)).toBeLessThan(0.5);
    expect([sent, heard]).toEqual([[headers + 9], [headers + 10]]);
  });

  it('has a port of its own, held beyond its time: a late answer is refused by nobody', async () => {
    await using eth0 = await startCapture('eth0');
    await using eth1 = await startCapture('eth1');
    await Promise.all([packets.ask(question('silent', given)), packets.ask(question('twice', given))]);
    await twoAsked;
    const ports = asked.map((line) => Number(line.split(' ')[1]));
    expect(new Set(ports).size).toBe(2);
    expect(ports.map(isHeld)).toEqual([true, true]);
    await Promise.all([eth0.flush(), eth1.flush()]);
    const errors = [...eth0.packets, ...eth1.packets].filter(
      (packet) => packet.outgoing && isIcmpError(packet),
    );
    expect(errors).toEqual([]);
    packets.close();
    expect(ports.map(isHeld)).toEqual([false, false]);
  });

  it.each([
    ['other-id', { mismatched: Buffer.from('ffffffff', 'hex'), elsewhere: null }],
    [
      'other-address',
      { mismatched: null, elsewhere: other.includes(':') ? `[${other}]:5300` : `${other}:5300` },
    ],
  ])('takes no answer with %s, and tells of it', async (word, strays) => {
    const answer = await packets.ask(question(word, given));
    expect(answer).toEqual({ type: 'silence', left: true, strays });
  });

  it('takes no answer from another port, and tells of it', async () => {
    const answer = await packets.ask(question('other-port', given));
    expect(answer.type === 'silence' && answer.strays.elsewhere).toMatch(/1\]?:\d+$/);
  });

  it('takes the right answer though strays came before it', async () => {
    expect(await packets.ask(question('then-right', given))).toMatchObject({ type: 'reply', from: address });
  });

  it('is told that an answer was longer than what is kept', async () => {
    const answer = await packets.ask(question('long', { ...given, waitMs: 2000 }));
    expect(answer).toMatchObject({ type: 'reply', cut: true, bytes: headers + 5004 });
  });

  it('to where nobody listens is refused by the host', async () => {
    const answer = await packets.ask(question('hello', { ...given, destinationPort: 5999 }));
    expect(answer).toMatchObject({ type: 'unreachable', reason: 'port', from: address });
  });

  it('that nobody answers is silence, having left', async () => {
    const destination = headers === 48 ? silentAddress6 : silentAddress;
    const strays = { elsewhere: null, mismatched: null };
    const answers: UdpAnswer[] = [
      await packets.ask(question('hello', { ...given, destination })),
      await packets.ask(question('silent', given)),
    ];
    expect(answers).toEqual([
      { type: 'silence', left: true, strays },
      { type: 'silence', left: true, strays },
    ]);
  });
});
