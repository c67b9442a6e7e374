// The user's programs around failover: imon's action script after each change, and what brings a line back.
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { behindGateway, configOf, quick } from './kit.ts';
import { openScene, settled, soon } from './scene.ts';

interface Script extends Disposable {
  path: string;
  /** What it has written so far. */
  lines(): string[];
}

/** A program of the user's that writes a line each time, `text` in the words of sh. */
function script(text: string): Script {
  const folder = mkdtempSync(join(tmpdir(), 'pathproof-script-'));
  const [path, out] = [join(folder, 'script'), join(folder, 'out')];
  writeFileSync(path, `#!/bin/sh\necho "${text}" >> ${out}\n`);
  chmodSync(path, 0o755);
  return {
    path,
    lines: () => (existsSync(out) ? readFileSync(out, 'utf8').trimEnd().split('\n') : []),
    [Symbol.dispose]: () => rmSync(folder, { recursive: true }),
  };
}

const fibre = 'fibre:Primary:eth0:192.168.0.10';
const lte = 'lte:Standby:eth1:192.168.2.10';

it('D3.10: imon’s action script hears of each change in order, after the route stands (I24-I29)', async () => {
  using heard = script('$* $(ip -o route get 1.1.1.1 | sed "s/.* dev \\([^ ]*\\) .*/\\1/")');
  const actions = `actions: [{ on: ["failover.*"], format: imon, instance: home, run: [${heard.path}] }]`;
  await using scene = await openScene({ config: configOf('overlay', actions) });
  const { lab, told } = scene;
  await settled(scene, 'fibre');
  await soon(() => heard.lines().toSorted()).toEqual([
    `home 1 failover-initial ${fibre} online eth0`,
    `home 1 failover-initial ${lte} online eth0`,
  ]);
  const since = () => heard.lines().slice(2);
  await behindGateway(lab, 'fibre', 'dead');
  const standby = `home 1 failover-standby ${lte} eth1`;
  await soon(since).toEqual([standby]);
  await behindGateway(lab, 'fibre', 'alive');
  const primary = `home 1 failover-primary ${fibre} eth0`;
  await soon(since).toEqual([standby, primary]);
  await behindGateway(lab, 'lte', 'dead');
  await soon(() => told.uplink('lte')?.health).toBe('down');
  await behindGateway(lab, 'fibre', 'dead');
  const both = `home 1 failover-bothdown ${fibre} ${lte} eth0`;
  await soon(since).toEqual([standby, primary, both]);
  await behindGateway(lab, 'lte', 'alive');
  await soon(since).toEqual([standby, primary, both, standby]);
});

it('an uplink that is offline at the start is told without its address (I24)', async () => {
  using heard = script('$*');
  const actions = `actions: [{ on: [failover.initial], format: imon, run: [${heard.path}] }]`;
  await using scene = await openScene({
    config: configOf('overlay', actions),
    before: (lab) => behindGateway(lab, 'lte', 'dead'),
  });
  await settled(scene, 'fibre', ['fibre']);
  await soon(() => heard.lines().toSorted()).toEqual([
    `main 1 failover-initial ${fibre} online`,
    'main 1 failover-initial lte:Standby:eth1: offline',
  ]);
});

const resetting = (path: string, reset: string): string =>
  configOf('overlay').replaceAll(
    quick.uplink,
    `${quick.uplink}, reset: { run: [${path}, now], after: 2, ${reset} }`,
  );

/** CAP_NET_ADMIN and CAP_NET_RAW, by which the agent changes routes and sends echoes. */
const powers = 0x3000n;
const sayWho = '$1 $PATHPROOF_UPLINK $PATHPROOF_AGENT $(sed -n "s/^CapEff:.//p" /proc/self/status)';

it('the reset program runs for a line that stays silent, without capabilities, and again after its grace (P23, P25)', async () => {
  using reset = script(sayWho);
  await using scene = await openScene({ config: resetting(reset.path, 'grace: 1s') });
  const { lab, told } = scene;
  await settled(scene, 'fibre');
  await behindGateway(lab, 'fibre', 'dead');
  await soon(() => reset.lines().length).toBeGreaterThanOrEqual(3);
  for (const line of reset.lines()) {
    expect(line).toMatch(/^now fibre pi [0-9a-f]+$/);
    expect(BigInt(`0x${line.split(' ').at(-1)}`) & powers).toBe(0n);
  }
  // The route had moved long before.
  await soon(() => told.event('failover.switched')?.to).toBe('lte');
  await behindGateway(lab, 'fibre', 'alive');
  await soon(() => told.uplink('fibre')?.health).toBe('up');
});

it('it runs once within its grace, however often the line fails', async () => {
  using reset = script(sayWho);
  await using scene = await openScene({ config: resetting(reset.path, 'grace: 1h') });
  const { lab, told } = scene;
  await settled(scene, 'fibre');
  for (let outage = 0; outage < 2; outage += 1) {
    await behindGateway(lab, 'fibre', 'dead');
    await soon(() => told.uplink('fibre')?.health).toBe('down');
    // The other line’s is due later than this one's would be.
    await behindGateway(lab, 'lte', 'dead');
    if (outage === 0) await soon(() => reset.lines().length).toBe(2);
    await behindGateway(lab, 'fibre', 'alive');
    await behindGateway(lab, 'lte', 'alive');
    await soon(() => told.uplink('fibre')?.health).toBe('up');
  }
  const uplinks = reset.lines().map((line) => line.split(' ')[1]);
  expect(uplinks).toEqual(['fibre', 'lte']);
});

it('it is of no use to a line without a carrier, and does not run', async () => {
  using reset = script(sayWho);
  await using scene = await openScene({ config: resetting(reset.path, 'grace: 1s') });
  const { lab, told } = scene;
  await settled(scene, 'fibre');
  await lab.carrier('fibre', 'off');
  await soon(() => told.uplink('fibre')?.place).toBe('carrier');
  // By then, that of the first would have run several times.
  await behindGateway(lab, 'lte', 'dead');
  await soon(() => reset.lines().length).toBeGreaterThanOrEqual(2);
  expect(reset.lines().map((line) => line.split(' ')[1])).not.toContain('fibre');
});
