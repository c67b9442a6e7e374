// When a machine has no way out but ours.
import { expect, it } from 'vitest';
import { leadsOutByOursAlone } from '../../../../agent/uplink/routes/cleanup.ts';
import type { ForeignDefault, OwnRoute } from '../../../../agent/uplink/routes/kinds.ts';
import { fibre, foreignDefault, ownRoute } from './kit.ts';

it.each<[string, OwnRoute[], ForeignDefault[], boolean]>([
  ['nothing', [], [], false],
  ['ours', [ownRoute(fibre)], [], true],
  ["ours and another's", [ownRoute(fibre)], [foreignDefault()], false],
  ["another's", [], [foreignDefault()], false],
  [
    'ours, and another that leads nowhere',
    [ownRoute(fibre)],
    [foreignDefault({ interfaceName: null })],
    true,
  ],
  ['ours in the table of an uplink alone', [ownRoute(fibre, 5, 13_600)], [], false],
  ['ours that leads nowhere', [{ ...ownRoute(fibre), interfaceName: null }], [], false],
])('by %s', (_what, routes, foreign, alone) => {
  expect(leadsOutByOursAlone({ own: { routes, rules: [] }, foreign, elsewhere: [] })).toBe(alone);
});
