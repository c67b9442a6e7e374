import { expect, it } from 'vitest';
import { readFileSettings } from '../../../agent/config/file.ts';
import { blindSpots } from '../../../agent/failover/blind.ts';
import type { UplinkView } from '../../../agent/uplink/index.ts';
import { sayProblems } from '../../../shared/issues.ts';

const [own4, own6, linkLocal, unique] = ['192.168.0.10', '2001:db8::10', 'fe80::10', 'fd00::10'];

function told(keys: string, addresses: string[], families: (4 | 6)[] = [4, 6]): string[] {
  const file = readFileSettings(`uplinks: { lte: { interface: eth1, ${keys} } }`);
  if (!file.ok) throw new Error(sayProblems(file.problems));
  const view: UplinkView = { uplink: 'lte', interface: 'eth1', state: 'up', addresses, gateway: null };
  return blindSpots(file.settings.uplinks, families, [view]);
}

it.each([
  ['no targets', '', 'lte has no targets: only its gateway is asked, and an outage behind that is not seen.'],
  [
    'no targets and no gateway',
    'gateway: link',
    'lte has neither a gateway nor targets: there is nobody to ask by it, and it is not judged.',
  ],
  [
    'IPv6 and no such target',
    'targets: [192.0.2.1]',
    'lte has IPv6, and no IPv6 address or name among its targets: its IPv6 is not judged, and not moved.',
  ],
])('an uplink with %s', (_what, keys, sentence) => {
  expect(told(keys, [own4, own6])).toEqual([sentence]);
});

it.each<[what: string, keys: string, addresses: string[], families?: (4 | 6)[]]>([
  ['is asked in both families', 'targets: [192.0.2.1, "2001:db8::1"]', [own4, own6]],
  ['is asked by a name', 'targets: [one.example]', [own4, own6]],
  ['has no IPv6 that leads anywhere', 'targets: [192.0.2.1]', [own4, linkLocal, unique]],
  ['is judged in IPv4 alone, as the file says', 'targets: [192.0.2.1]', [own4, own6], [4]],
])('one that %s has none', (_what, keys, addresses, families) => {
  expect(told(keys, addresses, families)).toEqual([]);
});
