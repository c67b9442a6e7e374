// STATE_DIR: what is wrong with it, and what mends it.
import { describe, expect, it } from 'vitest';
import { type StateDirSeen, judgeStateDir, mountPointOf } from '../../../../agent/cli/doctor/state-dir.ts';

describe('STATE_DIR', () => {
  const seen: StateDirSeen = {
    ...{ directory: '/var/lib/pathproof', nearest: '/var/lib/pathproof', mountPoint: '/', user: 'pi' },
    ...{ fault: null, freeBytes: 1e9, freeFiles: 1e6 },
  };
  const fault = (code: string) => ({ fault: { code, message: `${code}: no` } });

  it.each<[string, Partial<StateDirSeen>, string, RegExp | null]>([
    ['with room', {}, 'ok', null],
    ['to be made', { nearest: '/var/lib' }, 'ok', null],
    ['nearly full', { freeBytes: 20e6 }, 'warning', /^df -h \//],
    ['full', { freeBytes: 5000 }, 'wrong', /^df -h \//],
    ['out of files', { freeFiles: 3 }, 'warning', /^df -h \//],
    ['where nothing fits', fault('ENOSPC'), 'wrong', /^df -h \//],
    ['read-only', fault('EROFS'), 'wrong', /^sudo mount -o remount,rw \/$/],
    ["another's", fault('EACCES'), 'wrong', /^sudo chown -R pi \/var\/lib\/pathproof$/],
    [
      "in another's",
      { ...fault('EACCES'), nearest: '/var/lib' },
      'wrong',
      /^sudo install -d -o pi \/var\/lib\/pathproof$/,
    ],
    ['that is a file', fault('ENOTDIR'), 'wrong', /^STATE_DIR=/],
  ])('%s', (_what, other, status, mend) => {
    const finding = judgeStateDir({ ...seen, ...other });
    expect(finding.status).toBe(status);
    if (mend === null) expect(finding.mend).toEqual([]);
    else expect(finding.mend[0]).toMatch(mend);
  });

  it('finds the mount that a path lies on', () => {
    const row = (point: string): string => `36 35 98:0 / ${point} rw,noatime master:1 - ext3 /dev/root rw`;
    const mounts = [row('/'), row('/var'), row('/var/lib/path'), row('/mnt/my\\040disk')].join('\n');
    expect(mountPointOf(mounts, '/var/lib/pathproof')).toBe('/var');
    expect(mountPointOf(mounts, '/var')).toBe('/var');
    expect(mountPointOf(mounts, '/mnt/my disk/state')).toBe('/mnt/my disk');
    expect(mountPointOf('', '/etc')).toBe('/');
  });
});
