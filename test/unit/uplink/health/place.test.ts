// Where an outage lies, from what is known.
import { expect, it } from 'vitest';
import { links } from '../../../../agent/uplink/health/link.ts';
import { type Clues, placeOf } from '../../../../agent/uplink/health/place.ts';

const clues: Clues = {
  link: 'ready',
  askable: 'ready',
  gateway: { neighbour: 'found', echoes: 'answered' },
  targetsAtFault: false,
};

it('is told from the link first', () => {
  const places = links.map((link) =>
    placeOf({ ...clues, link, askable: 'names unknown', targetsAtFault: true }),
  );
  expect(places).toEqual(['carrier', 'carrier', 'carrier', 'dhcp', 'dhcp', 'dns']);
});

it.each([
  ['isp', {}],
  ['isp', { gateway: { neighbour: 'found', echoes: 'never' } }],
  ['isp', { gateway: { neighbour: 'unknown', echoes: 'never' } }],
  ['gateway', { gateway: { neighbour: 'failed', echoes: 'never' } }],
  ['gateway', { gateway: { neighbour: 'found', echoes: 'stopped' } }],
  ['gateway', { gateway: { neighbour: 'failed', echoes: 'never' }, targetsAtFault: true }],
  ['target', { targetsAtFault: true }],
] as const)('is the %s with %o', (place, other) => {
  expect(placeOf({ ...clues, ...other })).toBe(place);
});
