// Expectations on the networks a route crosses: passing, failing, and unknown where nobody knows whose a hop is.
import { describe, expect, it } from 'vitest';
import {
  asPathIncludes,
  countriesExclude,
  orgExcludes,
  orgIncludes,
  organisationMatches,
} from '../../../agent/assess/network.ts';
import type { Route } from '../../../shared/result.ts';
import { at, carrier, gateway, network, route, silent } from './measured.ts';

const telco = network(12345, 'Telco Mobile GmbH', 'DE');
const cloud = network(13335, 'Cloudflare, Inc.', 'US');
const known = route([gateway, carrier, at('203.0.113.1', telco), at('1.1.1.1', cloud)]);
const nameless = route([gateway, at('203.0.113.1'), at('1.1.1.1', cloud)]);
const numberOnly = route([gateway, at('203.0.113.1', network(12345, null)), at('1.1.1.1', cloud)]);
const nameOnly = route([gateway, at('203.0.113.1', network(null, 'Telco')), at('1.1.1.1', cloud)]);
const gap = route([gateway, silent, at('203.0.113.1', telco), at('1.1.1.1', cloud)]);
const cut = route([gateway, at('203.0.113.1', telco)], false);
const unread = route([gateway, { address: '203.0.113.1' }, at('1.1.1.1', cloud)]);

const both = ['AS12345 Telco Mobile GmbH', 'AS13335 Cloudflare, Inc.'];
const telcoOnly = both.slice(0, 1);
const cloudOnly = both.slice(1);

describe('an organisation', () => {
  it.each([
    ['AS12345', true],
    ['as12345', true],
    ['AS123', false],
    ['AS1234', false],
    ['AS2345', false],
    ['AS123456', false],
    ['AS012345', true],
    ['Telco', true],
    ['TELCO MOBILE', true],
    ['mobile gmbh', true],
    ['Telcom', false],
    ['12345', false],
    ['AS', false],
    ['AS12345 Telco', false],
  ])('%s is that of AS12345 Telco Mobile GmbH: %s', (wanted, matches) =>
    expect(organisationMatches(wanted, telco)).toBe(matches),
  );

  it('is told by a number of any length, up to the longest there is', () => {
    expect(organisationMatches('AS5', network(5, null))).toBe(true);
    expect(organisationMatches('AS4294967295', network(4_294_967_295, null))).toBe(true);
    expect(organisationMatches('AS12345678901', network(5, 'AS12345678901 Ltd'))).toBe(true);
  });

  it('without a number or a name matches nothing', () => {
    expect(organisationMatches('AS0', network(null, null))).toBe(false);
    expect(organisationMatches('Telco', network(12345, null))).toBe(false);
    expect(organisationMatches('AS12345', network(null, 'AS12345'))).toBe(false);
  });
});

type Row = [what: string, of: Route, wanted: string[], status: string, measured: unknown, reason: string];

describe('orgIncludes', () => {
  // prettier-ignore
  it.each<Row>([
    ['by number', known, ['AS12345'], 'pass', both, 'the route crosses AS12345'],
    ['by name', known, ['telco'], 'pass', both, 'the route crosses telco'],
    ['several', known, ['AS12345', 'cloudflare'], 'pass', both, 'the route crosses AS12345, cloudflare'],
    ['met beside a nameless hop', nameless, ['AS13335'], 'pass', cloudOnly, 'the route crosses AS13335'],
    ['met beside a silent hop', gap, ['AS12345'], 'pass', both, 'the route crosses AS12345'],
    ['not crossed', known, ['AS64500'], 'fail', both, 'the route does not cross AS64500'],
    ['a number that merely begins alike', known, ['AS123'], 'fail', both, 'the route does not cross AS123'],
    ['one of two crossed', known, ['AS12345', 'AS64500'], 'fail', both, 'the route does not cross AS64500'],
    ['perhaps the nameless hop', nameless, ['AS12345'], 'unknown', cloudOnly, 'no known hop belongs to AS12345, and nobody knows the network of hop 2'],
    ['a name where the number alone is known', numberOnly, ['Telco'], 'unknown', ['AS12345', ...cloudOnly], 'no known hop belongs to Telco, and nobody knows the network of hop 2'],
    ['a number where the name alone is known', nameOnly, ['AS12345'], 'unknown', ['AS? Telco', ...cloudOnly], 'no known hop belongs to AS12345, and nobody knows the network of hop 2'],
    ['another number than the one known', numberOnly, ['AS64500'], 'fail', ['AS12345', ...cloudOnly], 'the route does not cross AS64500'],
    ['perhaps the silent hop', gap, ['AS64500'], 'unknown', both, 'no known hop belongs to AS64500, and hop 2 stayed silent'],
    ['perhaps further on', cut, ['AS13335'], 'unknown', telcoOnly, 'no known hop belongs to AS13335, and the trace did not reach its target'],
    ['nobody asked about the hops', unread, ['AS12345'], 'unknown', cloudOnly, 'no known hop belongs to AS12345, and nobody knows the network of hop 2'],
  ])('%s', (_what, of, wanted, status, measured, reason) =>
    expect(orgIncludes(wanted, of)).toEqual({ status, measured, reason }),
  );
});

describe('orgExcludes', () => {
  // prettier-ignore
  it.each<[...Row, maxSilent?: number]>([
    ['not crossed', known, ['AS64500', 'Fibre Ltd'], 'pass', both, 'the route does not cross AS64500, Fibre Ltd'],
    ['a number that merely begins alike', known, ['AS123'], 'pass', both, 'the route does not cross AS123'],
    ['crossed', known, ['AS64500', 'AS12345'], 'fail', both, 'the route crosses AS12345: hop 3 is 203.0.113.1'],
    ['crossed beside a nameless hop', nameless, ['cloudflare'], 'fail', cloudOnly, 'the route crosses cloudflare: hop 3 is 1.1.1.1'],
    ['crossed in a cut trace', cut, ['AS12345'], 'fail', telcoOnly, 'the route crosses AS12345: hop 2 is 203.0.113.1'],
    ['perhaps the nameless hop', nameless, ['AS12345'], 'unknown', cloudOnly, 'no known hop belongs to AS12345, but nobody knows the network of hop 2'],
    ['perhaps the nameless hop, whatever silence is borne with', nameless, ['AS12345'], 'unknown', cloudOnly, 'no known hop belongs to AS12345, but nobody knows the network of hop 2', 64],
    ['a name where the number alone is known', numberOnly, ['Telco'], 'unknown', ['AS12345', ...cloudOnly], 'no known hop belongs to Telco, but nobody knows the network of hop 2'],
    ['a number where the name alone is known', nameOnly, ['AS12345'], 'unknown', ['AS? Telco', ...cloudOnly], 'no known hop belongs to AS12345, but nobody knows the network of hop 2'],
    ['a name beside a number where the number alone is known', numberOnly, ['AS64500', 'Telco'], 'unknown', ['AS12345', ...cloudOnly], 'no known hop belongs to AS64500, Telco, but nobody knows the network of hop 2'],
    ['a number where numbers are known', numberOnly, ['AS64500'], 'pass', ['AS12345', ...cloudOnly], 'the route does not cross AS64500'],
    ['perhaps the silent hop', gap, ['AS64500'], 'unknown', both, 'no known hop belongs to AS64500, but hop 2 stayed silent'],
    ['the silent hop borne with', gap, ['AS64500'], 'pass', both, 'the route does not cross AS64500', 1],
    ['perhaps further on', cut, ['AS13335'], 'unknown', telcoOnly, 'no known hop belongs to AS13335, but the trace did not reach its target', 64],
    ['nobody asked about the hops', unread, ['AS12345'], 'unknown', cloudOnly, 'no known hop belongs to AS12345, but nobody knows the network of hop 2'],
  ])('%s', (_what, of, banned, status, measured, reason, maxSilent) =>
    expect(orgExcludes(banned, of, maxSilent)).toEqual({ status, measured, reason }),
  );
});

describe('asPathIncludes', () => {
  // prettier-ignore
  it.each<Row>([
    ['in order', known, ['AS12345', 'AS13335'], 'pass', both, 'the route crosses AS12345, then AS13335'],
    ['one of them', known, ['AS13335'], 'pass', both, 'the route crosses AS13335'],
    ['others between', known, ['Telco', 'Cloudflare'], 'pass', both, 'the route crosses Telco, then Cloudflare'],
    ['the wrong way round', known, ['AS13335', 'AS12345'], 'fail', both, 'the route does not cross AS13335, then AS12345'],
    ['one more than there is', known, ['AS12345', 'AS13335', 'AS64500'], 'fail', both, 'the route does not cross AS12345, then AS13335, then AS64500'],
    ['perhaps the nameless hop', nameless, ['AS12345', 'AS13335'], 'unknown', cloudOnly, 'the known hops do not cross AS12345, then AS13335, and nobody knows the network of hop 2'],
    ['perhaps the silent hop', gap, ['AS64500', 'AS12345'], 'unknown', both, 'the known hops do not cross AS64500, then AS12345, and hop 2 stayed silent'],
  ])('%s', (_what, of, wanted, status, measured, reason) =>
    expect(asPathIncludes(wanted, of)).toEqual({ status, measured, reason }),
  );
});

describe('countriesExclude', () => {
  const lower = route([gateway, at('203.0.113.1', network(1, 'x', 'de'))]);
  // prettier-ignore
  it.each<[...Row, maxSilent?: number]>([
    ['not crossed', known, ['FR', 'AT'], 'pass', ['DE', 'US'], 'the route crosses none of FR, AT'],
    ['crossed', known, ['FR', 'DE', 'US'], 'fail', ['DE', 'US'], 'the route crosses DE, US'],
    ['crossed, though a source writes it small', lower, ['DE'], 'fail', ['de'], 'the route crosses de'],
    ['perhaps where the nameless hop is', nameless, ['FR'], 'unknown', ['US'], 'no known hop is in FR, but nobody knows the country of hop 2'],
    ['a network without a country', numberOnly, ['FR'], 'unknown', [], 'no known hop is in FR, but nobody knows the country of hops 2 and 3'],
    ['perhaps where the silent hop is', gap, ['FR'], 'unknown', ['DE', 'US'], 'no known hop is in FR, but hop 2 stayed silent'],
    ['the silent hop borne with', gap, ['FR'], 'pass', ['DE', 'US'], 'the route crosses none of FR', 1],
    ['nobody asked about the hops', unread, ['FR'], 'unknown', [], 'no known hop is in FR, but nobody knows the country of hops 2 and 3'],
  ])('%s', (_what, of, banned, status, measured, reason, maxSilent) => {
    const countries = of === numberOnly || of === unread ? withoutCountries(of) : of;
    expect(countriesExclude(banned, countries, maxSilent)).toEqual({ status, measured, reason });
  });
});

const withoutCountries = (of: Route): Route => ({
  ...of,
  hops: of.hops.map((hop) => ({
    ...hop,
    network: hop.network === null ? null : { ...hop.network, country: null },
  })),
});
