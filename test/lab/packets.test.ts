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
  expect(await packets.echo({ ...byLte, waitMs: 100 })).toEqual({ type: 'silence' });
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
  expect(await pending).toEqual({ type: 'silence' });
  const capture = await startCapture('eth0');
  expect(await codeOf(packets.echo(byLte))).toBe('stopping');
  await capture.stop();
  expect(capture.packets).toEqual([]);
});

it('refuses to send by a closed socket, which raw-socket would open anew and unbound', () => {
  const sockets = openSockets(
    'eth1',
    () => undefined,
    () => undefined,
  );
  sockets.close();
  const before = openSocketsCount();
  expect(() => sockets.send(Buffer.alloc(28), '1.1.1.1')).toThrow(/closed/);
  expect(openSocketsCount()).toBe(before);
});

it('leaves no unbound socket behind when an interface is not there', () => {
  const before = openSocketsCount();
  expect(() =>
    openSockets(
      'eth7',
      () => undefined,
      () => undefined,
    ),
  ).toThrow('there is no interface eth7');
  expect(openSocketsCount()).toBe(before);
});

it('refuses a source that the interface does not have', async () => {
  const capture = await startCapture('eth1');
  expect(await codeOf(packets.echo({ ...byLte, source: '192.168.0.10' }))).toBe('noAddress');
  expect(await codeOf(packets.echo({ ...byLte, source: '9.9.9.9' }))).toBe('noAddress');
  await lab.exec('agent', ['ip', 'address', 'flush', 'dev', 'eth1']);
  await expect.poll(() => codeOf(packets.echo({ ...byLte, waitMs: 50 }))).toBe('noAddress');
  await capture.stop();
  const sources = capture.packets.filter(({ bytes }) => bytes[9] === 1).map(({ bytes }) => bytes[15]);
  expect(sources.every((lastOctet) => lastOctet === 10 || lastOctet === 1)).toBe(true);
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

it('leaves the answers of another process on the same interface to it', async () => {
  const [ours, theirs] = [createPackets({ packetsPerSecond: 1000 }), packets];
  const both = await Promise.all([ours.echo(byLte), theirs.echo(byLte)]);
  ours.close();
  expect(both.map(({ type }) => type)).toEqual(['reply', 'reply']);
});

it('loses no answer of 500 echoes and keeps no socket more than it needs', async () => {
  const answers = await Promise.all(Array.from({ length: 500 }, () => packets.echo(byLte)));
  expect(answers.filter(({ type }) => type === 'reply')).toHaveLength(500);
  const own = readFileSync('/proc/self/net/raw', 'utf8').trim().split('\n').slice(1);
  expect(own).toHaveLength(2);
});
