// Whose each hop's address can be.
import { expect, it } from 'vitest';
import { annotate } from '../../../agent/asn/annotate.ts';
import { at, gateway, measured, route } from '../assess/measured.ts';

it('the annotation says whose each address can be', () => {
  const traced = measured({
    traceroute: route([gateway, {}, at('100.64.0.1'), at('1.1.1.1')].map((hop) => ({ ...hop, scope: null }))),
  });
  expect(annotate(traced).traceroute?.hops.map(({ scope }) => scope)).toEqual([
    'private',
    null,
    'shared',
    'public',
  ]);
  expect(annotate(measured())).toEqual(measured());
});
