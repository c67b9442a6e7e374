// Requests that are refused, in the exact words their asker reads.
import { describe, expect, it } from 'vitest';
import { expectationsByKind } from '../../../../shared/expectation.ts';
import { type Kind, kinds, oneOf, requestSchemas } from '../../../../shared/request.ts';
import { wordsOf } from './reading.ts';

const target = '192.0.2.1';

// prettier-ignore
const refused: [kind: Kind, body: object, words: string][] = [
  ['ping', {}, 'target: is missing; it must be a text'],
  ['ping', { target: '' }, 'target: must have at least 1 character; target: must be an address or a host name, not ""'],
  ['ping', { target: null }, 'target: must be a text, not null'],
  ['ping', { target: '256.1.1.1' }, 'target: must be an address or a host name, not "256.1.1.1"'],
  ['ping', { target: '127.1' }, 'target: must be an address or a host name, not "127.1"'],
  ['ping', { target: '0x7f.1' }, 'target: must be an address or a host name, not "0x7f.1"'],
  ['ping', { target: 'fe80::1%eth0' }, 'target: must be an address or a host name, not "fe80::1%eth0"'],
  ['ping', { target: 'https://one.example' }, 'target: must be an address or a host name, not "https://one.example"'],
  ['ping', { target: 'https://me:s3cret@one.example/' }, 'target: must be an address or a host name, not "https://…@one.example/"'],
  ['ping', { target: 'me:s3/cret@one.example' }, 'target: must be an address or a host name, not "…@one.example"'],
  ['ping', { target: `${'a'.repeat(62)} ` }, `target: must be an address or a host name, not "${'a'.repeat(56)}…`],
  ['ping', { target: '-I' }, 'target: must be an address or a host name, not "-I"'],
  ['ping', { target, targt: 'x' }, 'unknown key "targt"; did you mean target?'],
  ['ping', { target, timeout: 5 }, 'unknown key "timeout"; did you mean timeoutMs?'],
  ['ping', { target, packet_size: 5 }, 'unknown key "packet_size"'],
  ['ping', { target, family: 5 }, 'family: must be 4, 6 or "auto"'],
  ['ping', { target, family: '4' }, 'family: must be 4, 6 or "auto"'],
  ['ping', { target, force: 'true' }, 'force: must be true or false, not "true"'],
  ['ping', { target, via: 'eth 1' }, 'via: must be an uplink, an interface or a local address'],
  ['ping', { target, via: '-I' }, 'via: must be an uplink, an interface or a local address'],
  ['ping', { target, via: '../eth0' }, 'via: must be an uplink, an interface or a local address'],
  ['ping', { target, via: '192.168.2.300' }, 'via: must be an uplink, an interface or a local address; "192.168.2.300" is no address'],
  ['ping', { target, via: '192.168.2' }, 'via: must be an uplink, an interface or a local address; "192.168.2" is no address'],
  ['ping', { target, via: '192.168.2.10.' }, 'via: must be an uplink, an interface or a local address; "192.168.2.10." is no address'],
  ['ping', { target, via: '2001:db8:::1' }, 'via: must be an uplink, an interface or a local address; "2001:db8:::1" is no address'],
  ['ping', { target, via: 'fe80::1%eth0' }, 'via: must be an uplink, an interface or a local address; "fe80::1%eth0" is no address'],
  ['ping', { target, replyTo: 7 }, 'replyTo: must be a text, not 7'],
  ['ping', { target, replyTo: '' }, 'replyTo: must have at least 1 character'],
  ['ping', { target, expect: 10 }, 'expect: must be a set of keys and values, not 10'],
  ['ping', { target, expect: null }, 'expect: must be a set of keys and values, not null'],
  ['ping', { target, expect: { minLatency: 10 } }, 'expect: unknown key "minLatency"; did you mean minLatencyMs?'],
  ['ping', { target, expect: { minLatencyMs: '10' } }, 'expect.minLatencyMs: must be a number, not "10"'],
  ['ping', { target, expect: { minLatencyMs: 20, maxLatencyMs: 10 } }, 'expect.maxLatencyMs: must be at least minLatencyMs (20), not 10'],
  ['ping', { target, expect: { routeIncludes: ['10.0.0.1'] } }, "expect: a ping can't judge routeIncludes (traceroute can)"],
  ['ping', { target, expect: { orgIncludes: ['AS1'] } }, "expect: a ping can't judge orgIncludes (traceroute, egress can)"],
  ['ping', { target, expect: { rcode: 'NOERROR', minHop: 1 } }, 'expect: a ping can\'t judge rcode (dns can); unknown key "minHop"'],
  ['ping', { target, count: 0, timeoutMs: 99 }, 'timeoutMs: must be at least 100, not 99; count: must be at least 1, not 0'],
  ['egress', { expect: { statusCodes: [200] } }, "expect: an egress can't judge statusCodes (http can)"],
  ['http', { target: 'https://one.example/', expect: { rcode: 'NOERROR' } }, "expect: an http can't judge rcode (dns can)"],
  ['traceroute', { target, expect: { minHops: 3, maxHops: 2 } }, 'expect.maxHops: must be at least minHops (3), not 2'],
  ['traceroute', { target, expect: { routeIncludes: ['10.0.0.0/33'] } }, 'expect.routeIncludes.0: must be an address or a network in CIDR notation, not "10.0.0.0/33"'],
  ['traceroute', { target, expect: { routeExcludes: ['10.0.0.1', 'gateway'] } }, 'expect.routeExcludes.1: must be an address or a network in CIDR notation, not "gateway"'],
  ['traceroute', { target, expect: { routeIncludes: '10.0.0.1' } }, 'expect.routeIncludes: must be a list, not "10.0.0.1"'],
  ['traceroute', { target, expect: { orgIncludes: ['  '] } }, 'expect.orgIncludes.0: must have at least 1 character'],
  ['traceroute', { target, expect: { orgExcludes: ['x'.repeat(201)] } }, 'expect.orgExcludes.0: must have at most 200 characters'],
  ['traceroute', { target, expect: { countriesExclude: ['DEU'] } }, 'expect.countriesExclude.0: must be a two-letter country code (ISO 3166-1), not "DEU"'],
  ['traceroute', { target, expect: { maxHop: 2 } }, 'expect: unknown key "maxHop"; did you mean maxHops?'],
  ['dns', { target }, 'name: is missing; it must be a text'],
  ['dns', { target, name: 'a..b' }, 'name: must be a name, not "a..b"'],
  ['dns', { target: '8.8.8.8:53', name: 'x.test' }, 'target: must be an address or a host name, not "8.8.8.8:53"'],
  ['dns', { target, name: '1.1.1.1' }, 'name: must be a name, not the address 1.1.1.1; recordType PTR asks for the name of an address'],
  ['dns', { target, name: '2001:DB8::1', recordType: 'TXT' }, 'name: must be a name, not the address 2001:db8::1; recordType PTR asks for the name of an address'],
  ['dns', { target, name: '256.1.1.1', recordType: 'PTR' }, 'name: must be a name, not "256.1.1.1"'],
  ['dns', { target, name: '*' }, 'name: must be a name, not "*"'],
  ['dns', { target, name: '*.1.1.1.1' }, 'name: must be a name, not "*.1.1.1.1"'],
  ['dns', { target, name: 'x.*.test' }, 'name: must be a name, not "x.*.test"'],
  ['dns', { target, name: 'https://me:s3cret@one.example' }, 'name: must be a name, not "https://…@one.example"'],
  ['dns', { target, name: 'x.test', recordType: 'ANY' }, 'recordType: must be one of "A", "AAAA", "CNAME", "MX", "NS", "PTR", "SOA", "SRV", "TXT", not "ANY"'],
  ['dns', { target, name: 'x.test', count: 3 }, 'unknown key "count"'],
  ['http', { target: 'one.example' }, 'target: must be a URL'],
  ['http', { target: 'ftp://one.example/' }, 'target: must begin with http: or https:, not ftp:'],
  ['http', { target: 'https://me:s3cret@one.example/' }, 'target: must not hold a user name or a password'],
  ['http', { target: 'file:///etc/passwd' }, 'target: must begin with http: or https:, not file:'],
  ['http', { target: 'gopher://one.example/' }, 'target: must begin with http: or https:, not gopher:'],
  ['http', { target: 'https://%6de:s3cret@one.example/' }, 'target: must not hold a user name or a password'],
  ['http', { target: 'http:\\\\me:s3cret@one.example' }, 'target: must not hold a user name or a password'],
  ['http', { target: 'https://me:s3cret@/' }, 'target: must be a URL'],
  ['http', { target: 'https://' }, 'target: must be a URL'],
  ['http', { target: 'https://256.1.1.1/' }, 'target: must have an address or a host name'],
  ['http', { target: 'https://one.example:65536/' }, 'target: must have a port from 1 to 65535'],
  ['http', { target: 'https://one.example:0/' }, 'target: must not have the port 0'],
  ['http', { target: 'https://one..example/' }, 'target: must have an address or a host name'],
  ['http', { target: 'http://me:s3cret@[1::2::3]:80/' }, 'target: must have an address or a host name'],
  ['http', { target: 'http://me:s3cret@one.example:s3cret/' }, 'target: must have a port from 1 to 65535'],
  ['http', { target: '' }, 'target: must be a URL'],
  ['http', { target: 7 }, 'target: must be a text, not 7'],
  ['http', { target: 'https://one.example/', method: 'POST' }, 'method: must be one of "GET", "HEAD", not "POST"'],
  ['http', { target: 'https://one.example/', expect: { statusCodes: ['2xx'] } }, 'expect.statusCodes.0: must be a status code or a range such as 200-299'],
  ['http', { target: 'https://one.example/', expect: { statusCodes: [99] } }, 'expect.statusCodes.0: must be at least 100, not 99'],
  ['egress', { target: 'one.example' }, 'target: must be stun:HOST:PORT or an http(s) URL'],
  ['egress', { target: 'stun:one.example' }, 'target: must be stun:HOST:PORT'],
  ['egress', { target: 'stun:one.example:0' }, 'target: must be stun:HOST:PORT'],
  ['egress', { target: 'stun:one.example:65536' }, 'target: must be stun:HOST:PORT'],
  ['egress', { target: 'stun:2001:db8::1:3478' }, 'target: must be stun:HOST:PORT'],
  ['egress', { target: 'stun:me:s3cret@one.example:3478' }, 'target: must be stun:HOST:PORT'],
  ['egress', { target: 'stun:0x7f.1:3478' }, 'target: must be stun:HOST:PORT'],
  ['egress', { target: 'file:///etc/passwd' }, 'target: must be stun:HOST:PORT or an http(s) URL'],
  ['egress', { target: 'https://256.1.1.1/' }, 'target: must have an address or a host name'],
  ['egress', { target: 'http://one.example:99999/a?b' }, 'target: must have a port from 1 to 65535'],
  ['egress', { target: 'https://one.example:0/' }, 'target: must not have the port 0'],
  ['egress', { target: 'stun:256.1.1.1:3478' }, 'target: must be stun:HOST:PORT'],
  ['egress', { target: 'https://me:s3cret@one.example/' }, 'target: must not hold a user name or a password'],
  ['egress', { expect: { addressIncludes: ['home'] } }, 'expect.addressIncludes.0: must be an address or a network in CIDR notation, not "home"'],
];

describe('a request is refused', () => {
  it.each(refused)('%s %j: %s', (kind, body, words) => expect(wordsOf(kind, body)).toBe(words));

  it('with keys that every object has', () => {
    const body = Object.fromEntries(
      Object.entries({ target }).concat([
        ['__proto__', 'x'],
        ['constructor', 'y'],
      ]),
    );
    expect(wordsOf('ping', body)).toBe('unknown key "__proto__"; unknown key "constructor"');
  });

  it.each(kinds)('as a %s with any condition of another kind, by name', (kind) => {
    for (const other of kinds) {
      for (const name of expectationsByKind[other]) {
        if (expectationsByKind[kind].includes(name)) continue;
        const words = wordsOf(kind, { target, name: 'x.test', expect: { [name]: 1 } });
        expect(words).toContain(`${oneOf(kind)} can't judge ${name} (`);
      }
    }
  });

  it.each(kinds)('as a %s with a key it does not have', (kind) => {
    expect(Object.keys(requestSchemas[kind].shape)).not.toContain('ttl');
    expect(wordsOf(kind, { ttl: 3 })).toContain('unknown key "ttl"');
  });
});
