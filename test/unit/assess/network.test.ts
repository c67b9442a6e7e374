// Expectations on the networks a route crosses: passing, failing, and unknown where nobody knows whose a hop is.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { asPathIncludes, countriesExclude, orgExcludes, orgIncludes } from '../../../agent/assess/network.ts';
import type { Route } from '../../../shared/result.ts';
import { at, carrier, gateway, network, route, silent } from './measured.ts';

const telco = network(12345, 'Telco Mobile GmbH', 'DE');
const cloud = network(13335, 'Cloudflare, Inc.', 'US');
const known = route([gateway, carrier, at('203.0.113.1', telco), at('1.1.1.1', cloud)]);
const nameless = route([gateway, at('203.0.113.1'), at('1.1.1.1', cloud)]);
const numberOnly = route([gateway, at('203.0.113.1', network(12345, null)), at('1.1.1.1', cloud)]);
const nameOnly = route([gateway, at('203.0.113.1', network(null, 'Telco')), at('1.1.1.1', cloud)]);
const domains = route([gateway, at('1.1.1.1', network(13335, 'Cloudflare, Inc.', 'US', 'cloudflare.com'))]);
const gap = route([gateway, silent, at('203.0.113.1', telco), at('1.1.1.1', cloud)]);
const cut = route([gateway, at('203.0.113.1', telco)], false);
const unread = route([gateway, { address: '203.0.113.1' }, at('1.1.1.1', cloud)]);

const twice = route([at('203.0.113.1', telco), gateway, at('203.0.113.2', telco), at('1.1.1.1', cloud)]);
const again = route([at('203.0.113.1', telco), at('1.1.1.1', cloud), at('203.0.113.2', telco)]);
const silently = route([at('203.0.113.1', telco), silent, at('203.0.113.2', telco), at('1.1.1.1', cloud)]);
const halves = route([at('203.0.113.1', network(12345, null)), at('203.0.113.2', network(null, 'Telco'))]);

const both = ['AS12345 Telco Mobile GmbH', 'AS13335 Cloudflare, Inc.'];
const telcoOnly = both.slice(0, 1);
const cloudOnly = both.slice(1);

type Row = [what: string, of: Route, wanted: string[], status: string, measured: unknown, reason: string];

describe('orgIncludes', () => {
  // prettier-ignore
  it.each<Row>([
    ['by number', known, ['AS12345'], 'pass', both, 'the route crosses AS12345'],
    ['by name', known, ['telco'], 'pass', both, 'the route crosses telco'],
    ['by domain', domains, ['CLOUDFLARE.com'], 'pass', cloudOnly, 'the route crosses CLOUDFLARE.com'],
    ['a domain where domains are unknown', known, ['cloudflare.com'], 'unknown', both, 'no known hop belongs to cloudflare.com, and nobody knows the network of hops 3 and 4'],
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
    ['a domain where domains are unknown', known, ['cloudflare.com'], 'unknown', both, 'no known hop belongs to cloudflare.com, but nobody knows the network of hops 3 and 4'],
    ['a domain that others have', domains, ['telco.example'], 'pass', cloudOnly, 'the route does not cross telco.example'],
    ['by domain', domains, ['telco.example', 'Cloudflare.com'], 'fail', cloudOnly, 'the route crosses Cloudflare.com: hop 2 is 1.1.1.1'],
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
    ['one network twice', twice, ['AS12345', 'AS12345'], 'fail', both, 'the route does not cross AS12345, then AS12345'],
    ['one network by its number, then by its name', twice, ['AS12345', 'Telco'], 'fail', both, 'the route does not cross AS12345, then Telco'],
    ['one network by two hops', twice, ['AS12345', 'AS13335'], 'pass', both, 'the route crosses AS12345, then AS13335'],
    ['a network that was left and entered again', again, ['AS12345', 'AS12345'], 'pass', both, 'the route crosses AS12345, then AS12345'],
    ['entered again, beyond another in between', again, ['AS12345', 'AS13335', 'AS12345'], 'pass', both, 'the route crosses AS12345, then AS13335, then AS12345'],
    ['perhaps left behind the silent hop', silently, ['AS12345', 'AS12345'], 'unknown', both, 'the known hops do not cross AS12345, then AS12345, and hop 2 stayed silent'],
    ['perhaps one network, once by name and once by number', halves, ['AS12345', 'Telco'], 'unknown', ['AS12345', 'AS? Telco'], 'the known hops do not cross AS12345, then Telco, and nobody knows the network of hops 1 and 2'],
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

describe('a public hop of which nobody knows whose it is', () => {
  const words = ['AS12345', 'AS64500', 'telco', 'cloudflare', 'cloudflare.com'];
  const whose = fc.constantFrom(telco, cloud, network(12345, null), network(null, 'Telco'), null);
  const anyHop = fc.oneof(
    fc.constantFrom(gateway, carrier, silent),
    whose.map((known) => at('203.0.113.9', known)),
  );
  const wanted = fc.subarray(words, { minLength: 1 });
  const routes = fc.record({
    before: fc.array(anyHop, { maxLength: 4 }),
    after: fc.array(anyHop, { maxLength: 4 }),
    reached: fc.boolean(),
    bearing: fc.option(fc.nat(5), { nil: undefined }),
  });
  const stranger = at('203.0.113.200');

  it('makes no exclusion pass, and each that passed unknown', () => {
    fc.assert(
      fc.property(wanted, routes, (banned, { before, after, reached, bearing }) => {
        const without = route([...before, ...after], reached);
        const withIt = route([...before, stranger, ...after], reached);
        for (const judge of [orgExcludes, countriesExclude]) {
          const then = judge(judge === orgExcludes ? banned : ['DE'], without, bearing).status;
          const now = judge(judge === orgExcludes ? banned : ['DE'], withIt, bearing).status;
          expect(now).toBe(then === 'fail' ? 'fail' : 'unknown');
        }
      }),
    );
  });

  it('makes no inclusion pass or fail', () => {
    fc.assert(
      fc.property(wanted, routes, (asked, { before, after, reached }) => {
        const without = route([...before, ...after], reached);
        const withIt = route([...before, stranger, ...after], reached);
        for (const judge of [orgIncludes, asPathIncludes]) {
          const now = judge(asked, withIt).status;
          expect(now).toBe(judge(asked, without).status === 'pass' ? 'pass' : 'unknown');
        }
      }),
    );
  });
});
