// The lab itself: its paths, what can happen to its interfaces, and that nothing is left of it.
import { readdirSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  createLab,
  prohibitedAddress,
  silentAddress,
  unreachableAddress,
  type Lab,
  type UplinkName,
} from './topology.ts';

const names: readonly UplinkName[] = ['fibre', 'lte'];

async function trace(lab: Lab, name: UplinkName, options: readonly string[] = []): Promise<string[]> {
  const { interface: device } = lab.uplinks[name];
  const argv = ['traceroute', '-I', '-n', '-q', '1', '-w', '1', ...options, '-i', device, '1.1.1.1'];
  const { stdout } = await lab.exec('agent', argv);
  return stdout.split('\n').flatMap((line) => /^ *\d+ {2}(\S+)/.exec(line)?.[1] ?? []);
}

async function ping(lab: Lab, name: UplinkName, options: readonly string[] = [], target = '1.1.1.1') {
  const device = lab.uplinks[name].interface;
  const argv = ['ping', '-n', '-c', '3', '-i', '0.01', '-W', '1', ...options, '-I', device, target];
  const { stdout } = await lab.exec('agent', argv);
  const [minMs = NaN] = /= ([\d.]+)\//.exec(stdout)?.slice(1).map(Number) ?? [];
  return { minMs, received: Number(/(\d+) received/.exec(stdout)?.[1]), stdout };
}

async function interfaceIndex(lab: Lab, device: string): Promise<number> {
  return Number.parseInt((await lab.exec('agent', ['ip', '-o', 'link', 'show', 'dev', device])).stdout, 10);
}

describe('paths', () => {
  let lab: Lab;
  beforeAll(async () => {
    lab = await createLab();
  });
  afterAll(async () => {
    await lab.stop();
  });

  test.each([
    ['fibre', ['192.168.0.1', '203.0.113.1', '1.1.1.1']],
    ['lte', ['192.168.2.1', '100.64.0.1', '198.51.100.1', '1.1.1.1']],
  ] as const)('%s leads by its routers to the host', async (name, hops) => {
    expect(await trace(lab, name)).toEqual(hops);
    expect(lab.uplinks[name].hops).toEqual(hops);
  });

  test('each round trip takes the time set, and lte takes longer', async () => {
    const [fibre, lte] = [await ping(lab, 'fibre'), await ping(lab, 'lte')];
    expect(fibre.minMs).toBeGreaterThanOrEqual(2);
    expect(lte.minMs).toBeGreaterThanOrEqual(20);
    expect(lte.minMs).toBeGreaterThan(fibre.minMs);
  });

  test('without an interface named, packets leave by fibre', async () => {
    const { stdout } = await lab.exec('agent', ['ip', 'route', 'get', '8.8.8.8']);
    expect(stdout).toContain('via 192.168.0.1 dev eth0 src 192.168.0.10');
  });

  test.each(names)('each router of %s answers to its own address', async (name) => {
    for (const hop of lab.uplinks[name].hops) expect((await ping(lab, name, [], hop)).received).toBe(3);
  });

  test('addresses that do not answer', async () => {
    await expect(ping(lab, 'lte', ['-W', '0.1'], silentAddress)).rejects.toThrow(
      /3 .*transmitted, 0 received, 100%/,
    );
    await expect(ping(lab, 'lte', [], unreachableAddress)).rejects.toThrow(/Destination Host Unreachable/);
    await expect(ping(lab, 'lte', [], prohibitedAddress)).rejects.toThrow(/Packet filtered/);
  });

  test('TCP passes the relay whole', async () => {
    const server = lab.spawn('internet', ['python3', '-c', oneShotServer]);
    await new Promise((resolve) => server.stdout.once('data', resolve));
    const argv = ['curl', '-sS', '-m', '10', '--interface', 'if!eth1', 'http://1.1.1.1:8080/'];
    expect((await lab.exec('agent', argv)).stdout).toBe('x'.repeat(1_000_000));
  });

  test('an interface set down and up has its route again', async () => {
    await lab.linkDown('lte');
    await expect(ping(lab, 'lte')).rejects.toThrow();
    await lab.linkUp('lte');
    expect((await ping(lab, 'lte')).received).toBe(3);
    const { stdout } = await lab.exec('agent', ['ip', 'route', 'show', 'default', 'dev', 'eth1']);
    expect(stdout).toContain('192.168.2.1 metric 200');
  });

  test('carrier lost and back', async () => {
    await lab.carrier('lte', 'off');
    expect((await lab.exec('agent', ['ip', 'link', 'show', 'eth1'])).stdout).toContain('NO-CARRIER');
    await lab.carrier('lte', 'on');
    expect((await ping(lab, 'lte')).received).toBe(3);
  });

  test('an interface pulled out comes back with a new index and works', async () => {
    const before = await interfaceIndex(lab, 'eth1');
    await lab.removeInterface('lte');
    await expect(interfaceIndex(lab, 'eth1')).rejects.toThrow(/does not exist/);
    await lab.restoreInterface('lte');
    expect(await interfaceIndex(lab, 'eth1')).not.toBe(before);
    const { minMs, received } = await ping(lab, 'lte');
    expect(received).toBe(3);
    expect(minMs).toBeGreaterThanOrEqual(20);
  });
});

const oneShotServer = `
import http.server
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"x" * 1000000)
server = http.server.HTTPServer(("1.1.1.1", 8080), Handler)
print("ready", flush=True)
server.handle_request()
`;

describe('options', () => {
  test('a path of 20 hops', async () => {
    await using lab = await createLab({ lte: { hops: 20, delayMs: 25 } });
    const hops = await trace(lab, 'lte');
    expect(hops).toHaveLength(20);
    expect(hops).toEqual(lab.uplinks.lte.hops);
    expect((await ping(lab, 'lte')).minMs).toBeGreaterThanOrEqual(50);
  });

  test('silent hops', async () => {
    await using lab = await createLab({ lte: { silentHops: [2] }, fibre: { silentHops: [1] } });
    expect(await trace(lab, 'lte')).toEqual(['192.168.2.1', '*', '198.51.100.1', '1.1.1.1']);
    expect(await trace(lab, 'fibre')).toEqual(['*', '203.0.113.1', '1.1.1.1']);
  });

  test('no default route by lte', async () => {
    await using lab = await createLab({ lte: { defaultRoute: false } });
    const { stdout } = await lab.exec('agent', ['ip', 'route', 'show', 'default']);
    expect(stdout.trim().split('\n')).toEqual([
      expect.stringContaining('via 192.168.0.1 dev eth0 metric 100'),
    ]);
  });

  test.each([
    ['off', 10, 10],
    ['kernel', 1, 9],
  ] as const)('ICMP rate limits %s: a router answers %i to %i of 10 at once', async (limits, least, most) => {
    await using lab = await createLab({ icmpRateLimits: limits });
    const argv = [
      'traceroute',
      '-I',
      '-n',
      '-q',
      '10',
      '-N',
      '10',
      '-m',
      '1',
      '-w',
      '0.5',
      '-i',
      'eth0',
      '1.1.1.1',
    ];
    const answered = (await lab.exec('agent', argv)).stdout.match(/ ms/g)?.length ?? 0;
    expect(answered).toBeGreaterThanOrEqual(least);
    expect(answered).toBeLessThanOrEqual(most);
  });

  test('a second lab at a time is refused', async () => {
    await using lab = await createLab();
    await expect(createLab()).rejects.toThrow(/running already/);
    expect((await ping(lab, 'fibre')).received).toBe(3);
  });

  test('what could not be built is cleared away', async () => {
    await expect(createLab({ lte: { silentHops: [9] } })).rejects.toThrow(/no router at hop 9/);
    expect(readdirSync('/run/netns')).toEqual([]);
  });
});

test('stop() leaves no namespace, interface or process', async () => {
  const processes = () => readdirSync('/proc').filter((entry) => /^\d+$/.test(entry));
  const before = processes();
  const lab = await createLab();
  lab.spawn('internet', ['sleep', '1000']);
  await lab.exec('ap', ['sh', '-c', 'sleep 1000 > /dev/null 2>&1 &']);
  expect(processes().length).toBeGreaterThanOrEqual(before.length + 4);
  await lab.removeInterface('fibre');
  await lab.stop();
  expect(readdirSync('/run/netns')).toEqual([]);
  expect((await lab.exec('agent', ['ip', '-o', 'link'])).stdout.trim().split('\n')).toHaveLength(1);
  // What was orphaned is gone once the namespace's first process has taken note.
  await expect.poll(() => processes().filter((pid) => !before.includes(pid))).toEqual([]);
});
