// `pathproof configure` as a person meets it: in a terminal, in the lab, each answer tried, and the agent started on what
// was written.
import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Terminal, keys } from '../../fixtures/pty.ts';
import { startAgent } from '../../lab/agent.ts';
import { startMosquitto } from '../../lab/mosquitto.ts';
import { agentNode, run } from '../../lab/programs.ts';
import { startStunServer, stunPort } from '../../lab/stun-server.ts';
import { type Lab, createLab } from '../../lab/topology.ts';

const cli = fileURLToPath(new URL('../../../dist/agent/cli.js', import.meta.url));
const clearLine = '\x15';

let lab: Lab;
let folder = '';

beforeAll(async () => {
  lab = await createLab();
});
afterAll(async () => {
  await lab.stop();
});
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'pathproof-configure-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

const at = (name: string): string => join(folder, name);
const read = (name: string): string => readFileSync(at(name), 'utf8');

const wizard = (...words: string[]): Terminal =>
  new Terminal([process.execPath, cli, 'configure', '--directory', folder, ...words], {
    columns: 120,
    rows: 60,
  });

/** Without a terminal. */
async function configure(...words: string[]): Promise<{ status: number; stdout: string; stderr: string }> {
  const argv = [process.execPath, cli, 'configure', '--directory', folder, ...words];
  // The status is told by the words, which `run` keeps for a failure.
  const script = `import { spawnSync } from 'node:child_process';
    const { status, stdout, stderr } = spawnSync(${JSON.stringify(argv[0])}, ${JSON.stringify(argv.slice(1))}, { encoding: 'utf8' });
    console.log(JSON.stringify({ status, stdout, stderr }));`;
  const { stdout } = await run(agentNode, [process.execPath, '--input-type=module', '-e', script]);
  const told: unknown = JSON.parse(stdout);
  if (typeof told !== 'object' || told === null) throw new Error(stdout);
  return { status: -1, stdout: '', stderr: '', ...told };
}

/** As far as the uplinks' names and costs, the second one being metered. */
async function answerUplinks(terminal: Terminal): Promise<void> {
  await terminal.answer('Which of these are your ways out?', keys.enter);
  await terminal.answer('A name for eth0', `${clearLine}fibre${keys.enter}`);
  await terminal.until(/192\.168\.0\.1 by fibre \(eth0\): 3 of 3 echoes back/);
  await terminal.answer('Does every byte by fibre cost', keys.enter);
  await terminal.answer('A name for eth1', `${clearLine}lte${keys.enter}`);
  await terminal.until(/192\.168\.2\.1 by lte \(eth1\): 3 of 3 echoes back/);
  await terminal.answer('Does every byte by lte cost', 'y');
  await terminal.answer('How many megabytes', `500${keys.enter}`);
  await terminal.answer('On which day', `${clearLine}15${keys.enter}`);
  await terminal.answer('Which uplink is preferred?', keys.enter);
}

it('asks all, tries each answer, and writes what the agent then runs by', async () => {
  await using mosquitto = await startMosquitto({ passwords: { pi: 'se#cret' } });
  await using terminal = wizard();
  await terminal.until(/eth0 +up +192\.168\.0\.10 +192\.168\.0\.1 +in force, metric 100/);
  await terminal.until(/eth1 +up +192\.168\.2\.10 +192\.168\.2\.1 +yes, metric 200/);
  await answerUplinks(terminal);
  await terminal.answer('May hosts in the internet be sent echoes', keys.enter);
  await terminal.answer('Which hosts?', keys.enter);
  for (const line of ['1.1.1.1 by fibre', '8.8.8.8 by fibre', '1.1.1.1 by lte', '8.8.8.8 by lte'])
    await terminal.until(line);
  await terminal.answer('(failover)?', keys.enter);
  await terminal.answer('Shall lte be proven', keys.enter);
  await terminal.answer('Which host is traced?', keys.enter);
  await terminal.answer('How many milliseconds away', keys.enter);
  await terminal.until('lte-proof: pass');
  await terminal.answer('What is this agent called?', `${clearLine}attic${keys.enter}`);
  await terminal.answer('Which MQTT broker?', `${keys.down}${keys.enter}`);
  await terminal.answer('Its URL', `${clearLine}${mosquitto.url}${keys.enter}`);
  await terminal.answer('User name', `pi${keys.enter}`);
  await terminal.answer('Password', `wrong${keys.enter}`);
  await terminal.until(/not authori[sz]ed/i);
  await terminal.answer('Keep it all the same?', 'n');
  await terminal.answer('Which MQTT broker?', keys.enter);
  await terminal.answer('Its URL', keys.enter);
  await terminal.answer('User name', keys.enter);
  await terminal.answer('Password', `se#cret${keys.enter}`);
  await terminal.until('connected, published and read back');
  await terminal.answer("Home Assistant's discovery prefix", keys.enter);
  await terminal.until('may be published');
  await terminal.answer('Where shall the HTTP bridge listen', keys.enter);
  await terminal.answer('At which port?', keys.enter);
  await terminal.until('127.0.0.1:8080 is free');
  await terminal.until('+MQTT_PASSWORD=(hidden)');
  expect(readdirSync(folder)).toEqual([]);
  await terminal.answer('Write this?', keys.enter);
  expect(await terminal.ended()).toBe(0);
  expect(terminal.text()).not.toContain('se#cret');
  expect(readdirSync(folder).sort()).toEqual(['agent.env', 'config.yaml']);
  expect(statSync(at('agent.env')).mode & 0o777).toBe(0o600);
  expect(read('config.yaml')).toMatchInlineSnapshot(`
    "# Uplinks, failover and monitors, written by \`pathproof configure\`. SIGHUP makes the agent read it again.

    # The ways out. Probes and monitors name one as \`via\`.
    uplinks:
      fibre:
        interface: eth0 # where it leaves by
        priority: 10 # the smaller is preferred
        targets: [1.1.1.1, 8.8.8.8] # failover sends echoes to these by it; without any its gateway is asked
      lte:
        interface: eth1 # where it leaves by
        priority: 20 # the smaller is preferred
        metered: true # each byte costs: what is not told otherwise is asked seldom
        # a budget, by the counters of the interface itself
        data:
          monthlyMegabytes: 500 # when they are used up, monitors by it stop and requests are refused
          resetDay: 15 # of the month, on which they are counted anew
        targets: [1.1.1.1, 8.8.8.8] # failover sends echoes to these by it; without any its gateway is asked

    # Which uplink the default route leaves by.
    failover:
      mode: observe # observe: decides and tells, touches nothing; then overlay: keeps a route of its own

    # Probes on a schedule, each with a state; agent/monitor/README.md has all keys.
    monitors:
      # The standby line carries packets, and they really leave by it.
      lte-proof:
        probe: traceroute
        target: 1.1.1.1
        via: lte
        # What must hold besides that an answer came.
        expect:
          minLatencyMs: 11 # the other line is nearer than that, this one is not
          routeIncludes: [192.168.2.1] # this line's gateway
    "
  `);
  expect(read('agent.env')).toContain('MQTT_PASSWORD="se#cret"\n');

  await using agent = await startAgent({ prefix: ['env', '-C', folder, ...unset] });
  for (const [uplink, device] of [
    ['fibre', 'eth0'],
    ['lte', 'eth1'],
  ] as const) {
    const { status, body } = await agent.get(`/ping?target=1.1.1.1&via=${uplink}`);
    expect([status, body.probe?.via.interface]).toEqual([200, device]);
  }
  await agent.until('its broker', () => agent.said('MQTT connected') !== undefined);
  const login = ['-p', `${mosquitto.port}`, '-u', 'pi', '-P', 'se#cret'];
  const subscribe = ['mosquitto_sub', ...login, '-t', 'pathproof/attic/status', '-C', '1', '-W', '5'];
  expect((await run(agentNode, subscribe)).stdout).toBe('online\n');
});

/** What the test's own agents are given, and this one is to read from its file. */
const unset = ['DEVICE_NAME', 'SERVER_PORT', 'EMBEDDED_BROKER_PORT'].flatMap((name) => ['-u', name]);

describe('where the person goes away', () => {
  it.each<[string, (terminal: Terminal) => Promise<void>]>([
    ['at the first question', (terminal) => terminal.answer('your ways out?', keys.ctrlC)],
    ['by Ctrl-D', (terminal) => terminal.answer('your ways out?', keys.ctrlD)],
    ['by Escape', (terminal) => terminal.answer('your ways out?', keys.escape)],
    [
      'while a name is typed',
      async (terminal) => {
        await terminal.answer('your ways out?', keys.enter);
        await terminal.answer('A name for eth0', `fib${keys.ctrlC}`);
      },
    ],
    [
      'while packets are on their way',
      async (terminal) => {
        await answerUplinks(terminal);
        await terminal.answer('May hosts in the internet', keys.enter);
        await terminal.answer('Which hosts?', `${clearLine}192.0.2.1${keys.enter}`);
        await terminal.answer('│  192.0.2.1', keys.ctrlC);
      },
    ],
    [
      'at the last question, by no',
      async (terminal) => {
        await answerRest(terminal);
        await terminal.answer('Write this?', 'n');
      },
    ],
  ])('%s, nothing is changed', async (_when, goAway) => {
    writeFileSync(at('agent.env'), 'LOG_LEVEL=debug\n');
    await using terminal = wizard();
    await goAway(terminal);
    expect(await terminal.ended()).toBe(130);
    expect(terminal.text()).toMatch(/nothing was changed\n$/);
    expect(readdirSync(folder)).toEqual(['agent.env']);
    expect(read('agent.env')).toBe('LOG_LEVEL=debug\n');
  });

  it('by closing the terminal, nothing is changed', async () => {
    const terminal = wizard();
    await terminal.until('your ways out?');
    await terminal[Symbol.asyncDispose]();
    expect(readdirSync(folder)).toEqual([]);
  });
});

/** All of it in the shortest way: no targets, no failover, no proof, the embedded broker. */
async function answerRest(terminal: Terminal): Promise<void> {
  await answerUplinks(terminal);
  await terminal.answer('May hosts in the internet', 'n');
  await terminal.answer('(failover)?', `${keys.up}${keys.enter}`);
  await terminal.answer('Shall lte be proven', `${keys.up}${keys.enter}`);
  await terminal.answer('What is this agent called?', keys.enter);
  await terminal.answer('Which MQTT broker?', keys.enter);
  await terminal.answer('Its port', keys.enter);
  await terminal.until('connected, published and read back');
  await terminal.answer("Home Assistant's discovery prefix", keys.enter);
  await terminal.answer('Where shall the HTTP bridge listen', keys.enter);
  await terminal.answer('At which port?', keys.enter);
}

/** Echoes that have come to the internet host. */
async function echoesHeard(): Promise<number> {
  const { stdout } = await lab.exec('internet', ['cat', '/proc/net/snmp']);
  const [names = '', figures = ''] = stdout.split('\n').filter((line) => line.startsWith('Icmp:'));
  return Number(figures.split(' ')[names.split(' ').indexOf('InEchos')]);
}

it('sends nothing to the internet where the person said no', async () => {
  const before = await echoesHeard();
  await using terminal = wizard('--dry-run');
  await answerRest(terminal);
  expect(await terminal.ended()).toBe(0);
  expect(await echoesHeard()).toBe(before);
  expect(terminal.text()).toContain('nothing was changed (--dry-run)');
  expect(readdirSync(folder)).toEqual([]);
});

describe('an answer that fails its trial', () => {
  it('of a gateway that nobody has is told, and asked again', async () => {
    await lab.exec(agentNode, ['ip', 'route', 'del', 'default', 'dev', 'eth1']);
    try {
      await using again = wizard();
      await again.until(/eth1 +up +192\.168\.2\.10 +- +-/);
      await again.answer('your ways out?', `${keys.down}${keys.space}${keys.enter}`);
      await again.answer('A name for eth0', keys.enter);
      await again.answer('Does every byte', keys.enter);
      await again.answer('A name for eth1', `${clearLine}lte${keys.enter}`);
      await again.answer('The gateway of eth1', `${clearLine}192.168.2.77${keys.enter}`);
      await again.until('192.168.2.77 by lte (eth1): no reply to 3 echoes');
      await again.answer('Keep it all the same?', 'n');
      await again.answer('The gateway of eth1', keys.enter);
      await again.until('192.168.2.1 by lte (eth1): 3 of 3 echoes back');
    } finally {
      await lab.exec(agentNode, [
        'ip',
        'route',
        'add',
        'default',
        'via',
        '192.168.2.1',
        'dev',
        'eth1',
        'metric',
        '200',
      ]);
    }
  });

  it('of a port that another program has is told', async () => {
    const server = createServer((socket) => socket.resume());
    await new Promise<void>((resolve) => server.listen(8080, '127.0.0.1', resolve));
    try {
      await using terminal = wizard();
      await answerRest(terminal);
      await terminal.until('127.0.0.1:8080 is taken by another program: choose another port');
      await terminal.answer('Keep it all the same?', 'n');
      await terminal.answer('Where shall the HTTP bridge listen', `${keys.up}${keys.enter}`);
      await terminal.answer('At which port?', `${clearLine}8081${keys.enter}`);
      await terminal.until('0.0.0.0:8081 is free');
      await terminal.until('+BRIDGE_TOKEN=(hidden)');
      await terminal.answer('Write this?', keys.enter);
      expect(await terminal.ended()).toBe(0);
      expect(read('agent.env')).toMatch(
        /^SERVER_ADDRESS=0\.0\.0\.0\n(.*\n)*SERVER_PORT=8081\n(.*\n)*BRIDGE_TOKEN=[\w-]{32}\n/m,
      );
    } finally {
      await new Promise((resolve) => server.close(resolve));
    }
  });
});

it('proves a line by its public address, and finds the agent that runs here already', async () => {
  await using stun = await startStunServer();
  await using agent = await startAgent({
    env: { DEVICE_NAME: 'pi', SERVER_PORT: '8080', EMBEDDED_BROKER_PORT: '1883' },
  });
  await using terminal = wizard();
  await answerUplinks(terminal);
  await terminal.answer('May hosts in the internet', 'n');
  await terminal.answer('(failover)?', `${keys.up}${keys.enter}`);
  await terminal.answer('Shall lte be proven', `${keys.down}${keys.enter}`);
  await terminal.answer(
    'Which server is asked?',
    `${clearLine}stun:1.1.1.1:${stunPort('usual')}${keys.enter}`,
  );
  await terminal.until('fibre (eth0): the world sees 192.168.0.10');
  await terminal.until('lte-egress: pass');
  await terminal.answer('What is this agent called?', `${clearLine}pi${keys.enter}`);
  await terminal.answer('Which MQTT broker?', keys.enter);
  await terminal.answer('Its port', keys.enter);
  await terminal.until('port 1883: an agent named pi runs its broker there already');
  await terminal.answer("Home Assistant's discovery prefix", keys.enter);
  await terminal.answer('Where shall the HTTP bridge listen', keys.enter);
  await terminal.answer('At which port?', keys.enter);
  await terminal.until('127.0.0.1:8080: an agent runs there already');
  await terminal.answer('Write this?', keys.enter);
  expect(await terminal.ended()).toBe(0);
  expect(read('config.yaml')).toContain('addressExcludes: [192.168.0.10]');
  expect(agent.child.exitCode).toBe(null);
  expect((await stun.settled()).map(({ address }) => address)).toEqual(['192.168.0.10', '192.168.2.10']);
});

const ownEnv = `# mine
export LOG_LEVEL=debug
#DEVICE_NAME=pi
BRIDGE_TOKEN='abcd efgh'
CONFIG_FILE=my.yaml
`;
const ownYaml = `# my lines
uplinks:
  fibre: { interface: eth0, priority: 10 } # the fast one


egress: { servers: ['stun:192.0.2.1:3478',   'stun:192.0.2.2:3478'] }
actions:
    - on: [monitor.down] # as ever
      run: ["/usr/bin/env", -i]
`;

describe('--defaults', () => {
  it('writes what it sees, asks nothing and contacts nobody', async () => {
    const before = await echoesHeard();
    const { status, stdout, stderr } = await configure('--defaults');
    expect([status, stderr]).toEqual([0, '']);
    expect(stdout).toContain('+    interface: eth0');
    expect(stdout).not.toContain('\x1b');
    expect(read('config.yaml')).toMatchInlineSnapshot(`
      "# Uplinks, failover and monitors, written by \`pathproof configure\`. SIGHUP makes the agent read it again.

      # The ways out. Probes and monitors name one as \`via\`.
      uplinks:
        eth:
          interface: eth0 # where it leaves by
          priority: 10 # the smaller is preferred
        eth-2:
          interface: eth1 # where it leaves by
          priority: 20 # the smaller is preferred
      "
    `);
    expect(await echoesHeard()).toBe(before);
    expect((await configure('--defaults')).stdout).toBe('nothing to change\n');
    expect(readdirSync(folder).sort()).toEqual(['agent.env', 'config.yaml']);
  });

  it('shows what it would write with --dry-run, and writes nothing', async () => {
    const { status, stdout } = await configure('--defaults', '--dry-run');
    expect([status, readdirSync(folder)]).toEqual([0, []]);
    expect(stdout).toMatch(/^\+\+\+ .*config\.yaml$/m);
    expect(stdout).toMatch(/nothing was changed \(--dry-run\)\n$/);
  });

  it('changes no file that is there without --yes', async () => {
    writeFileSync(at('agent.env'), ownEnv);
    writeFileSync(at('my.yaml'), ownYaml);
    const { status, stdout, stderr } = await configure('--defaults');
    expect(status).toBe(2);
    expect(stderr).toBe(
      `pathproof configure: ${at('my.yaml')} and ${at('agent.env')} would change: --yes allows it (a copy is kept)\n` +
        'nothing was changed\n',
    );
    expect(stdout).not.toContain('abcd');
    expect([read('agent.env'), read('my.yaml'), readdirSync(folder).length]).toEqual([ownEnv, ownYaml, 2]);
  });

  it('keeps what it does not know, and copies of what was there', async () => {
    writeFileSync(at('agent.env'), ownEnv, { mode: 0o644 });
    writeFileSync(at('my.yaml'), ownYaml, { mode: 0o640 });
    const { status, stdout } = await configure('--defaults', '--yes');
    expect(status).toBe(0);
    const [, firstLine, ...others] = read('agent.env').split('\n');
    expect([firstLine, ...others]).toEqual([
      'export LOG_LEVEL=debug',
      '#DEVICE_NAME=pi',
      expect.stringMatching(/^DEVICE_NAME=/),
      "BRIDGE_TOKEN='abcd efgh'",
      'CONFIG_FILE=my.yaml',
      '',
    ]);
    expect(read('my.yaml')).toBe(
      ownYaml.replace(
        '# the fast one\n',
        '# the fast one\n  eth:\n    interface: eth1 # where it leaves by\n    priority: 20 # the smaller is preferred\n',
      ),
    );
    expect(stdout.split('\n').filter((line) => /^[-+](?![-+])/.test(line))).toHaveLength(4);
    const [envCopy = '', yamlCopy = ''] = readdirSync(folder).filter((name) => name.includes('.bak-'));
    expect([envCopy, yamlCopy]).toEqual([
      expect.stringMatching(/^agent\.env\.bak-\d{8}T\d{6}Z$/),
      expect.stringMatching(/^my\.yaml\.bak-\d{8}T\d{6}Z$/),
    ]);
    expect([read(envCopy), read(yamlCopy)]).toEqual([ownEnv, ownYaml]);
    const modes = ['agent.env', envCopy, 'my.yaml', yamlCopy].map((name) => statSync(at(name)).mode & 0o777);
    expect(modes).toEqual([0o600, 0o600, 0o640, 0o640]);
  });

  it('keeps what it does not know in the wizard too', async () => {
    writeFileSync(at('agent.env'), ownEnv);
    writeFileSync(at('my.yaml'), ownYaml);
    await using terminal = wizard();
    await terminal.answer('your ways out?', keys.enter);
    await terminal.until('192.168.0.1 by fibre');
    await terminal.answer('Does every byte by fibre', keys.enter);
    await terminal.answer('A name for eth1', `${clearLine}lte${keys.enter}`);
    await terminal.answer('Does every byte by lte', keys.enter);
    await terminal.answer('Which uplink is preferred?', keys.enter);
    await terminal.answer('May hosts in the internet', 'n');
    await terminal.answer('(failover)?', `${keys.down}${keys.enter}`);
    await terminal.until('routes can be changed here');
    await terminal.answer('Shall lte be proven', `${keys.up}${keys.enter}`);
    await terminal.answer('What is this agent called?', keys.enter);
    await terminal.answer('Which MQTT broker?', keys.enter);
    await terminal.answer('Its port', keys.enter);
    await terminal.answer("Home Assistant's discovery prefix", keys.enter);
    await terminal.answer('Where shall the HTTP bridge listen', keys.enter);
    await terminal.answer('At which port?', keys.enter);
    await terminal.answer('Write this?', keys.enter);
    expect(await terminal.ended()).toBe(0);
    const yaml = read('my.yaml');
    expect(
      yaml.startsWith(ownYaml.replace('# the fast one\n', '# the fast one\n  lte:\n').slice(0, 60)),
    ).toBe(true);
    expect(yaml).toContain("egress: { servers: ['stun:192.0.2.1:3478',   'stun:192.0.2.2:3478'] }\n");
    expect(yaml).toContain('mode: overlay');
    expect(read('agent.env')).toContain("BRIDGE_TOKEN='abcd efgh'\n");
  });
});

describe('what can not be', () => {
  it.each<[string, string[], string, () => void]>([
    [
      'no terminal',
      [],
      'questions need a terminal; --defaults writes without any what they would propose',
      nothing,
    ],
    ['--yes alone', ['--yes'], '--yes belongs to --defaults: without it there are questions', nothing],
    [
      '--yes beside --dry-run',
      ['--defaults', '--yes', '--dry-run'],
      '--dry-run writes nothing, which --yes would allow',
      nothing,
    ],
    [
      'a half-written agent.env',
      ['--defaults'],
      'FOLDER/agent.env is not as the agent reads it; mend it, or move it away:\n  agent.env line 1: is neither NAME=value nor a comment (#) nor blank',
      () => writeFileSync(at('agent.env'), 'DEVICE_NA'),
    ],
    [
      'an agent.env that is none of ours',
      ['--defaults'],
      'FOLDER/agent.env is no text: that is none of ours',
      () => writeFileSync(at('agent.env'), Buffer.from([0xff, 0xfe, 0])),
    ],
    [
      'a half-written YAML file',
      ['--defaults'],
      'FOLDER/config.yaml is not as the agent reads it; mend it, or move it away:\n  ',
      () => writeFileSync(at('config.yaml'), 'uplinks: { fibre: { interface: eth0'),
    ],
    [
      'a YAML file of another program',
      ['--defaults'],
      'FOLDER/config.yaml is not as the agent reads it; mend it, or move it away:\n  unknown key "services"',
      () => writeFileSync(at('config.yaml'), 'services: { web: { image: nginx } }\n'),
    ],
    [
      'a YAML file that is a folder',
      ['--defaults'],
      'FOLDER/config.yaml is not a file',
      () => mkdirSync(at('config.yaml')),
    ],
    [
      'a link to nowhere',
      ['--defaults'],
      'FOLDER/agent.env is a symbolic link that leads nowhere',
      () => symlinkSync(at('nowhere'), at('agent.env')),
    ],
    ['no such folder', ['--defaults', '--directory', '/no/such'], 'there is no folder /no/such', nothing],
    ['no folder', ['--defaults', '--directory', '/etc/passwd'], '/etc/passwd is not a folder', nothing],
    ['an empty one', ['--defaults', '--directory', ''], '--directory needs a folder', nothing],
  ])('%s', async (_what, words, message, prepare) => {
    prepare();
    const before = readdirSync(folder);
    const { status, stdout, stderr } = await configure(...words);
    expect(stderr).toContain(`pathproof configure: ${message.replace('FOLDER', folder)}`);
    expect(stderr).toMatch(/\nnothing was changed\n$/);
    expect([status, stdout, readdirSync(folder)]).toEqual([2, '', before]);
  });

  it('a folder that is not writable', async () => {
    await run(agentNode, ['mount', '-t', 'tmpfs', '-o', 'ro', 'none', folder]);
    try {
      const { status, stderr } = await configure('--defaults');
      expect([status, stderr]).toEqual([
        2,
        `pathproof configure: ${folder} is not writable (EROFS)\nnothing was changed\n`,
      ]);
      expect((await configure('--defaults', '--dry-run')).status).toBe(0);
    } finally {
      await run(agentNode, ['umount', folder]);
    }
  });

  it('an option that there is not', async () => {
    const { status, stderr } = await configure('--default');
    expect([status, stderr]).toEqual([
      2,
      "pathproof: unknown option '--default'\n(Did you mean --defaults?)\n",
    ]);
  });
});

function nothing(): void {
  // as it is
}
