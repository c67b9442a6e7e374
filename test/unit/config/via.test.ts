// The ways out that monitors name and that are not there.
import { expect, it } from 'vitest';
import { unknownVias } from '../../../agent/config/monitor/via.ts';

const egress = (via?: string) => ({
  kind: 'egress' as const,
  body: via === undefined ? {} : { via },
});
const told = (via: string | undefined, ...confirm: string[]): string[] =>
  unknownVias(
    { one: { probe: egress(via), confirm: confirm.map(egress) } },
    ['fibre', 'lte'],
    ['eth0', 'eth1'],
  ).map(({ monitor, problem }) => `${monitor}: ${problem}`);

it.each([undefined, 'fibre', 'eth1', '192.0.2.7', '2001:db8::7'])('%s is one, or may be', (via) => {
  expect(told(via)).toEqual([]);
});

it.each([
  ['lt', 'one: via: there is neither an uplink nor an interface lt; did you mean lte?'],
  ['fiber', 'one: via: there is neither an uplink nor an interface fiber; did you mean fibre?'],
  ['eth11', 'one: via: there is neither an uplink nor an interface eth11; did you mean eth1?'],
  ['ppp0', 'one: via: there is neither an uplink nor an interface ppp0'],
])('%s is none', (via, words) => {
  expect(told(via)).toEqual([words]);
  expect(told(via, via)).toEqual([words]);
  expect(told('lte', 'fibre', via)).toEqual([words]);
});
