// What doctor finds of the machine: powers, programs, native parts, the folder for its state.
import { execFileSync } from 'node:child_process';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { needsRealRoot } from '../../../lab/root.ts';
import { cleanups, examine, folder, like, prepare, sh, uplinks } from './kit.ts';

prepare();

describe('the capabilities', () => {
  const without = (capability: string) => [
    'setpriv',
    ...['inh-caps', 'ambient-caps', 'bounding-set'].map((set) => `--${set}=-${capability}`),
  ];

  it('CAP_NET_RAW', async () => {
    const report = await examine({ prefix: without('net_raw') });
    expect(report.wrong).toMatchObject([{ check: 'rawSockets', seen: like('CAP_NET_RAW') }]);
    expect(report.wrong[0]?.mend).toEqual([
      like(/\/agent\/pathproof\.mjs doctor$/),
      like(/\/agent\/pathproof\.mjs run$/),
      like(/\/agent\/pathproof\.mjs install-service$/),
      like('setcap cap_net_raw'),
    ]);
    expect(report.of('uplinks')).toMatchObject([{ status: 'unknown' }, { status: 'unknown' }]);
  });

  it('CAP_NET_ADMIN where failover is to act, and not where it observes', async () => {
    const prefix = without('net_admin');
    const acting = await examine({ prefix, config: `${uplinks}\nfailover: { mode: overlay }` });
    expect(acting.wrong).toMatchObject([{ check: 'routes', seen: like('CAP_NET_ADMIN') }]);
    expect(acting.wrong[0]?.mend[1]).toMatch(/\/agent\/pathproof\.mjs install-service --failover$/);
    expect((await examine({ prefix, config: `${uplinks}\nfailover: { mode: observe }` })).status).toBe(0);
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
      { check: 'stateDir', mend: [`sudo chown -R nobody ${directory}`, 'STATE_DIR=/another/folder'] },
    ]);
  });
});

it('a native part that does not load is named, and the rest is looked at', async () => {
  const part = fileURLToPath(
    new URL('../../../../agent/packet/native/build/Release/packet_native.node', import.meta.url),
  );
  execFileSync('mount', ['--bind', '/dev/null', part]);
  cleanups.push(() => void execFileSync('umount', [part]));
  const report = await examine();
  const wrong = report.wrong.filter(({ check }) => check === 'node');
  expect(wrong.map(({ subject }) => subject)).toEqual(['@pathproof/packet-native']);
  expect(report.wrong[0]?.mend).toEqual([
    like(/^cd \S+ && npm rebuild @pathproof\/packet-native$/),
    like(/^cd \S+ && npm ci$/),
  ]);
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

it('commands begin with sudo where there is one', async () => {
  symlinkSync('/bin/true', join(folder, 'sudo'));
  const env = { PATH: folder };
  const missing = async (path = env) =>
    (await examine({ env: path })).wrong.find(({ check }) => check === 'programs')?.mend;
  expect(await missing()).toEqual(['sudo apt-get install iproute2']);
  expect(await missing({ PATH: '/nowhere' })).toEqual(['apt-get install iproute2']);
});
