// The Debian package and its service, as their owner meets them: built, installed with dpkg, run by a real systemd,
// hung, killed, removed. On a machine of the test's own, which shares the lab's network.
import { execFile } from 'node:child_process';
import { copyFileSync, existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import * as z from 'zod';
import { DoctorReport } from '../../../agent/cli/doctor/report.ts';
import { ResultSchema } from '../../../shared/result.ts';
import { Terminal } from '../../fixtures/pty.ts';
import { BridgeAnswer } from '../../lab/agent.ts';
import { configOf, defaults, ours } from '../../lab/failover/kit.ts';
import { type Machine, startMachine } from '../../lab/machine.ts';
import { type Lab, createLab } from '../../lab/topology.ts';

const buildMs = 300_000;
const patient = { timeout: 20_000, interval: 50 };
const dropIns = '/etc/systemd/system/pathproof.service.d';

let lab: Lab;
let machine: Machine;
let before = new Set<string>();

const built = (): Promise<string> =>
  new Promise((resolve, reject) => {
    execFile(process.execPath, ['agent/deb/build.mjs'], { timeout: buildMs }, (error, stdout, stderr) => {
      if (error !== null) reject(new Error(stderr, { cause: error }));
      else resolve(stdout.trim());
    });
  });

/** All files that bear its name, but dpkg's own and the journal's. */
async function files(): Promise<string[]> {
  const { stdout } = await machine.run('find', '/usr', '/etc', '/var', '-xdev', '-path', '*pathproof*');
  return stdout.split('\n').filter((path) => !/^$|^\/var\/(lib\/dpkg|log|cache)\//.test(path));
}

async function ask(port = 8080) {
  const answer = await fetch(`http://127.0.0.1:${port}/ping?target=127.0.0.1&count=1`);
  return BridgeAnswer.parse(await answer.json());
}

const write = (path: string, text: string): void => writeFileSync(machine.at(path), text);
const settings = '/etc/pathproof/agent.env';
const journal = async (unit = 'pathproof') =>
  (await machine.run('journalctl', '-u', unit, '-o', 'cat')).stdout;

/** Resolves when it is ready; rejects with its journal. */
async function start(...units: string[]): Promise<void> {
  await machine.run('systemctl', 'start', ...units).catch(async (error: unknown) => {
    throw new Error((await machine.run('journalctl', '-o', 'cat')).stdout, { cause: error });
  });
}

/** A line of its /proc/PID/status. */
async function statusOf(key: string, unit = 'pathproof'): Promise<string> {
  const { MainPID = '' } = await machine.show(unit, 'MainPID');
  const status = readFileSync(machine.at(`/proc/${MainPID}/status`), 'utf8');
  return new RegExp(`^${key}:\\s*(.*)$`, 'm').exec(status)?.[1] ?? '';
}

/** Rejects with what it wrote on stderr in its message. */
const pathproof = (...words: string[]) => machine.run('pathproof', ...words);

/** As its owner types it. */
const inTerminal = (...words: string[]): Terminal =>
  new Terminal([...machine.words, ...words], { timeoutMs: 60_000, columns: 120, env: { HOME: '/root' } });

beforeAll(async () => {
  lab = await createLab();
  const deb = await built();
  machine = await startMachine('the Debian package');
  copyFileSync(deb, machine.at('/root/pathproof.deb'));
  before = new Set(await files());
  await using installing = inTerminal('dpkg', '-i', '/root/pathproof.deb');
  expect([await installing.ended(), installing.text()]).toEqual([
    0,
    expect.stringContaining(
      'pathproof is installed: sudo pathproof configure --directory /etc/pathproof, then sudo systemctl enable --now pathproof\n',
    ),
  ]);
}, buildMs);

afterAll(async () => {
  await machine[Symbol.asyncDispose]();
  await lab.stop();
});

it('brings the command, the units and settings that nobody else may read, and starts nothing', async () => {
  const { version } = z
    .object({ version: z.string() })
    .parse(JSON.parse(readFileSync('package.json', 'utf8')));
  expect((await pathproof('--version')).stdout).toBe(`${version}\n`);
  expect((await machine.run('dpkg-query', '-W', '-f', '${Version} ${Status}', 'pathproof')).stdout).toBe(
    `${version} install ok installed`,
  );
  expect(statSync(machine.at(settings)).mode & 0o777).toBe(0o600);
  expect(await machine.show('pathproof', 'ActiveState', 'UnitFileState', 'Type')).toEqual({
    ActiveState: 'inactive',
    UnitFileState: 'disabled',
    Type: 'notify',
  });
  const verify = ['systemd-analyze', 'verify', 'pathproof.service', 'pathproof@x.service'];
  expect((await machine.run(...verify)).stderr).toBe('');
  // What it was installed for is there: nothing is left for a compiler, and for no other machine.
  const { stdout } = await machine.run('find', '/usr/lib/pathproof', '-name', '*.o');
  expect(stdout).toBe('');
});

it('brings a completion for each shell', async () => {
  const complete = `source /usr/share/bash-completion/completions/pathproof && complete -p pathproof`;
  expect((await machine.run('bash', '-c', complete)).stdout).toBe('complete -F _pathproof pathproof\n');
  const [zsh, fish] = ['zsh/vendor-completions/_pathproof', 'fish/vendor_completions.d/pathproof.fish'].map(
    (name) => readFileSync(machine.at(`/usr/share/${name}`), 'utf8'),
  );
  expect(zsh).toMatch(/^#compdef pathproof\n/);
  expect(fish).toContain('\ncomplete -c pathproof -f\n');
});

it('says what is missing where there is no Node', async () => {
  const withoutNode = machine.run('env', 'PATH=/nowhere', '/usr/bin/pathproof', '--version');
  await expect(withoutNode).rejects.toThrow(
    /Node\.js 20\.19 or later is needed, and there is no node on the PATH/,
  );
});

it('proves a line at once, for a person at a terminal', async () => {
  await using probe = inTerminal('pathproof', 'probe', 'ping', '1.1.1.1', '--via', 'eth1');
  expect([await probe.ended(), probe.text()]).toEqual([0, expect.stringMatching(/pass/i)]);
});

it('is configured where its untouched settings are, and says what comes next', async () => {
  const { stdout } = await pathproof('configure', '--defaults', '--directory', '/etc/pathproof');
  expect(stdout).toContain('\nWhat comes next:\n  sudo systemctl enable --now pathproof\n');
  expect(stdout).toContain('sudo pathproof probe ping 1.1.1.1 --via ');
  expect(readFileSync(machine.at(settings), 'utf8')).toContain('\nCONFIG_FILE=/etc/pathproof/config.yaml\n');
  await machine.run('rm', '/etc/pathproof/config.yaml');
});

it('answers a probe as `pathproof run`', async () => {
  const script = `cd /tmp && STATE_DIR=/tmp/run pathproof run & pid=$!
    for _ in $(seq 100); do curl -sf 'http://127.0.0.1:8080/ping?target=127.0.0.1' && break; sleep 0.1; done
    kill $pid; wait $pid`;
  const { stdout } = await machine.run('sh', '-c', script);
  expect(stdout).toContain('"verdict":"pass"');
});

it('is ready when systemd says so, as a user of its own with raw sockets and nothing else', async () => {
  write(
    '/etc/pathproof/agent.yaml',
    [
      'monitors: { self: { probe: ping, target: 127.0.0.1, every: 1s } }',
      'actions:',
      '  - { on: [probe.result], run: [/bin/sh, -c, "grep ^Cap /proc/self/status > /var/lib/pathproof/caps"] }',
    ].join('\n'),
  );
  write(settings, 'CONFIG_FILE=/etc/pathproof/agent.yaml\n');
  await start('pathproof');
  expect((await ask()).result).toBe('OK');
  expect(await statusOf('Uid')).not.toMatch(/^0\b/);
  expect(await statusOf('CapEff')).toBe('0000000000002000');
  expect(await statusOf('CapBnd')).toBe('0000000000002000');
  expect(await statusOf('Seccomp')).toBe('2');
  // Its programs run in the sandbox too, and without the sockets.
  const caps = machine.at('/var/lib/private/pathproof/caps');
  await expect.poll(() => existsSync(caps) && readFileSync(caps, 'utf8'), patient).toMatch(/CapEff:\s0{16}/);
  expect(await journal()).not.toMatch(/"level":(50|"error")|can't/);
});

it('reads its file again on `systemctl reload`', async () => {
  await machine.run('systemctl', 'reload', 'pathproof');
  await expect.poll(() => journal(), patient).toContain('the configuration file is reloaded');
});

it('stops without a failure, and needs no cleanup', async () => {
  await machine.run('systemctl', 'stop', 'pathproof');
  const ended = await machine.show('pathproof', 'ActiveState', 'Result', 'ExecStopPost', 'NRestarts');
  expect(ended).toMatchObject({ ActiveState: 'inactive', Result: 'success', NRestarts: '0' });
  expect(ended['ExecStopPost']).toContain('status=0');
  expect(await journal()).not.toMatch(/taken out|is not told/);
});

it('lives by its words to the watchdog, and is started again where it hangs', async () => {
  await machine.run('mkdir', '-p', dropIns);
  write(`${dropIns}/quick.conf`, '[Service]\nWatchdogSec=3\nRestartSec=100ms\n');
  await machine.run('systemctl', 'daemon-reload');
  await start('pathproof');
  await machine.run('sleep', '7');
  expect(await machine.show('pathproof', 'ActiveState', 'NRestarts')).toEqual({
    ActiveState: 'active',
    NRestarts: '0',
  });
  const { MainPID = '' } = await machine.show('pathproof', 'MainPID');
  await machine.run('kill', '-STOP', MainPID);
  await expect
    .poll(async () => (await machine.show('pathproof', 'NRestarts'))['NRestarts'], patient)
    .toBe('1');
  await expect
    .poll(async () => (await machine.show('pathproof', 'ActiveState'))['ActiveState'], patient)
    .toBe('active');
  expect((await ask()).result).toBe('OK');
  await machine.run('systemctl', 'stop', 'pathproof');
  await machine.run('rm', `${dropIns}/quick.conf`);
});

it('may change routes where install-service lets it, and leaves none of them when it is killed', async () => {
  const told = (await pathproof('install-service', '--failover')).stdout;
  expect(told).toContain('comes with the Debian package: /usr/lib/systemd/system/pathproof.service\n');
  expect(told).toContain(`wrote: ${dropIns}/failover.conf (mode 644)\n`);
  expect(told).toContain(`is there, and yours: ${settings}\n`);
  expect(told).toContain('ran: systemctl daemon-reload\n');
  write('/etc/pathproof/agent.yaml', configOf('overlay'));
  write(`${dropIns}/once.conf`, '[Service]\nRestart=no\n');
  await machine.run('systemctl', 'daemon-reload');
  const none = await ours();
  await start('pathproof');
  expect(await statusOf('CapEff')).toBe('0000000000003000');
  await expect.poll(async () => (await defaults())[0]?.protocol, patient).toBe('136');
  const { MainPID = '' } = await machine.show('pathproof', 'MainPID');
  await machine.run('kill', '-KILL', MainPID);
  const state = async () => (await machine.show('pathproof', 'ActiveState'))['ActiveState'];
  await expect.poll(state, patient).toBe('failed');
  expect(await ours()).toBe(none);
  expect(await journal()).toMatch(/^taken out: ip route del /m);
  await machine.run('rm', `${dropIns}/once.conf`);
});

it('is not started again where its settings are wrong, and takes out all the same what was left', async () => {
  const right = readFileSync(machine.at('/etc/pathproof/agent.yaml'), 'utf8');
  write('/etc/pathproof/agent.yaml', 'uplinks: [');
  const left = 'default via 192.168.2.1 dev eth1 proto 136 metric 4242'.split(' ');
  await machine.run('ip', 'route', 'add', ...left);
  await expect(start('pathproof')).rejects.toThrow('its configuration is wrong');
  const ended = ['ActiveState', 'Result', 'NRestarts', 'ExecMainStatus'];
  expect(await machine.show('pathproof', ...ended)).toEqual({
    ...{ ActiveState: 'failed', Result: 'exit-code' },
    ...{ NRestarts: '0', ExecMainStatus: '2' },
  });
  expect(await ours()).toBe('');
  expect(await journal()).toMatch(/^it goes on with STATE_DIR \/var\/lib\/pathproof and routeProto 136$/m);
  write('/etc/pathproof/agent.yaml', right);
});

it('is seen by each command as the service sees itself, wherever that is given', async () => {
  const inFolder = (folder: string, words: string) => machine.run('sh', '-c', `cd ${folder} && ${words}`);
  const { stdout } = await inFolder('/root', 'pathproof probe ping 192.168.0.1 --via fibre --json');
  expect(ResultSchema.parse(JSON.parse(stdout)).via).toMatchObject({ uplink: 'fibre', interface: 'eth0' });
  const unprivileged = 'setpriv --reuid=nobody --regid=nogroup --clear-groups';
  for (const words of ['probe ping 127.0.0.1', 'doctor', 'cleanup', 'configure --defaults'])
    await expect(inFolder('/', `${unprivileged} pathproof ${words}`)).rejects.toThrow(
      `pathproof ${words.split(' ')[0]}: ${settings} may not be read by this user; sudo may\n`,
    );
});

it('runs several agents, each with settings and state of its own', async () => {
  for (const [name, port] of [
    ['one', 8081],
    ['two', 8082],
  ] as const) {
    write(`/etc/pathproof/${name}.yaml`, 'uplinks: { fibre: { interface: eth0 } }\n');
    write(`/etc/pathproof/${name}.env`, `SERVER_PORT=${port}\nEMBEDDED_BROKER_PORT=0\n`);
  }
  await start('pathproof@one', 'pathproof@two');
  const answers = await Promise.all([ask(8081), ask(8082)]);
  expect(answers.map(({ probe }) => probe?.agent.replace(/^.*-/, ''))).toEqual(['one', 'two']);
  const users = await Promise.all([statusOf('Uid', 'pathproof@one'), statusOf('Uid', 'pathproof@two')]);
  expect(users[0]).not.toBe(users[1]);
  for (const name of ['one', 'two'])
    expect(existsSync(machine.at(`/var/lib/private/pathproof-${name}`))).toBe(true);
  await machine.run('systemctl', 'enable', 'pathproof', 'pathproof@one');
  // Whether all is right is not the point here.
  const doctor = 'cd /root && pathproof doctor --instance one --json || [ $? = 1 ]';
  const report = DoctorReport.parse(JSON.parse((await machine.run('sh', '-c', doctor)).stdout));
  const seen = (check: string) => report.lines.find((line) => line.check === check)?.seen;
  expect(report.agent).toBe(answers[0].probe?.agent);
  expect(seen('configuration')).toBe('/etc/pathproof/one.env; /etc/pathproof/one.yaml');
  expect(seen('stateDir')).toContain('/var/lib/pathproof-one;');
  expect(seen('bridge')).toContain('8081');
});

it('installs the service of a clone in the place of the package’s, and nobody else’s', async () => {
  await machine.run('cp', '-a', '/usr/lib/pathproof', '/srv/pathproof');
  const install = (...words: string[]) =>
    machine.run('node', '/srv/pathproof/agent/pathproof.mjs', 'install-service', ...words);
  const unit = '/etc/systemd/system/pathproof.service';
  const execStart = async () => (await machine.show('pathproof', 'ExecStart'))['ExecStart'];

  const planned = (await install('--dry-run')).stdout;
  expect(planned).toContain(
    `would write: ${unit} (mode 644)\n  | # Written by \`pathproof install-service\``,
  );
  expect(planned).toContain('would run: systemctl daemon-reload\n');
  expect(existsSync(machine.at(unit))).toBe(false);

  write(unit, '[Service]\nExecStart=/bin/true\n');
  await expect(install()).rejects.toThrow(
    `  ${unit} was not written by pathproof: move it away, or put it into a drop-in\n  nothing was changed\n`,
  );
  expect(readFileSync(machine.at(unit), 'utf8')).toBe('[Service]\nExecStart=/bin/true\n');
  await machine.run('ln', '-sf', '/dev/null', unit);
  await expect(install()).rejects.toThrow(`${unit} is no plain file`);
  await machine.run('rm', unit);

  expect((await install()).stdout).toContain(`wrote: ${unit} (mode 644)\n`);
  expect(await execStart()).toContain('/srv/pathproof/dist/agent/main.js');
  expect((await install()).stdout).toContain(`is as it should be: ${unit}\n`);
  const own = readFileSync(machine.at(unit), 'utf8');
  write(unit, own.replace('WatchdogSec=120', 'WatchdogSec=60'));
  const [, backup = ''] = /^kept the old one: (.*)$/m.exec((await install()).stdout) ?? [];
  expect(backup).toMatch(/^\/etc\/systemd\/system\/pathproof\.service\.bak-\d{8}T\d{6}Z$/);
  expect(readFileSync(machine.at(backup), 'utf8')).toContain('WatchdogSec=60');
  expect(readFileSync(machine.at(unit), 'utf8')).toBe(own);
  const unprivileged = ['setpriv', '--reuid=nobody', '--regid=nogroup', '--clear-groups', 'pathproof'];
  await expect(machine.run(...unprivileged, 'install-service')).rejects.toThrow('it needs root: sudo');
  await machine.run(...unprivileged, 'install-service', '--dry-run');
  await machine.run('rm', '-r', '/srv/pathproof', unit, backup);
});

it('refuses an installation that the service could not see, and a name that is none', async () => {
  await machine.run('cp', '-a', '/usr/lib/pathproof', '/home/clone');
  const install = (...words: string[]) =>
    machine.run('node', '/home/clone/agent/pathproof.mjs', 'install-service', ...words);
  const hidden = 'the service sees nothing of /home/clone: home and temporary folders are hidden from it';
  await expect(install()).rejects.toThrow(hidden);
  await expect(install('--dry-run', 'one')).rejects.toThrow(hidden);
  await expect(install('a b')).rejects.toThrow(
    'the name must be 1 to 21 of A-Z a-z 0-9 _ -, the first a letter or a digit, not "a b"',
  );
  await machine.run('rm', '-r', '/home/clone');
});

it('stops when it is removed, and leaves settings and state; a purge leaves nothing', async () => {
  await machine.run('dpkg', '-r', 'pathproof');
  const { stdout } = await machine.run('systemctl', 'list-units', '--no-legend', 'pathproof*');
  expect(stdout).toBe('');
  const left = (await files()).filter((path) => !before.has(path));
  expect(left).toContain(settings);
  expect(left).toContain('/var/lib/private/pathproof');
  expect(left.filter((path) => path.startsWith('/usr/') || path.includes('.wants/'))).toEqual([]);
  // A second package manager's turn finds nothing to trip over.
  await machine.run(
    'rm',
    '-r',
    '/etc/pathproof/agent.yaml',
    '/etc/pathproof/one.yaml',
    '/etc/pathproof/one.env',
  );
  // As `pathproof configure` keeps it.
  write(`${settings}.bak-20261129T101112Z`, 'MQTT_PASSWORD=former\n');
  await machine.run('dpkg', '-P', 'pathproof');
  const own = ['/etc/pathproof', '/etc/pathproof/two.env', '/etc/pathproof/two.yaml'];
  expect((await files()).filter((path) => !before.has(path)).sort()).toEqual(own);
});
