// That the agent's powers are taken from a program, by what the kernel says of one.
import { execFileSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { dropping, stillHeld } from '../../../agent/action/capabilities.ts';

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
