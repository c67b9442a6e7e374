// That the agent's powers are taken from a program, by what the kernel says of one.
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, it } from 'vitest';
import { dropping, stillHeld } from '../../../agent/action/capabilities.ts';
import { alive, eventually } from './kit.ts';

const both = ['CAP_NET_ADMIN', 'CAP_NET_RAW'];
const words = '+net_raw,+net_admin';

/** As a user has them who is not root: root's own rights are off, ambient ones stay. */
const ambient = ['--securebits=+noroot', `--inh-caps=${words}`, `--ambient-caps=${words}`];

const statusUnder = (...layers: string[][]): string => {
  const argv = layers.flatMap((layer) => ['setpriv', ...layer, '--']);
  return execFileSync(argv[0] ?? '', [...argv.slice(1), 'cat', '/proc/self/status'], { encoding: 'utf8' });
};

it('takes ambient capabilities, which a program of an unprivileged agent would inherit', () => {
  expect(stillHeld(statusUnder(ambient))).toEqual(both);
  expect(stillHeld(statusUnder(ambient, dropping(false)))).toEqual([]);
});

it("takes them from root's programs, which have what the bounding set has", () => {
  expect(stillHeld(statusUnder(dropping(false)))).toEqual(both);
  expect(stillHeld(statusUnder(dropping(true)))).toEqual([]);
});

it('sees that root without CAP_SETPCAP could not take them, of which setpriv says nothing', () => {
  expect(stillHeld(statusUnder(['--bounding-set=-setpcap'], dropping(true)))).toEqual(both);
});

it('knows nothing by what is no status', () => {
  expect(stillHeld('Name:\tcat\nCapInh:\t0000000000000000\n')).toBe(null);
});

it('asks a program to end whose agent was killed', async () => {
  const inBackground = 'setpriv "$@" & echo $!; wait';
  const words = ['-c', inBackground, 'sh', ...dropping(true), 'sh', '-c', 'echo begun; exec sleep 1000'];
  const agent = spawn('sh', words, { stdio: ['ignore', 'pipe', 'inherit'] });
  let said = '';
  agent.stdout.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  await eventually(() => expect(said).toContain('begun'));
  const pid = /\d+/.exec(said)?.[0] ?? '';
  expect(alive(pid)).toBe(true);
  agent.kill('SIGKILL');
  await once(agent, 'exit');
  await eventually(() => expect(alive(pid)).toBe(false));
});
