// What the service manager is told: by a real systemd-notify, to a real socket.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { leaveToPrograms } from '../../agent/config.ts';
import { serviceManagerOf } from '../../agent/config/service-manager.ts';
import { createNotifier } from '../../agent/notify.ts';
import { notifySocket } from '../fixtures/notify-socket.ts';
import { recordLog } from './mqtt/kit.ts';

const path = process.env['PATH'] ?? '';

/** A systemd-notify of the test's own, and nothing else to be found. */
function stub(text: string): { PATH: string; folder: string } {
  const folder = mkdtempSync(join(tmpdir(), 'pathproof-notify-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, 'systemd-notify'), `#!/bin/sh\n${text}\n`, { mode: 0o755 });
  return { PATH: folder, folder };
}

describe('the service manager', () => {
  it('is nobody where no socket is named', () => {
    expect(serviceManagerOf({}, 7)).toBe(null);
    expect(serviceManagerOf({ NOTIFY_SOCKET: '', WATCHDOG_USEC: '1000000' }, 7)).toBe(null);
  });

  it.each([
    [{}, null],
    [{ WATCHDOG_USEC: '120000000' }, 120_000],
    [{ WATCHDOG_USEC: '120000000', WATCHDOG_PID: '7' }, 120_000],
    [{ WATCHDOG_USEC: '120000000', WATCHDOG_PID: '8' }, null],
    [{ WATCHDOG_USEC: '0' }, null],
    [{ WATCHDOG_USEC: 'soon' }, null],
  ])('with %j ends an agent that says nothing for %s ms', (variables, watchdogMs) => {
    const read = serviceManagerOf({ NOTIFY_SOCKET: '/run/systemd/notify', ...variables }, 7);
    expect(read).toEqual({ socket: '/run/systemd/notify', watchdogMs });
  });

  it('is not to be found by the programs that the agent starts', () => {
    const environment = { NOTIFY_SOCKET: '/run/n', WATCHDOG_USEC: '1', WATCHDOG_PID: '7', HOME: '/root' };
    expect(leaveToPrograms(environment)).toEqual({ HOME: '/root', LC_ALL: 'C' });
  });
});

describe('the notifier', () => {
  it('starts nothing where there is no service manager', async () => {
    const { PATH, folder } = stub('echo called >> ${0%/*}/calls');
    const log = recordLog();
    const notifier = createNotifier(null, { PATH }, log);
    notifier.ready();
    await notifier.stopping();
    expect(() => rmSync(join(folder, 'calls'))).toThrow('ENOENT');
    expect(log.lines).toEqual([]);
  });

  it('tells that it is ready and that it stops, and feeds no watchdog that is not there', async () => {
    const { path: socket, told } = await notifySocket();
    const log = recordLog();
    const notifier = createNotifier({ socket, watchdogMs: null }, { PATH: path }, log);
    notifier.ready();
    await expect.poll(() => told.map(({ text }) => text)).toEqual(['READY=1']);
    await notifier.stopping();
    expect(told.map(({ text }) => text)).toEqual(['READY=1', 'STOPPING=1']);
    expect(log.lines).toEqual([]);
  });

  it('feeds the watchdog three times in its time while the event loop turns, and not while it is blocked', async () => {
    const { path: socket, told } = await notifySocket();
    const log = recordLog();
    const watchdogMs = 900;
    const notifier = createNotifier({ socket, watchdogMs }, { PATH: path }, log);
    const fed = () => told.filter(({ text }) => text === 'WATCHDOG=1').map(({ atMs }) => atMs);
    const began = Date.now();
    notifier.ready();
    await expect.poll(() => fed().length).toBeGreaterThanOrEqual(4);
    expect(Math.floor((Date.now() - began) / (watchdogMs / 3)) - fed().length).toBeLessThanOrEqual(1);

    const blocked = Date.now();
    const until = blocked + 2000;
    while (Date.now() < until);
    const end = Date.now();
    await expect.poll(() => fed().at(-1)).toBeGreaterThan(end);
    // One may have been under way.
    expect(fed().filter((atMs) => atMs > blocked + watchdogMs / 3 && atMs < end)).toEqual([]);

    await notifier.stopping();
    const { length } = told;
    expect(told.at(-1)?.text).toBe('STOPPING=1');
    await new Promise((resolve) => setTimeout(resolve, watchdogMs));
    expect(told.slice(length)).toEqual([]);
  });

  it('goes on where systemd-notify is not installed, and says so once', async () => {
    const log = recordLog();
    const notifier = createNotifier({ socket: '/nowhere', watchdogMs: 30 }, { PATH: '/nowhere' }, log);
    notifier.ready();
    await new Promise((resolve) => setTimeout(resolve, 200));
    await notifier.stopping();
    expect(log.lines.map(({ message }) => message)).toEqual([
      'systemd is not told READY=1: systemd-notify fails',
    ]);
    expect(log.lines[0]?.fields).toContain('spawn systemd-notify ENOENT');
  });

  it('says with its own words why systemd-notify fails, and when it no longer does', async () => {
    const { PATH, folder } = stub('[ -e ${0%/*}/well ] || { echo "Failed to notify" >&2; exit 1; }');
    const log = recordLog();
    const notifier = createNotifier({ socket: '/nowhere', watchdogMs: 90 }, { PATH }, log);
    notifier.ready();
    await expect.poll(() => log.lines.length).toBe(1);
    expect(log.lines[0]).toMatchObject({ level: 'error', fields: '{"why":"Failed to notify"}' });
    writeFileSync(join(folder, 'well'), '');
    await expect.poll(() => log.lines[1]?.message).toBe('systemd is told again: WATCHDOG=1');
    await notifier.stopping();
  });
});
