// The packet folder on real interfaces, with each hazard of raw sockets that can be provoked.
import { readFileSync, readdirSync, readlinkSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type Echo, type EchoAnswer, type Packets, createPackets } from '../../agent/packet/index.ts';
import { proveLoopback } from '../../agent/packet/proof.ts';
import { openSockets } from '../../agent/packet/sockets.ts';
import { Failure } from '../../shared/failure.ts';
import { startCapture } from './capture.ts';
import { python3 } from './programs.ts';
import { type Lab, createLab, silentAddress } from './topology.ts';

const byLte: Echo = {
  interfaceName: 'eth1',
  source: '192.168.2.10',
  destination: '1.1.1.1',
  nextHop: '192.168.2.1',
  hopLimit: 64,
  payloadBytes: 56,
  waitMs: 1000,
};

const byFibre: Echo = { ...byLte, interfaceName: 'eth0', source: '192.168.0.10', nextHop: '192.168.0.1' };

let lab: Lab;
let packets: Packets;
let reopened: string[];

beforeEach(async () => {
  lab = await createLab();
  reopened = [];
  packets = createPackets({
    packetsPerSecond: 1000,
    onReopened: (name, why) => reopened.push(`${name}: ${why}`),
  });
});

afterEach(async () => {
  packets.close();
  await lab.stop();
});

const deaf = { heard: () => undefined, left: () => undefined, broken: () => undefined };

const openSocketsCount = (): number =>
  readdirSync('/proc/self/fd').filter((descriptor) => {
    try {
      return readlinkSync(`/proc/self/fd/${descriptor}`).startsWith('socket:');
    } catch {
      return false; // the listing's own descriptor
    }
  }).length;

const codeOf = (promise: Promise<EchoAnswer>): Promise<string> =>
  promise.then(
    ({ type }) => type,
    (error: unknown) => (error instanceof Failure ? error.code : String(error)),
  );

it('gives the answer with the kernel stamp of its arrival', async () => {
  await proveLoopback(packets);
  const capture = await startCapture('eth1');
  const answer = await packets.echo(byLte);
  await capture.stop();
  expect(answer).toMatchObject({ type: 'reply', from: '1.1.1.1', clock: 'kernel', hopLimit: 61, bytes: 84 });
  const [request, reply] = capture.packets.filter(({ bytes }) => bytes[9] === 1);
  expect(request?.outgoing).toBe(true);
  expect(reply?.outgoing).toBe(false);
  const wireMs = ((reply?.atUs ?? 0) - (request?.atUs ?? 0)) / 1000;
  expect(wireMs).toBeGreaterThanOrEqual(20);
  // Both ends are stamped by the kernel a few microseconds from the capture, whatever the load.
  expect(Math.abs((answer.type === 'reply' ? answer.rttMs : 0) - wireMs)).toBeLessThan(0.5);
});

it("takes no wait for ARP for the network's round trip", async () => {
  await proveLoopback(packets);
  expect(await codeOf(packets.echo(byFibre))).toBe('reply');
  await lab.exec('fibre-router', ['sysctl', '-qw', 'net.ipv4.conf.all.arp_ignore=8']);
  await lab.exec('agent', ['ip', 'neigh', 'flush', 'dev', 'eth0']);
  await using capture = await startCapture('eth0');
  const pending = packets.echo({ ...byFibre, waitMs: 10_000 });
  // The kernel asks once a second; the answer is held back until the first question was seen.
  await lab.exec('fibre-router', ['sysctl', '-qw', 'net.ipv4.conf.all.arp_ignore=0']);
  const answer = await pending;
  await capture.stop();
  const echoes = capture.packets.filter(({ bytes }) => bytes[9] === 1);
  const wireMs = ((echoes[1]?.atUs ?? 0) - (echoes[0]?.atUs ?? 0)) / 1000;
  expect(answer).toMatchObject({ type: 'reply', clock: 'kernel' });
  expect(Math.abs((answer.type === 'reply' ? answer.rttMs : 0) - wireMs)).toBeLessThan(0.5);
});

it('knows of a packet that ARP held back that it never left', async () => {
  expect(await codeOf(packets.echo(byLte))).toBe('reply');
  const astray = { ...byLte, nextHop: '192.168.2.77', waitMs: 300 };
  expect(await packets.echo(astray)).toEqual({ type: 'silence', left: false });
  expect(await packets.echo({ ...byLte, destination: silentAddress, waitMs: 300 })).toEqual({
    type: 'silence',
    left: true,
  });
});

it('lets a waiting echo be given up at once, and its turn go to the next', async () => {
  const slow = createPackets({ packetsPerSecond: 1 });
  const gone = new AbortController();
  const sent = await Promise.all(Array.from({ length: 16 }, () => codeOf(slow.echo(byLte))));
  expect(new Set(sent)).toEqual(new Set(['reply']));
  const waiting = Array.from({ length: 100 }, () => codeOf(slow.echo(byLte, gone.signal)));
  gone.abort();
  expect(new Set(await Promise.all(waiting))).toEqual(new Set(['cancelled']));
  expect(await codeOf(slow.echo(byLte))).toBe('reply');
  slow.close();
});

it('sends by an interface whose address bears a label', async () => {
  await lab.exec('agent', ['ip', 'address', 'add', '192.168.2.20/24', 'dev', 'eth1', 'label', 'eth1:0']);
  await expect.poll(() => codeOf(packets.echo({ ...byLte, source: '192.168.2.20' }))).toBe('reply');
});

it('keeps no sockets of interfaces that are gone', async () => {
  expect(await codeOf(packets.echo(byLte))).toBe('reply');
  const before = openSocketsCount();
  await lab.removeInterface('lte');
  expect(await codeOf(packets.echo(byFibre))).toBe('reply');
  expect(openSocketsCount()).toBe(before);
  await lab.restoreInterface('lte');
});

it('hears which router a hop limit ended at', async () => {
  const hops = await Promise.all([1, 2, 3, 4].map((hopLimit) => packets.echo({ ...byLte, hopLimit })));
  expect(hops.map((hop) => (hop.type === 'silence' ? hop.type : [hop.type, hop.from]))).toEqual([
    ['timeExceeded', '192.168.2.1'],
    ['timeExceeded', '100.64.0.1'],
    ['timeExceeded', '198.51.100.1'],
    ['reply', '1.1.1.1'],
  ]);
});

it('takes no answer for late that lay in the socket while the loop was busy', async () => {
  const pending = packets.echo({ ...byLte, waitMs: 100 });
  await new Promise((resolve) => setImmediate(resolve));
  const untilMs = performance.now() + 400;
  while (performance.now() < untilMs);
  const answer = await pending;
  expect(answer).toMatchObject({ type: 'reply', clock: 'kernel' });
  expect(answer.type === 'reply' && answer.rttMs).toBeLessThan(100);
});

it('takes an answer that came too late for silence, however idle the loop', async () => {
  await lab.relay.lte.set({ delayMs: 100 });
  expect(await packets.echo({ ...byLte, waitMs: 100 })).toMatchObject({ type: 'silence' });
});

it('gives up an echo when told to', async () => {
  const gone = new AbortController();
  const pending = codeOf(packets.echo({ ...byLte, destination: silentAddress }, gone.signal));
  gone.abort();
  expect(await pending).toBe('cancelled');
  expect(await codeOf(packets.echo(byLte, gone.signal))).toBe('cancelled');
});

it('answers what is in flight when it is closed, and sends nothing afterwards', async () => {
  const pending = packets.echo({ ...byLte, destination: silentAddress });
  await packets.echo(byLte);
  packets.close();
  expect(await pending).toMatchObject({ type: 'silence' });
  const capture = await startCapture('eth0');
  expect(await codeOf(packets.echo(byLte))).toBe('stopping');
  await capture.stop();
  expect(capture.packets).toEqual([]);
});

it('knows that an echo left, though its sockets were replaced while it was out', async () => {
  await packets.echo(byLte);
  const pending = packets.echo({ ...byLte, destination: silentAddress, waitMs: 5000 });
  await lab.removeInterface('lte');
  await lab.restoreInterface('lte');
  await expect.poll(() => codeOf(packets.echo({ ...byLte, waitMs: 100 }))).toBe('reply');
  expect(await pending).toEqual({ type: 'silence', left: true });
});

it('refuses to send by a closed socket, which raw-socket would open anew and unbound', () => {
  const sockets = openSockets('eth1', 4, ['icmp'], deaf);
  sockets.close();
  const before = openSocketsCount();
  expect(() => sockets.send(Buffer.alloc(28), 28, '1.1.1.1')).toThrow(/closed/);
  expect(openSocketsCount()).toBe(before);
});

it('leaves no unbound socket behind when an interface is not there', () => {
  const before = openSocketsCount();
  expect(() => openSockets('eth7', 4, ['icmp'], deaf)).toThrow('there is no interface eth7');
  expect(openSocketsCount()).toBe(before);
});

it('refuses a source that the interface does not have', async () => {
  const capture = await startCapture('eth1');
  expect(await codeOf(packets.echo({ ...byLte, source: '192.168.0.10' }))).toBe('noAddress');
  expect(await codeOf(packets.echo({ ...byLte, source: '9.9.9.9' }))).toBe('noAddress');
  await lab.exec('agent', ['ip', 'address', 'flush', 'dev', 'eth1']);
  await expect.poll(() => codeOf(packets.echo({ ...byLte, waitMs: 50 }))).toBe('noAddress');
  await capture.stop();
  const sources = capture.packets
    .filter(({ bytes, outgoing }) => outgoing && bytes[9] === 1)
    .map(({ bytes }) => [...bytes.subarray(12, 16)].join('.'));
  expect(sources.filter((source) => source !== '192.168.2.10')).toEqual([]);
});

it('hears again by an interface that was taken out and put back under its name', async () => {
  expect(await codeOf(packets.echo(byLte))).toBe('reply');
  await lab.removeInterface('lte');
  await expect.poll(() => codeOf(packets.echo({ ...byLte, waitMs: 50 }))).toBe('noAddress');
  await lab.restoreInterface('lte');
  await expect.poll(() => codeOf(packets.echo(byLte))).toBe('reply');
  expect(reopened).toEqual(['eth1: the interface was renamed or made anew']);
});

it('does not follow an interface that was renamed', async () => {
  expect(await codeOf(packets.echo(byLte))).toBe('reply');
  await lab.exec('agent', ['ip', 'link', 'set', 'eth1', 'down']);
  await lab.exec('agent', ['ip', 'link', 'set', 'eth1', 'name', 'wan1', 'up']);
  await lab.exec('agent', ['ip', 'address', 'replace', '192.168.2.10/24', 'dev', 'eth0']);
  await expect.poll(() => codeOf(packets.echo({ ...byLte, waitMs: 50 }))).toBe('noAddress');
  await lab.exec('agent', ['ip', 'link', 'set', 'wan1', 'down']);
  await lab.exec('agent', ['ip', 'link', 'set', 'wan1', 'name', 'eth1', 'up']);
  await expect.poll(() => codeOf(packets.echo(byLte))).toBe('reply');
});

it('says that an interface is down', async () => {
  expect(await codeOf(packets.echo(byLte))).toBe('reply');
  await lab.linkDown('lte');
  expect(['interfaceDown', 'noAddress']).toContain(await codeOf(packets.echo({ ...byLte, waitMs: 50 })));
  await lab.linkUp('lte');
  await expect.poll(() => codeOf(packets.echo(byLte))).toBe('reply');
});

it('opens its sockets anew after a poll error, which leaves raw-socket deaf', async () => {
  expect(await codeOf(packets.echo(byLte))).toBe('reply');
  const script = fileURLToPath(new URL('pollute.py', import.meta.url));
  const { stdout } = await lab.exec('agent', [python3, script, String(process.pid)]);
  expect(Number(stdout)).toBe(1);
  await packets.echo({ ...byLte, hopLimit: 1, waitMs: 200 });
  expect(reopened).toEqual(['eth1: the socket broke']);
  expect(await codeOf(packets.echo(byLte))).toBe('reply');
});

it('takes no answer to an echo of another process on the same interface', async () => {
  const [other, sent] = [createPackets({ packetsPerSecond: 1000 }), packets];
  const heard: Echo = { ...byLte, destination: silentAddress, waitMs: 300 };
  // Both number their echoes from 1: only the identifier and the cookie tell the answers apart.
  const [mine, theirs] = await Promise.all([sent.echo(heard), other.echo(byLte)]);
  other.close();
  expect([mine.type, theirs.type]).toEqual(['silence', 'reply']);
});

it('knows of each of 200 unanswered echoes that it left', async () => {
  const silent = { ...byLte, destination: silentAddress, waitMs: 1500 };
  await packets.echo(byLte);
  const answers = await Promise.all(Array.from({ length: 200 }, () => packets.echo(silent)));
  expect(answers.filter((answer) => answer.type === 'silence' && answer.left === true)).toHaveLength(200);
});

it('loses no answer of 500 echoes and keeps no socket more than it needs', async () => {
  const answers = await Promise.all(Array.from({ length: 500 }, () => packets.echo(byLte)));
  expect(answers.filter(({ type }) => type === 'reply')).toHaveLength(500);
  const own = readFileSync('/proc/self/net/raw', 'utf8').trim().split('\n').slice(1);
  expect(own).toHaveLength(2);
});
