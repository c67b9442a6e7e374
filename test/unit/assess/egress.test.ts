// Expectations on the public address: each one passing, failing and unknown, in the words that become the reason.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  addressExcludes,
  addressIncludes,
  countryIncludes,
  maxLatencyMs,
  minLatencyMs,
  orgExcludes,
  orgIncludes,
  reached,
} from '../../../agent/assess/egress.ts';
import type { Measurement } from '../../../shared/measurement.ts';
import type { NetworkOfAddress } from '../../../shared/result.ts';
import { egressFigures, measured, network } from './measured.ts';

type Told = [status: string, measured: unknown, reason: string];
type Row = [what: string, wanted: string[], given: Measurement, ...Told];

const seen = (address: string, known: NetworkOfAddress | null = null): Measurement =>
  measured({ ping: null, egress: egressFigures({ address, network: known }) });
const silence = measured({ ping: null });
const nothing = 'there is no public address to judge';

const telco = seen('203.0.113.7', network(64500, 'Telco Mobile', 'DE', 'telco.example'));
const numberOnly = seen('203.0.113.7', network(64500, null));
const nameless = seen('203.0.113.7');
const six = seen('2001:db8:1::7');

describe('reached', () => {
  // prettier-ignore
  it.each<[what: string, given: Measurement, ...Told]>([
    ['by an answer', nameless, 'pass', true, 'stun:stun.example:3478 says 203.0.113.7'],
    ['by none', silence, 'fail', false, 'no server told the public address'],
    ['by none, and the network says why', { ...silence, refusal: '192.168.2.1 says host unreachable' }, 'fail', false, 'no server told the public address: 192.168.2.1 says host unreachable'],
  ])('%s', (_what, given, status, value, reason) =>
    expect(reached(given)).toEqual({ status, measured: value, reason }),
  );
});

describe('latency', () => {
  const clock = 'the clock was set meanwhile, so round trips prove nothing';
  // prettier-ignore
  it.each<[judge: 'min' | 'max', limit: number, given: Measurement, ...Told]>([
    ['min', 21, nameless, 'pass', 21, 'RTT 21 ms is at least 21 ms'],
    ['min', 22, nameless, 'fail', 21, 'RTT 21 ms is less than 22 ms'],
    ['max', 21, nameless, 'pass', 21, 'RTT 21 ms is at most 21 ms'],
    ['max', 20, nameless, 'fail', 21, 'RTT 21 ms is more than 20 ms'],
    ['min', 1, silence, 'unknown', null, 'there is no round trip to judge'],
    ['max', 99, { ...nameless, clockStepped: true }, 'unknown', 21, clock],
  ])('%s %d', (judge, limit, given, status, value, reason) => {
    const judged = (judge === 'min' ? minLatencyMs : maxLatencyMs)(limit, given);
    expect(judged).toEqual({ status, measured: value, reason });
  });
});

describe('addressIncludes', () => {
  // prettier-ignore
  it.each<Row>([
    ['the address', ['203.0.113.7'], nameless, 'pass', '203.0.113.7', 'the public address 203.0.113.7 is in 203.0.113.7'],
    ['one of two networks', ['192.0.2.0/24', '203.0.113.0/24'], nameless, 'pass', '203.0.113.7', 'the public address 203.0.113.7 is in 203.0.113.0/24'],
    ['a network of IPv6, spelt otherwise', ['2001:DB8:1:0::/48'], six, 'pass', '2001:db8:1::7', 'the public address 2001:db8:1::7 is in 2001:DB8:1:0::/48'],
    ['none', ['192.0.2.0/24', '203.0.113.70'], nameless, 'fail', '203.0.113.7', 'the public address 203.0.113.7 is not in 192.0.2.0/24, 203.0.113.70'],
    ['none of its family', ['0.0.0.0/0'], six, 'fail', '2001:db8:1::7', 'the public address 2001:db8:1::7 is not in 0.0.0.0/0'],
    ['no address', ['203.0.113.7'], silence, 'unknown', null, nothing],
  ])('%s', (_what, wanted, given, status, value, reason) =>
    expect(addressIncludes(wanted, given)).toEqual({ status, measured: value, reason }),
  );
});

describe('addressExcludes', () => {
  // prettier-ignore
  it.each<Row>([
    ['a private one that is not the own', ['192.0.2.0/24'], measured({ ping: null, egress: egressFigures({ address: '10.0.0.1', behindNat: true }) }), 'unknown', '10.0.0.1', '10.0.0.1 is a private address, and not what the world sees'],
    ['the own private one', ['192.0.2.0/24'], measured({ ping: null, egress: egressFigures({ address: '10.0.0.1', behindNat: false }) }), 'pass', '10.0.0.1', 'the public address 10.0.0.1 is not in 192.0.2.0/24'],
    ['a banned private one', ['10.0.0.0/8'], measured({ ping: null, egress: egressFigures({ address: '10.0.0.1', behindNat: true }) }), 'fail', '10.0.0.1', 'the public address 10.0.0.1 is in 10.0.0.0/8'],
    ['in none', ['192.0.2.0/24', '2001:db8::/32'], nameless, 'pass', '203.0.113.7', 'the public address 203.0.113.7 is not in 192.0.2.0/24, 2001:db8::/32'],
    ['in one', ['192.0.2.0/24', '203.0.113.0/24'], nameless, 'fail', '203.0.113.7', 'the public address 203.0.113.7 is in 203.0.113.0/24'],
    ['no address', ['203.0.113.7'], silence, 'unknown', null, nothing],
  ])('%s', (_what, banned, given, status, value, reason) =>
    expect(addressExcludes(banned, given)).toEqual({ status, measured: value, reason }),
  );
});

const whose = 'AS64500 Telco Mobile';
const little = "too little is known of 203.0.113.7's network: AS64500";
const noNetwork = 'nobody knows the network of 203.0.113.7';
const privately = '192.168.2.10 is a private address, which has no network';
const byCarrier = "100.64.3.1 is a carrier's shared address, which has no network";

describe('orgIncludes', () => {
  // prettier-ignore
  it.each<Row>([
    ['by number', ['AS64500'], telco, 'pass', whose, `the public address belongs to AS64500: ${whose}`],
    ['one of two', ['AS1', 'telco'], telco, 'pass', whose, `the public address belongs to telco: ${whose}`],
    ['by domain', ['telco.example'], telco, 'pass', whose, `the public address belongs to telco.example: ${whose}`],
    ['none', ['AS6450', 'Cloud'], telco, 'fail', whose, `the public address belongs to ${whose}, not to AS6450, Cloud`],
    ['by number where that alone is known', ['AS64500', 'Cloud'], numberOnly, 'pass', 'AS64500', 'the public address belongs to AS64500: AS64500'],
    ['another number where that alone is known', ['AS1'], numberOnly, 'fail', 'AS64500', 'the public address belongs to AS64500, not to AS1'],
    ['perhaps a name where the number alone is known', ['AS1', 'Telco'], numberOnly, 'unknown', 'AS64500', little],
    ['of nobody knows whom', ['AS64500'], nameless, 'unknown', null, noNetwork],
    ['of a private address', ['AS64500'], seen('192.168.2.10'), 'unknown', null, privately],
    ["of a carrier's address", ['AS64500'], seen('100.64.3.1'), 'unknown', null, byCarrier],
    ['of no address', ['AS64500'], silence, 'unknown', null, nothing],
  ])('%s', (_what, wanted, given, status, value, reason) =>
    expect(orgIncludes(wanted, given)).toEqual({ status, measured: value, reason }),
  );
});

describe('orgExcludes', () => {
  // prettier-ignore
  it.each<Row>([
    ['none', ['AS6450', 'Cloud'], telco, 'pass', whose, `the public address belongs to ${whose}, not to AS6450, Cloud`],
    ['one of two', ['Cloud', 'TELCO'], telco, 'fail', whose, `the public address belongs to TELCO: ${whose}`],
    ['perhaps a name where the number alone is known', ['AS1', 'Cloud'], numberOnly, 'unknown', 'AS64500', little],
    ['of nobody knows whom', ['AS1'], nameless, 'unknown', null, noNetwork],
    ['of a private address', ['AS1'], seen('192.168.2.10'), 'unknown', null, privately],
    ['of no address', ['AS1'], silence, 'unknown', null, nothing],
  ])('%s', (_what, banned, given, status, value, reason) =>
    expect(orgExcludes(banned, given)).toEqual({ status, measured: value, reason }),
  );
});

describe('countryIncludes', () => {
  const lower = seen('203.0.113.7', network(1, 'x', 'de'));
  // prettier-ignore
  it.each<Row>([
    ['one of two', ['AT', 'DE'], telco, 'pass', 'DE', 'the public address is in DE'],
    ['though a source writes it small', ['DE'], lower, 'pass', 'DE', 'the public address is in DE'],
    ['none', ['AT', 'CH'], telco, 'fail', 'DE', 'the public address is in DE, not in AT, CH'],
    ['a network without a country', ['DE'], numberOnly, 'unknown', null, 'nobody knows the country of 203.0.113.7'],
    ['of nobody knows whom', ['DE'], nameless, 'unknown', null, 'nobody knows the country of 203.0.113.7'],
    ['of a private address', ['DE'], seen('10.0.0.1'), 'unknown', null, '10.0.0.1 is a private address, which has no country'],
    ['of no address', ['DE'], silence, 'unknown', null, nothing],
  ])('%s', (_what, wanted, given, status, value, reason) =>
    expect(countryIncludes(wanted, given)).toEqual({ status, measured: value, reason }),
  );
});

describe('an address of which nobody knows whose it is', () => {
  it('passes and fails nothing about networks', () => {
    const address = fc.constantFrom('203.0.113.7', '2001:db8::7', '10.0.0.1', '100.64.0.1');
    const organisations = fc.array(fc.constantFrom('AS1', 'Telco', 'telco.example'), { minLength: 1 });
    fc.assert(
      fc.property(address, organisations, (seenAs, listed) => {
        for (const judge of [orgIncludes, orgExcludes, countryIncludes]) {
          expect(judge(listed, seen(seenAs)).status).toBe('unknown');
        }
      }),
    );
  });
});
