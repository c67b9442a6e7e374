// `pathproof doctor` as a person runs it: nothing wrong on a healthy box, and each thing that is broken here is named, with
// what mends it and the exit status.
import { execFile, execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import mqtt from 'mqtt';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type DoctorLine, DoctorReport } from '../../../agent/cli/doctor/report.ts';
import { startAgent } from '../../lab/agent.ts';
import { configOf, everything } from '../../lab/failover/kit.ts';
import { type MosquittoOptions, startMosquitto } from '../../lab/mosquitto.ts';
import { ipBatch } from '../../lab/programs.ts';
import { needsRealRoot } from '../../lab/root.ts';
import { type Lab, createLab, silentAddress } from '../../lab/topology.ts';

const cli = fileURLToPath(new URL('../../../dist/agent/cli.js', import.meta.url));
const uplinks = [
  'uplinks:',
  '  fibre: { interface: eth0, priority: 10, targets: [1.1.1.1, 8.8.8.8] }',
  '  lte: { interface: eth1, priority: 20, gateway: 192.168.2.1, metered: true }',
].join('\n');

/** For matchers, whose own type is `any`. */
const like = (words: string | RegExp): unknown => expect.stringMatching(words);

let lab: Lab;
let folder = '';
const cleanups: (() => Promise<void> | void)[] = [];

beforeAll(async () => {
  lab = await createLab();
});
afterAll(() => lab.stop());
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'pathproof-doctor-'));
});
afterEach(async () => {
  for (const clean of cleanups.splice(0).reverse()) await clean();
  rmSync(folder, { recursive: true });
});

interface Asked {
  config?: string;
  env?: Record<string, string>;
  prefix?: readonly string[];
  words?: readonly string[];
}

interface Ended {
  status: number;
  stdout: string;
  stderr: string;
  tookMs: number;
}

function run({ config = uplinks, env = {}, prefix = [], words = [] }: Asked = {}): Promise<Ended> {
  const file = join(folder, 'config.yaml');
  writeFileSync(file, config);
  const [program = '', ...args] = [...prefix, process.execPath, cli, 'doctor', ...words];
  const environment = {
    PATH: process.env['PATH'],
    DEVICE_NAME: 'pi',
    EMBEDDED_BROKER_PORT: '0',
    SERVER_PORT: '0',
  };
  const beganMs = performance.now();
  return new Promise((resolve) => {
    execFile(
      program,
      args,
      {
        cwd: folder,
        env: { ...environment, STATE_DIR: join(folder, 'state'), CONFIG_FILE: file, ...env },
      },
      (error, stdout, stderr) =>
        resolve({
          status: error === null ? 0 : Number(error.code),
          stdout,
          stderr,
          tookMs: performance.now() - beganMs,
        }),
    );
  });
}

interface Examined extends DoctorReport {
  status: number;
  tookMs: number;
  of(check: string): DoctorLine[];
  wrong: DoctorLine[];
}

async function examine(asked: Asked = {}): Promise<Examined> {
  const { status, stdout, stderr, tookMs } = await run({ ...asked, words: ['--json'] });
  expect(stderr).toBe('');
  const report = DoctorReport.parse(JSON.parse(stdout));
  expect(status).toBe(report.right ? 0 : 1);
  return {
    ...report,
    status,
    tookMs,
    of: (check) => report.lines.filter((line) => line.check === check),
    wrong: report.lines.filter((line) => line.status === 'wrong'),
  };
}

const sh = (command: string): string => execFileSync('sh', ['-c', command], { encoding: 'utf8' });

async function occupy(onData: (text: string) => string | null = () => null): Promise<number> {
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.on('data', (chunk) => {
      const answer = onData(chunk.toString('latin1'));
      if (answer !== null) socket.end(answer);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  cleanups.push(() => void server.close());
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

async function mosquittoWith(options: MosquittoOptions = {}) {
  const mosquitto = await startMosquitto({ config: ['set_tcp_nodelay true'], ...options });
  cleanups.push(() => mosquitto[Symbol.asyncDispose]());
  return mosquitto;
}

describe('on a healthy box', () => {
  it('finds nothing wrong, and changes nothing', async () => {
    const before = await everything();
    const { status, stdout, stderr } = await run();
    expect([status, stderr]).toEqual([0, '']);
    expect(stdout).not.toMatch(/wrong|\x1b/);
    expect(stdout).toMatch(/ok +raw sockets +an echo over loopback came back/);
    expect(stdout).toMatch(
      /ok +uplinks +fibre \(eth0\): 192\.168\.0\.10; gateway 192\.168\.0\.1 answers .*1\.1\.1\.1 answers/,
    );
    expect(stdout).toMatch(
      /ok +uplinks +lte \(eth1\): 192\.168\.2\.10; gateway 192\.168\.2\.1 answers in [2-9]\d\./,
    );
    expect(await everything()).toBe(before);
    expect(readdirSync(folder)).toEqual(['config.yaml']);
  });

  it('contacts nobody but the gateways where no targets are configured', async () => {
    const config = 'uplinks: { fibre: { interface: eth0 }, lte: { interface: eth1 } }';
    const table =
      'table ip doctor {\n chain in {\n type filter hook prerouting priority -300\n counter\n }\n}\n';
    await lab.exec('internet', ['nft', '-f', '-'], { input: table });
    cleanups.push(async () => {
      await lab.exec('internet', ['nft', 'delete', 'table', 'ip', 'doctor']);
    });
    expect((await examine({ config })).status).toBe(0);
    const counted = await lab.exec('internet', ['nft', 'list', 'table', 'ip', 'doctor']);
    expect(counted.stdout).toContain('counter packets 0 ');
  });

  it('looks at the interfaces where no uplink is configured, and says what to write', async () => {
    const report = await examine({ config: '' });
    expect(report.status).toBe(0);
    expect(report.of('uplinks').map(({ subject }) => subject)).toEqual([null, 'eth0', 'eth1']);
    const [none] = report.of('uplinks');
    const words = /uplinks: \{.*\}$/.exec(none?.mend[0] ?? '')?.[0] ?? '';
    expect(words).toContain('interface: eth0');
    expect((await examine({ config: words })).of('uplinks')).toMatchObject([
      { status: 'ok' },
      { status: 'ok' },
    ]);
  });

  it('works beside an agent that runs, its failover too, and sees that it is the one', async () => {
    await using agent = await startAgent({
      config: configOf('overlay'),
      env: { STATE_DIR: join(folder, 'state'), EMBEDDED_BROKER_PORT: '18831' },
    });
    await agent.until('its connection', () => agent.said('MQTT connected') !== undefined);
    const env = { SERVER_PORT: String(agent.bridgePort()), EMBEDDED_BROKER_PORT: '18831' };
    const report = await examine({ config: configOf('overlay'), env });
    expect(report.wrong).toEqual([]);
    expect(report.of('bridge')[0]?.seen).toMatch(/a pathproof runs and answers/);
    expect(report.of('broker')[0]?.seen).toMatch(/written and read back; the agent is connected to it/);
    expect(report.of('failover')[0]?.seen).toMatch(/a running agent is in charge/);
    // With another's ports it is another agent.
    const foreign = await examine({ config: configOf('overlay') });
    expect(foreign.wrong).toMatchObject([
      { check: 'failover', seen: like(/another pathproof is in charge/) },
    ]);
  });
});

describe('the capabilities', () => {
  const without = (capability: string) => [
    'setpriv',
    ...['inh-caps', 'ambient-caps', 'bounding-set'].map((set) => `--${set}=-${capability}`),
  ];

  it('CAP_NET_RAW', async () => {
    const report = await examine({ prefix: without('net_raw') });
    expect(report.wrong).toMatchObject([{ check: 'rawSockets', seen: like('CAP_NET_RAW') }]);
    expect(report.wrong[0]?.mend.join()).toMatch(
      /sudo npx \. doctor.*AmbientCapabilities.*setcap cap_net_raw/,
    );
    expect(report.of('uplinks')).toMatchObject([{ status: 'unknown' }, { status: 'unknown' }]);
  });

  it('CAP_NET_ADMIN where failover is to act, and not where it observes', async () => {
    const prefix = without('net_admin');
    const acting = await examine({ prefix, config: `${uplinks}\nfailover: { mode: overlay }` });
    expect(acting.wrong).toMatchObject([{ check: 'routes', seen: like('CAP_NET_ADMIN') }]);
    expect((await examine({ prefix, config: `${uplinks}\nfailover: { mode: observe }` })).status).toBe(0);
  });
});

describe('an uplink', () => {
  const lte = (report: Examined) => report.of('uplinks').filter(({ subject }) => subject?.startsWith('lte'));

  it('that is not there', async () => {
    const report = await examine({ config: uplinks.replace('eth1', 'wwan0') });
    expect(report.wrong).toMatchObject([
      { subject: 'lte (wwan0)', seen: 'there is no interface wwan0; there are eth0, eth1' },
    ]);
    expect(report.wrong[0]?.mend[0]).toBe('uplinks.lte.interface: eth1');
  });

  it('that is down, which the command that it names mends', async () => {
    await lab.linkDown('lte');
    const report = await examine();
    expect(report.wrong).toMatchObject([{ subject: 'lte (eth1)', seen: 'the interface is down' }]);
    sh(report.wrong[0]?.mend[0] ?? 'false');
    await lab.linkUp('lte');
    expect((await examine()).status).toBe(0);
  });

  it('without carrier', async () => {
    await lab.carrier('lte', 'off');
    cleanups.push(() => lab.carrier('lte', 'on'));
    expect(lte(await examine())).toMatchObject([{ status: 'wrong', seen: 'no carrier' }]);
  });

  it('without an address', async () => {
    await ipBatch('agent', ['addr del 192.168.2.10/24 dev eth1']);
    cleanups.push(() =>
      ipBatch('agent', [
        'addr add 192.168.2.10/24 dev eth1',
        'route replace default via 192.168.2.1 dev eth1 metric 200',
      ]),
    );
    const [line] = lte(await examine());
    expect(line).toMatchObject({ status: 'wrong', seen: 'no address' });
    expect(line?.mend.join('\n')).toMatch(/ip address add ADDRESS\/24 dev eth1/);
  });

  it('without a gateway, and with a wrong one', async () => {
    await ipBatch('agent', ['route del default dev eth1']);
    cleanups.push(() => ipBatch('agent', ['route replace default via 192.168.2.1 dev eth1 metric 200']));
    const [none] = lte(await examine({ config: uplinks.replace('gateway: 192.168.2.1, ', '') }));
    expect(none).toMatchObject({ status: 'wrong', seen: '192.168.2.10; no gateway is known' });
    expect(none?.mend[0]).toBe('uplinks.lte.gateway: ADDRESS');
    const [absent] = lte(
      await examine({ config: uplinks.replace('gateway: 192.168.2.1', 'gateway: 192.168.2.77') }),
    );
    expect(absent?.seen).toBe('gateway 192.168.2.77 is not found on the link (no answer to ARP)');
    expect(absent?.status).toBe('wrong');
  });

  it('whose targets are silent, all of them or one', async () => {
    const all = await examine({ config: uplinks.replace('[1.1.1.1, 8.8.8.8]', `[${silentAddress}]`) });
    expect(all.wrong).toMatchObject([{ subject: 'fibre (eth0)', seen: `${silentAddress} does not answer` }]);
    const one = await examine({ config: uplinks.replace('8.8.8.8', silentAddress) });
    expect(one.status).toBe(0);
    expect(one.of('uplinks')[0]).toMatchObject({
      status: 'warning',
      mend: ['uplinks.fibre.targets: [1.1.1.1]'],
    });
  });

  it.each([
    ['without targets', uplinks],
    ['with targets, really asked', uplinks.replace('metered: true', 'metered: true, targets: [1.1.1.1]')],
  ])(
    'that drops the answers (%s): the first command mends it, and so does the last',
    async (_what, config) => {
      const strict = () => sh('sysctl -qw net.ipv4.conf.all.rp_filter=0 net.ipv4.conf.eth1.rp_filter=1');
      strict();
      cleanups.push(() => void sh('sysctl -qw net.ipv4.conf.all.rp_filter=2'));
      const report = await examine({ config });
      expect(report.wrong).toMatchObject([
        {
          subject: 'lte (eth1)',
          seen: like(/^eth1 drops the answers: net\.ipv4\.conf\.eth1\.rp_filter is 1 \(strict\)/),
        },
      ]);
      const [setting = 'false', , rule = 'false'] = report.wrong[0]?.mend ?? [];
      expect(setting).toBe('sysctl -w net.ipv4.conf.eth1.rp_filter=2');
      sh(setting);
      expect((await examine({ config })).status).toBe(0);
      strict();
      sh(rule);
      cleanups.push(() => void sh('ip rule del from 192.168.2.10; ip route flush table 1000'));
      expect((await examine({ config })).status).toBe(0);
    },
  );
});

describe('the broker', () => {
  const broker = (report: Examined) => report.of('broker');

  it('lets the agent write and read back, and nothing of it is left', async () => {
    const { url } = await mosquittoWith();
    const report = await examine({ env: { MQTT_URL: url } });
    expect(broker(report)).toMatchObject([{ status: 'ok', seen: like(/^MQTT 5; /) }]);
    const client = await mqtt.connectAsync(url);
    const kept: string[] = [];
    client.on('message', (topic) => kept.push(topic));
    await client.subscribeAsync('#', { qos: 1 });
    await client.publishAsync('end', '', { qos: 1 });
    await expect.poll(() => kept).toContain('end');
    await client.endAsync();
    expect(kept).toEqual(['end']);
  });

  it('is down', async () => {
    const mosquitto = await mosquittoWith();
    await mosquitto.stop();
    const report = await examine({ env: { MQTT_URL: mosquitto.url } });
    expect(report.wrong).toMatchObject([{ check: 'broker', seen: like('ECONNREFUSED') }]);
    expect(report.wrong[0]?.mend[0]).toBe('systemctl start mosquitto');
  });

  it('refuses the password, which is never shown', async () => {
    const { url } = await mosquittoWith({ passwords: { pi: 'right' } });
    const env = { MQTT_URL: url, MQTT_USERNAME: 'pi', MQTT_PASSWORD: 'wrong-pass-word' };
    const report = await examine({ env });
    expect(report.wrong).toMatchObject([{ check: 'broker', seen: like(/not authorized/i) }]);
    expect(report.wrong[0]?.mend).toContain('mosquitto_passwd /etc/mosquitto/passwd pi');
    expect(JSON.stringify(report.lines)).not.toContain('wrong-pass-word');
    expect((await examine({ env: { ...env, MQTT_PASSWORD: 'right' } })).status).toBe(0);
  });

  it.each([
    ['writing', 'topic read #', /can't be written|does not come back/],
    ['reading', 'topic write #', /does not come back/],
  ])('forbids %s', async (_what, rule, words) => {
    const { url } = await mosquittoWith({ passwords: { pi: 'right' }, acl: ['user pi', rule] });
    const env = { MQTT_URL: url, MQTT_USERNAME: 'pi', MQTT_PASSWORD: 'right' };
    const report = await examine({ env });
    expect(report.wrong.length).toBeGreaterThan(0);
    expect(report.wrong[0]).toMatchObject({ check: 'broker', seen: like(words) });
    const lines = /printf '(.*)\\n' >>/.exec(report.wrong[0]?.mend[0] ?? '')?.[1]?.split('\\n') ?? [];
    expect(lines).toEqual(['user pi', 'topic readwrite pathproof/pi/#', 'topic readwrite homeassistant/#']);
    const mended = await mosquittoWith({ passwords: { pi: 'right' }, acl: lines });
    expect((await examine({ env: { ...env, MQTT_URL: mended.url } })).status).toBe(0);
  });

  it('forbids discovery alone, which is no more than a warning', async () => {
    const acl = ['user pi', 'topic readwrite pathproof/pi/#'];
    const { url } = await mosquittoWith({ passwords: { pi: 'right' }, acl });
    const report = await examine({ env: { MQTT_URL: url, MQTT_USERNAME: 'pi', MQTT_PASSWORD: 'right' } });
    expect(report.status).toBe(0);
    expect(broker(report)).toMatchObject([{ status: 'warning', seen: like('homeassistant/') }]);
  });

  it('shows whether Home Assistant is there', async () => {
    const { url } = await mosquittoWith();
    const seen = async () => (await examine({ env: { MQTT_URL: url } })).of('homeAssistant')[0]?.status;
    expect(await seen()).toBe('unknown');
    const client = await mqtt.connectAsync(url);
    cleanups.push(() => client.endAsync());
    await client.publishAsync('homeassistant/status', 'online', { retain: true, qos: 1 });
    expect(await seen()).toBe('ok');
    await client.publishAsync('homeassistant/status', 'offline', { retain: true, qos: 1 });
    expect(await seen()).toBe('warning');
  });

  it("of the embedded one's port is another broker, or no broker at all", async () => {
    const { port } = await mosquittoWith();
    const other = await examine({ env: { EMBEDDED_BROKER_PORT: String(port) } });
    expect(other.wrong).toMatchObject([{ check: 'broker', seen: like('held by another broker') }]);
    expect(other.wrong[0]?.mend[0]).toBe(`MQTT_URL=mqtt://127.0.0.1:${port}`);
    expect((await examine({ env: { MQTT_URL: `mqtt://127.0.0.1:${port}` } })).status).toBe(0);
    const taken = await occupy();
    const none = await examine({ env: { EMBEDDED_BROKER_PORT: String(taken) } });
    expect(none.wrong).toMatchObject([{ check: 'broker', seen: like('held by another program') }]);
    expect(sh(none.wrong[0]?.mend[0] ?? 'false')).toContain(`127.0.0.1:${taken}`);
  });
});

describe("the bridge's port", () => {
  it('is held by another program', async () => {
    const port = await occupy(() => 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok');
    const report = await examine({ env: { SERVER_PORT: String(port) } });
    expect(report.wrong).toMatchObject([{ check: 'bridge', seen: like('held by another program') }]);
    expect(sh(report.wrong[0]?.mend[0] ?? 'false')).toContain(`127.0.0.1:${port}`);
  });

  it('is of an address that this machine does not have', async () => {
    const env = { SERVER_ADDRESS: '192.0.2.9', SERVER_PORT: '8080', BRIDGE_OPEN: 'true' };
    const report = await examine({ env });
    expect(report.wrong).toMatchObject([{ check: 'bridge', seen: like('EADDRNOTAVAIL') }]);
  });
});

describe('STATE_DIR', () => {
  const mounted = (options: string): string => {
    const path = join(folder, 'disk');
    mkdirSync(path);
    execFileSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', path]);
    cleanups.push(() => void execFileSync('umount', ['-l', path]));
    return path;
  };

  it('is read-only, which the command that it names mends', async () => {
    const disk = mounted('size=100m,ro');
    const report = await examine({ env: { STATE_DIR: join(disk, 'state') } });
    expect(report.wrong).toMatchObject([
      { check: 'stateDir', mend: [`mount -o remount,rw ${disk}`, 'STATE_DIR=/another/folder'] },
    ]);
    sh(report.wrong[0]?.mend[0] ?? 'false');
    expect((await examine({ env: { STATE_DIR: join(disk, 'state') } })).status).toBe(0);
  });

  it('is full', async () => {
    const disk = mounted('size=1m');
    try {
      writeFileSync(join(disk, 'ballast'), Buffer.alloc(2 << 20));
    } catch {
      // as much as fits
    }
    const report = await examine({ env: { STATE_DIR: disk } });
    expect(report.wrong).toMatchObject([{ check: 'stateDir', seen: like(/ENOSPC|free/) }]);
    expect(report.wrong[0]?.mend.join()).toContain('df -h');
  });

  it("is another user's", async () => {
    needsRealRoot("STATE_DIR is another user's");
    const directory = join(folder, 'state');
    mkdirSync(directory, { mode: 0o700 });
    execFileSync('chmod', ['755', folder]);
    const capabilities = ['--inh-caps=+net_raw', '--ambient-caps=+net_raw'];
    const prefix = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups', ...capabilities];
    const report = await examine({ prefix, env: { STATE_DIR: directory } });
    expect(report.wrong).toMatchObject([
      { check: 'stateDir', mend: [`chown -R nobody ${directory}`, 'STATE_DIR=/another/folder'] },
    ]);
  });
});

describe('failover', () => {
  it('is in vain behind a default route of a lower metric, which the command that it names mends', async () => {
    const config = `${uplinks}\nfailover: { mode: overlay }`;
    await ipBatch('agent', ['route add default via 192.168.0.1 dev eth0 metric 3']);
    cleanups.push(
      () =>
        void sh(
          '(ip route del default dev eth0 metric 3; ip route del default dev eth0 metric 103) 2>/dev/null; true',
        ),
    );
    const report = await examine({ config });
    expect(report.wrong).toMatchObject([{ check: 'failover', seen: like('metric 3, is not behind') }]);
    const [line = '', command = 'false'] = report.wrong[0]?.mend ?? [];
    expect(line).toBe('failover.metricActive: 2');
    expect(
      (await examine({ config: `${uplinks}\nfailover: { mode: overlay, metricActive: 2 }` })).status,
    ).toBe(0);
    expect((await examine({ config: config.replace('overlay', 'observe') })).status).toBe(0);
    sh(command);
    expect((await examine({ config })).status).toBe(0);
  });
});

describe('the configuration', () => {
  it('is wrong: all of it is told, and what needs none is looked at', async () => {
    const report = await examine({
      config: 'uplinks:\n  lte: { interfce: eth1 }\n',
      env: { SERVER_PORT: 'eighty', MQTT_URL: 'http://user:hunter22@broker/' },
    });
    expect(report.agent).toBe(null);
    const told = report
      .of('configuration')
      .map(({ seen }) => seen)
      .join('\n');
    for (const words of ['SERVER_PORT: ', 'MQTT_URL: ', 'did you mean interface?'])
      expect(told).toContain(words);
    expect(JSON.stringify(report.lines)).not.toContain('hunter22');
    expect(report.of('rawSockets')).toMatchObject([{ status: 'ok' }]);
    expect(report.of('uplinks')).toMatchObject([{ subject: 'eth0', status: 'ok' }, { subject: 'eth1' }]);
    expect(report.of('broker')).toMatchObject([{ status: 'unknown' }]);
  });

  it('is no YAML, or not there', async () => {
    expect((await examine({ config: 'uplinks: [' })).of('configuration')).toMatchObject([
      { status: 'wrong' },
    ]);
    const [line] = (await examine({ env: { CONFIG_FILE: '/nowhere.yaml' } })).of('configuration');
    expect(line).toMatchObject({
      status: 'wrong',
      mend: [`CONFIG_FILE=… in ${join(folder, 'agent.env')}, or in the environment`],
    });
  });
});

it('a native part that does not load is named, and the rest is looked at', async () => {
  const part = fileURLToPath(
    new URL('../../../agent/packet/native/build/Release/packet_native.node', import.meta.url),
  );
  execFileSync('mount', ['--bind', '/dev/null', part]);
  cleanups.push(() => void execFileSync('umount', [part]));
  const report = await examine();
  const wrong = report.wrong.filter(({ check }) => check === 'node');
  expect(wrong.map(({ subject }) => subject)).toEqual(['@pathproof/packet-native']);
  expect(report.wrong[0]?.mend).toEqual(['npm rebuild @pathproof/packet-native', 'npm ci']);
  expect(report.of('uplinks').map(({ status }) => status)).toEqual(['unknown', 'unknown']);
  expect(report.of('bridge')).toMatchObject([{ status: 'ok' }]);
  expect(report.status).toBe(1);
});

it('programs that are not there are named with their packages', async () => {
  const bin = join(folder, 'bin');
  mkdirSync(bin);
  symlinkSync(sh('command -v ip').trim(), join(bin, 'ip'));
  const report = await examine({
    env: { PATH: bin },
    config: `${uplinks}\nmonitors: { page: { probe: http, target: http://1.1.1.1/ } }`,
  });
  expect(report.wrong).toMatchObject([
    { check: 'programs', subject: 'curl', mend: ['apt-get install curl'] },
  ]);
  const missing = report.of('programs').filter(({ status }) => status === 'warning');
  expect(missing.map(({ subject }) => subject)).toEqual(['setpriv', 'ss']);
  const none = await examine({ env: { PATH: '/nowhere' } });
  expect(none.wrong).toMatchObject([{ subject: 'ip', mend: ['apt-get install iproute2'] }]);
});

it('ends within ten seconds where all is dead', async () => {
  // A name server that is silent, a broker by a name and beyond it, a source, silent targets; both lines cut.
  const resolver = join(folder, 'resolv.conf');
  writeFileSync(resolver, `nameserver ${silentAddress}\n`);
  execFileSync('mount', ['--bind', resolver, '/etc/resolv.conf']);
  cleanups.push(() => void execFileSync('umount', ['/etc/resolv.conf']));
  for (const name of ['fibre', 'lte'] as const) {
    await lab.relay[name].set({ cut: true });
    cleanups.push(async () => {
      await lab.relay[name].set({ cut: false });
    });
  }
  sh('ip neigh flush dev eth0; ip neigh flush dev eth1');
  const env = { CYMRU_LOOKUP: 'true', IPINFO_TOKEN: 't0ken-of-mine' };
  const config = uplinks.replace('8.8.8.8', 'target.example');
  for (const MQTT_URL of ['mqtt://broker.example', `mqtt://${silentAddress}`]) {
    const report = await examine({ config, env: { ...env, MQTT_URL } });
    expect(report.tookMs).toBeLessThan(10_000);
    expect([...new Set(report.wrong.map(({ check }) => check))]).toEqual(['uplinks', 'broker', 'networks']);
  }
});

describe('the exit status', () => {
  it('is 2 for what it is not told how to do, and nothing is looked at', async () => {
    const { status, stdout, stderr } = await run({ words: ['--jsn'] });
    expect([status, stdout]).toEqual([2, '']);
    expect(stderr).toContain('--json');
  });

  it('is 0 for --help, which has examples', async () => {
    const { status, stdout } = await run({ words: ['--help'] });
    expect(status).toBe(0);
    expect(stdout).toContain('Examples:');
  });
});
