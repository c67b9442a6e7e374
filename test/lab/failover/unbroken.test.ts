// Make before break (D3.2): at a packet each 2 ms, not one is lost by a voluntary switch.
import { expect, it } from 'vitest';
import { LineProcess } from '../programs.ts';
import { configOf, interfaceTo } from './kit.ts';
import { openScene, settled, soon } from './scene.ts';

const switches = 20;

const hasty = (mode: string): string =>
  configOf(mode, '', 'startupHold: 3s, failbackDelay: 0s, minDwell: 0s');

it.each(['overlay', 'capture'])(
  `%s: ${switches} switches, no packet lost`,
  { timeout: 60_000 },
  async (mode) => {
    await using scene = await openScene({ config: hasty(mode) });
    const { told } = scene;
    await settled(scene, 'fibre');
    const answered = new Set<number>();
    const ping = new LineProcess('agent', ['ping', '-n', '-i', '0.002', '1.1.1.1'], (line) => {
      const seq = /icmp_seq=(\d+)/.exec(line)?.[1];
      if (seq !== undefined) answered.add(Number(seq));
    });
    for (let turn = 0; turn < switches; turn += 1) {
      const [command, device] = turn % 2 === 0 ? ['lte', 'eth1'] : ['auto', 'eth0'];
      await told.command(command);
      await soon(() => interfaceTo()).toBe(device);
    }
    const last = Math.max(...answered);
    // Whatever was sent until then is answered long before as many more are.
    await soon(() => answered.size).toBeGreaterThan(Math.max(2000, last + 500));
    ping.child.kill('SIGINT');
    await ping.ended;
    const lost = Array.from({ length: last }, (_, index) => index + 1).filter((seq) => !answered.has(seq));
    expect(lost).toEqual([]);
    const moves = () => told.kinds().filter((kind) => kind === 'failover.switched').length;
    await soon(moves).toBe(switches);
  },
);
