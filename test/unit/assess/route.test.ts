// Expectations on a route's addresses and length: passing, failing, and unknown where a hop kept silent.
import { describe, expect, it } from 'vitest';
import {
  maxHops,
  maxSilentHops,
  minHops,
  routeExcludes,
  routeIncludes,
  sayHops,
} from '../../../agent/assess/route.ts';
import type { Route } from '../../../shared/result.ts';
import { at, carrier, gateway, route, silent } from './measured.ts';

const target = at('1.1.1.1');
const whole = route([gateway, carrier, target]);
const addresses = ['192.168.2.1', '100.64.3.1', '1.1.1.1'];
const gap2 = route([gateway, silent, target]);
const gap23 = route([gateway, silent, silent, target]);
const cut = route([gateway, carrier], false);
const endless = route([gateway, carrier, silent]);
const mute = route([silent, silent], false);
const noHops = route([]);

type Row = [what: string, of: Route, wanted: string[], status: string, measured: unknown, reason: string];

describe('routeIncludes', () => {
  // prettier-ignore
  it.each<Row>([
    ['an address', whole, ['192.168.2.1'], 'pass', addresses, 'the route goes through 192.168.2.1'],
    ['a network', whole, ['100.64.0.0/10'], 'pass', addresses, 'the route goes through 100.64.0.0/10'],
    ['all of several', whole, ['192.168.0.0/16', '1.1.1.1'], 'pass', addresses, 'the route goes through 192.168.0.0/16, 1.1.1.1'],
    ['met though a hop kept silent', gap2, ['192.168.2.1'], 'pass', ['192.168.2.1', '1.1.1.1'], 'the route goes through 192.168.2.1'],
    ['met though the trace was cut', cut, ['100.64.0.0/10'], 'pass', ['192.168.2.1', '100.64.3.1'], 'the route goes through 100.64.0.0/10'],
    ['another address', whole, ['192.168.2.2'], 'fail', addresses, 'the route does not go through 192.168.2.2'],
    ['an address that merely begins alike', whole, ['1.1.1.10'], 'fail', addresses, 'the route does not go through 1.1.1.10'],
    ['one of two met', whole, ['192.168.2.1', '10.0.0.0/8'], 'fail', addresses, 'the route does not go through 10.0.0.0/8'],
    ['none of two met', whole, ['10.0.0.0/8', '2001:db8::/32'], 'fail', addresses, 'the route does not go through 10.0.0.0/8, 2001:db8::/32'],
    ['perhaps the silent hop', gap2, ['10.0.0.1'], 'unknown', ['192.168.2.1', '1.1.1.1'], 'no answering hop is in 10.0.0.1, and hop 2 stayed silent'],
    ['perhaps a silent hop', gap23, ['10.0.0.1'], 'unknown', ['192.168.2.1', '1.1.1.1'], 'no answering hop is in 10.0.0.1, and hops 2 and 3 stayed silent'],
    ['perhaps further on', cut, ['10.0.0.1'], 'unknown', ['192.168.2.1', '100.64.3.1'], 'no answering hop is in 10.0.0.1, and the trace did not reach its target'],
    ['perhaps anywhere', mute, ['10.0.0.1'], 'unknown', [], 'no answering hop is in 10.0.0.1, and no hop answered'],
    ['perhaps beyond a silent end', endless, ['10.0.0.1'], 'unknown', ['192.168.2.1', '100.64.3.1'], 'no answering hop is in 10.0.0.1, and where the route ends is not known'],
    ['with no hop', noHops, ['10.0.0.1'], 'unknown', [], 'no answering hop is in 10.0.0.1, and no hop answered'],
  ])('%s', (_what, of, wanted, status, measured, reason) =>
    expect(routeIncludes(wanted, of)).toEqual({ status, measured, reason }),
  );
});

describe('routeExcludes', () => {
  // prettier-ignore
  it.each<[...Row, maxSilent?: number]>([
    ['an address', whole, ['192.168.0.1'], 'pass', addresses, 'the route does not go through 192.168.0.1'],
    ['networks', whole, ['10.0.0.0/8', '192.168.0.0/24'], 'pass', addresses, 'the route does not go through 10.0.0.0/8, 192.168.0.0/24'],
    ['an address that merely begins alike', whole, ['1.1.1.10'], 'pass', addresses, 'the route does not go through 1.1.1.10'],
    ['its own hop', whole, ['100.64.3.1'], 'fail', addresses, 'the route goes through 100.64.3.1: hop 2 is 100.64.3.1'],
    ['its own network', whole, ['10.0.0.0/8', '192.168.0.0/16'], 'fail', addresses, 'the route goes through 192.168.0.0/16: hop 1 is 192.168.2.1'],
    ['a hop beside a silent one', gap2, ['192.168.2.1'], 'fail', ['192.168.2.1', '1.1.1.1'], 'the route goes through 192.168.2.1: hop 1 is 192.168.2.1'],
    ['a hop of a cut trace', cut, ['100.64.0.0/10'], 'fail', ['192.168.2.1', '100.64.3.1'], 'the route goes through 100.64.0.0/10: hop 2 is 100.64.3.1'],
    ['perhaps the silent hop', gap2, ['10.0.0.1'], 'unknown', ['192.168.2.1', '1.1.1.1'], 'no answering hop is in 10.0.0.1, but hop 2 stayed silent'],
    ['the silent hop borne with', gap2, ['10.0.0.1'], 'pass', ['192.168.2.1', '1.1.1.1'], 'the route does not go through 10.0.0.1', 1],
    ['one silent hop too many', gap23, ['10.0.0.1'], 'unknown', ['192.168.2.1', '1.1.1.1'], 'no answering hop is in 10.0.0.1, but hops 2 and 3 stayed silent', 1],
    ['no silent hop borne with', gap2, ['10.0.0.1'], 'unknown', ['192.168.2.1', '1.1.1.1'], 'no answering hop is in 10.0.0.1, but hop 2 stayed silent', 0],
    ['perhaps further on, whatever is borne with', cut, ['10.0.0.1'], 'unknown', ['192.168.2.1', '100.64.3.1'], 'no answering hop is in 10.0.0.1, but the trace did not reach its target', 64],
    ['perhaps beyond a silent end, whatever is borne with', endless, ['10.0.0.1'], 'unknown', ['192.168.2.1', '100.64.3.1'], 'no answering hop is in 10.0.0.1, but where the route ends is not known', 64],
    ['perhaps anywhere, whatever is borne with', mute, ['10.0.0.1'], 'unknown', [], 'no answering hop is in 10.0.0.1, but no hop answered', 64],
    ['with no hop', noHops, ['10.0.0.1'], 'unknown', [], 'no answering hop is in 10.0.0.1, but no hop answered', 64],
  ])('%s', (_what, of, banned, status, measured, reason, maxSilent) =>
    expect(routeExcludes(banned, of, maxSilent)).toEqual({ status, measured, reason }),
  );
});

describe('the length of a route', () => {
  const unknown = { status: 'unknown', measured: null, reason: 'the length of the route is not known' };
  const one = route([target]);

  // prettier-ignore
  it.each<[least: number, of: Route, status: string, hops: number, reason: string]>([
    [2, whole, 'pass', 3, 'the route has 3 hops, at least 2'],
    [3, whole, 'pass', 3, 'the route has 3 hops, at least 3'],
    [4, whole, 'fail', 3, 'the route has 3 hops, fewer than 4'],
    [2, one, 'fail', 1, 'the route has 1 hop, fewer than 2'],
    [4, gap23, 'pass', 4, 'the route has 4 hops, at least 4'],
  ])('of minHops %d', (least, of, status, hops, reason) =>
    expect(minHops(least, of)).toEqual({ status, measured: hops, reason }),
  );

  // prettier-ignore
  it.each<[most: number, of: Route, status: string, hops: number, reason: string]>([
    [4, whole, 'pass', 3, 'the route has 3 hops, at most 4'],
    [3, whole, 'pass', 3, 'the route has 3 hops, at most 3'],
    [2, whole, 'fail', 3, 'the route has 3 hops, more than 2'],
    [1, one, 'pass', 1, 'the route has 1 hop, at most 1'],
    [3, gap23, 'fail', 4, 'the route has 4 hops, more than 3'],
  ])('of maxHops %d', (most, of, status, hops, reason) =>
    expect(maxHops(most, of)).toEqual({ status, measured: hops, reason }),
  );

  it.each([
    ['the trace was cut', cut],
    ['nobody answered', mute],
    ['the last hop kept silent', route([gateway, silent])],
    ['there is no hop', noHops],
  ])('is not known where %s', (_what, of) => {
    expect(minHops(1, of)).toEqual(unknown);
    expect(maxHops(64, of)).toEqual(unknown);
  });
});

describe('maxSilentHops', () => {
  // prettier-ignore
  it.each<[most: number, what: string, of: Route, status: string, measured: unknown, reason: string]>([
    [0, 'none silent', whole, 'pass', 0, 'every hop answered'],
    [1, 'as many as allowed', gap2, 'pass', 1, 'hop 2 stayed silent'],
    [0, 'one too many', gap2, 'fail', 1, 'hop 2 stayed silent, more than 0'],
    [1, 'two where one is allowed', gap23, 'fail', 2, 'hops 2 and 3 stayed silent, more than 1'],
    [0, 'a silent end is one too', endless, 'fail', 1, 'hop 3 stayed silent, more than 0'],
    [1, 'a silent end, and perhaps more', endless, 'unknown', 1, 'where the route ends is not known'],
    [64, 'a cut trace', cut, 'unknown', null, 'the trace did not reach its target'],
  ])('%d: %s', (most, _what, of, status, measured, reason) =>
    expect(maxSilentHops(most, of)).toEqual({ status, measured, reason }),
  );
});

it('hops are enumerated as people do', () => {
  expect([sayHops([2]), sayHops([2, 3]), sayHops([2, 3, 5])]).toEqual([
    'hop 2',
    'hops 2 and 3',
    'hops 2, 3 and 5',
  ]);
});
