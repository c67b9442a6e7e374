// Programs that undo what failover does, as their files tell.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { findRivals, rivals } from '../../../../agent/uplink/routes/rivals.ts';

/** A file system of these files. */
function rootOf(files: Record<string, string>): string {
  const root = mkdtempSync(join(tmpdir(), 'pathproof-rivals-'));
  onTestFinished(() => rmSync(root, { recursive: true }));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return root;
}

it('are none on a machine without them', async () => {
  expect(await rivals(rootOf({}))).toEqual([]);
  expect(await rivals('/nowhere')).toEqual([]);
});

describe('systemd-networkd', () => {
  const running = { 'run/systemd/netif/state': '' };
  const dropIns = '/etc/systemd/networkd.conf.d';
  const off = '[Network]\nManageForeignRoutes=no\nManageForeignRoutingPolicyRules = no\n';

  it('takes out what is foreign unless it was told not to', async () => {
    expect(await rivals(rootOf(running))).toEqual([
      expect.stringMatching(/when it is restarted.*: sudo mkdir -p/),
    ]);
    expect(await rivals(rootOf({ ...running, 'etc/systemd/networkd.conf': off }))).toEqual([]);
    expect(await rivals(rootOf({ 'etc/systemd/networkd.conf': '' }))).toEqual([]);
  });

  it('is told so by a command that can be pasted, once for both', async () => {
    const root = rootOf(running);
    const [rival] = await findRivals(root);
    expect(rival?.mend).toMatch(/ && sudo systemctl restart systemd-networkd$/);
    const [writing = 'false'] = rival?.mend.split(' && sudo systemctl') ?? [];
    const here = writing.replaceAll('sudo ', '').replaceAll(dropIns, join(root, dropIns));
    execFileSync('sh', ['-c', here]);
    expect(await findRivals(root)).toEqual([]);
  });

  it('is told also where it knows the half of it', async () => {
    const half = '#ManageForeignRoutingPolicyRules=no\nManageForeignRoutes=false\n';
    expect(await rivals(rootOf({ ...running, 'etc/systemd/networkd.conf': half }))).toHaveLength(1);
  });

  it('heeds the last of its files', async () => {
    const on = off.replaceAll('no', 'yes');
    const told = (files: Record<string, string>) => rivals(rootOf({ ...running, ...files }));
    const [early, late] = [
      'etc/systemd/networkd.conf.d/10-a.conf',
      'usr/lib/systemd/networkd.conf.d/90-b.conf',
    ];
    expect(await told({ 'etc/systemd/networkd.conf': on, [late]: off })).toEqual([]);
    expect(await told({ [early]: off, [late]: on })).toHaveLength(1);
    // One of the same name hides the other.
    const hidden = 'etc/systemd/networkd.conf.d/90-b.conf';
    expect(await told({ [early]: off, [late]: on, [hidden]: '' })).toEqual([]);
    expect(await told({ 'usr/lib/systemd/networkd.conf': on, 'etc/systemd/networkd.conf': off })).toEqual([]);
    expect(await told({ 'etc/systemd/networkd.conf.d/off.txt': off })).toHaveLength(1);
  });
});

it.each(['run/dhcpcd.pid', 'run/dhcpcd-eth0.pid', 'run/dhcpcd/pid', 'run/dhcpcd/eth0-4.pid'])(
  'dhcpcd is known by %s',
  async (path) => {
    expect(await rivals(rootOf({ [path]: '77\n' }))).toEqual([
      expect.stringMatching(/^dhcpcd puts its default/),
    ]);
  },
);

it("another's files are not dhcpcd's", async () => {
  expect(await rivals(rootOf({ 'run/dhclient.eth0.pid': '', 'run/dhcpcd/hook-state/x': '' }))).toEqual([]);
});

it('NetworkManager is known by its folder, and has nothing to be set', async () => {
  const root = rootOf({ 'run/NetworkManager/devices/2': '' });
  expect(await rivals(root)).toEqual([expect.stringMatching(/^NetworkManager puts its default routes back/)]);
  expect(await findRivals(root)).toMatchObject([{ program: 'NetworkManager', mend: '' }]);
});
