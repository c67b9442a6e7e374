// The units as they are shipped, judged by systemd's own tool, and held together: two files, one service.
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';

const folder = 'agent/systemd';
const single = readFileSync(`${folder}/pathproof.service`, 'utf8');
const instance = readFileSync(`${folder}/pathproof@.service`, 'utf8');

/** From 0 to 10, as `systemd-analyze security` has it. */
function exposure(name: string, { failover }: { failover: boolean }): number {
  const place = mkdtempSync(join(tmpdir(), 'pathproof-units-'));
  onTestFinished(() => rmSync(place, { recursive: true }));
  copyFileSync(join(folder, name), join(place, name));
  if (failover) {
    mkdirSync(join(place, `${name}.d`));
    copyFileSync(join(folder, 'failover.conf'), join(place, `${name}.d`, 'failover.conf'));
  }
  const words = ['security', '--offline=true', '--no-pager', join(place, name)];
  const told = execFileSync('systemd-analyze', words, {
    encoding: 'utf8',
    env: { PATH: process.env['PATH'] },
  });
  // The drop-in counts, or its figure would be the other's.
  expect(told.includes('✗ CapabilityBoundingSet=~CAP_NET_ADMIN ')).toBe(failover);
  return Number(/Overall exposure level for \S+: (\d+\.\d)/.exec(told)?.[1]);
}

describe.each(['pathproof.service', 'pathproof@.service'])('%s', (name) => {
  it.each([{ failover: false }, { failover: true }])('is exposed by 2.5 at most, with %j', (given) => {
    expect(exposure(name, given)).toBeLessThanOrEqual(2.5);
  });
});

it('are alike but for what an instance has of its own', () => {
  const lines = (text: string): string[] => text.split('\n').filter((line) => !line.startsWith('#'));
  const others = lines(instance).filter((line) => !lines(single).includes(line));
  expect(lines(single).length + 1).toBe(lines(instance).length);
  expect(others).toEqual([
    'Description=pathproof %i: proves that an uplink works and that packets left by it',
    'EnvironmentFile=-/etc/pathproof/%i.env',
    'Environment=STATE_DIR=%S/pathproof-%i CONFIG_FILE=/etc/pathproof/%i.yaml DEVICE_NAME=%l-%i',
    'StateDirectory=pathproof-%i',
    'WorkingDirectory=%S/pathproof-%i',
    'User=pathproof-%i',
  ]);
});
