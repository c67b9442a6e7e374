// What goes on while failover switches: packets, sessions from outside, answers under a strict filter.
import { once } from 'node:events';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, expect, it, onTestFinished } from 'vitest';
import { cleanup } from '../../../agent/uplink/routes/index.ts';
import { recordLog } from '../../unit/mqtt/kit.ts';
import { python3 } from '../programs.ts';
import { type Lab, createLab } from '../topology.ts';
import { desire, ip, leavesBy, routesKit, settings } from './routes-kit.ts';

let lab: Lab;

beforeEach(async () => {
  lab = await createLab();
});

afterEach(async () => {
  await cleanup({ stateDirs: [tmpdir()], proto: settings.routeProto, log: recordLog() });
  await lab.stop();
});

const other = { fibre: 'lte', lte: 'fibre' } as const;

it('D3.2: makes before it breaks; 20 switches under 2000 pings 2 ms apart lose none', async () => {
  // They would help out in a hole.
  for (const device of ['eth0', 'eth1']) await ip(`route del default dev ${device}`);
  const { routes } = routesKit();
  await routes.reconcile(desire(lab));
  const ping = lab.spawn('agent', ['ping', '-n', '-i', '0.002', '-c', '2000', '-W', '5', '1.1.1.1']);
  const lines = createInterface({ input: ping.stdout });
  const ended = once(lines, 'close');
  let last = '';
  let summary = '';
  const begun = new Promise<void>((resolve) => {
    lines.on('line', (line) => {
      if (line.includes('transmitted')) summary = line;
      last = line;
      resolve();
    });
  });
  await begun;
  let active: keyof typeof other = 'fibre';
  for (let count = 0; count < 20; count += 1) {
    active = other[active];
    expect((await routes.reconcile(desire(lab, { active }))).problems).toEqual([]);
    expect(await leavesBy('1.1.1.1')).toBe(lab.uplinks[active].interface);
  }
  // They were all made while it went on.
  expect([ping.exitCode, last]).toEqual([null, expect.stringContaining('bytes from')]);
  await ended;
  expect(summary).toMatch(/^2000 packets transmitted, 2000 received, 0% packet loss/);
});

const caller = `
import socket, sys
session = socket.create_connection((sys.argv[1], int(sys.argv[2])), timeout=5)
for line in sys.stdin:
    session.sendall(line.encode())
    print(session.makefile().readline(), end="", flush=True)
`;

it('D3.5: a session from outside by the other uplink lives on through a switch', async () => {
  // As providers do: what comes from an address that is not its customer's is dropped.
  for (const [router, network] of [
    ['fibre-router', '192.168.0.0/24'],
    ['ap', '192.168.2.0/24'],
  ] as const) {
    const chain = `type filter hook forward priority 0; iifname "down" ip saddr != ${network} drop;`;
    await lab.exec(router, ['nft', '-f', '-'], { input: `table ip own { chain forward { ${chain} }\n }` });
  }
  const { routes } = routesKit();
  await routes.reconcile(desire(lab));
  const server = createServer((session) => session.on('error', () => undefined).pipe(session));
  server.listen(0, '192.168.2.10');
  await once(server, 'listening');
  onTestFinished(() => {
    server.close();
  });
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : NaN;
  const session = lab.spawn('internet', [python3, '-c', caller, '192.168.2.10', String(port)]);
  const answers = createInterface({ input: session.stdout });
  const echo = async (text: string): Promise<unknown> => {
    const answer = once(answers, 'line');
    session.stdin.write(`${text}\n`);
    return (await answer)[0];
  };
  expect(await echo('by the uplink that is not in force')).toBe('by the uplink that is not in force');
  for (const active of ['lte', 'fibre', 'lte'] as const) {
    await routes.reconcile(desire(lab, { active }));
    expect(await echo(active)).toBe(active);
  }
  session.kill();
});

it('D3.4: neighbours and networks with a route of their own are reached as before', async () => {
  await ip('route add 198.51.100.0/24 via 192.168.0.1 dev eth0');
  const { routes } = routesKit();
  await routes.reconcile(desire(lab, { active: 'lte' }));
  expect(await leavesBy('1.1.1.1', 'from', '192.168.0.10')).toBe('eth0');
  expect(await leavesBy('1.1.1.1')).toBe('eth1');
  for (const how of [[], ['from', '192.168.2.10'], ['from', '192.168.0.10']]) {
    expect(await leavesBy('192.168.0.1', ...how)).toBe('eth0');
    expect(await leavesBy('192.168.2.1', ...how)).toBe('eth1');
    expect(await leavesBy('198.51.100.77', ...how)).toBe('eth0');
  }
});

it('a strict reverse path filter lets the answers on every uplink pass', async () => {
  for (const whose of ['all', 'eth0', 'eth1']) {
    await lab.exec('agent', ['sysctl', '-qw', `net.ipv4.conf.${whose}.rp_filter=1`]);
  }
  const ping = (device: string) =>
    lab.exec('agent', ['ping', '-n', '-c', '1', '-W', '1', '-I', device, '1.1.1.1']);
  await expect(ping('eth1')).rejects.toThrow('100% packet loss');
  const { routes } = routesKit();
  for (const active of ['fibre', 'lte'] as const) {
    await routes.reconcile(desire(lab, { active }));
    for (const device of ['eth0', 'eth1']) await ping(device);
  }
});

it('what is bound to an interface finds its way by it though there is no default route of others', async () => {
  await ip('route del default dev eth1');
  const { routes } = routesKit();
  await routes.reconcile(desire(lab));
  await lab.exec('agent', ['ping', '-n', '-c', '1', '-W', '1', '-I', 'eth1', '1.1.1.1']);
});
