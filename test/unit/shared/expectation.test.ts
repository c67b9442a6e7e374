// The other kinds' requests and conditions at their limits: what is taken, and what just is not.
import { describe, expect, it } from 'vitest';
import type { Kind } from '../../../shared/request.ts';
import { wordsOf } from './request/reading.ts';

const bases: Record<Kind, object> = {
  ping: { target: '192.0.2.1' },
  traceroute: { target: '192.0.2.1' },
  dns: { target: '192.0.2.53', name: 'one.example' },
  http: { target: 'https://one.example/' },
  egress: {},
};
const told = (kind: Kind, body: object): string => wordsOf(kind, { ...bases[kind], ...body });

describe('what is taken', () => {
  // prettier-ignore
  it.each<[kind: Kind, body: object]>([
    ['ping', { family: 4 }],
    ['ping', { family: 6 }],
    ['ping', { family: 'auto' }],
    ['ping', { expect: { minLatencyMs: 10, maxLatencyMs: 10 } }],
    ['traceroute', { expect: { minHops: 3, maxHops: 3 } }],
    ['dns', { expect: { minAnswers: 0 } }],
    ['dns', { expect: { minAnswers: 100 } }],
    ['dns', { recordType: 'TXT', expect: { rcode: 'NXDOMAIN', answerIncludes: ['192.0.2.1'] } }],
    ['http', { expect: { statusCodes: [100, 599, '100', '599', '100-599'] } }],
    ['http', { expect: { certificateDaysLeft: 0 } }],
    ['http', { expect: { certificateDaysLeft: 3650 } }],
    ['http', { method: 'HEAD', expect: { bodyIncludes: ['x'], bodyExcludes: ['y'], redirectsTo: 'https://two.example/' } }],
    ['http', { expect: { statusCodes: ['200-200'] } }],
    ['http', { expect: { redirectsTo: 'https:' } }],
    ['http', { expect: { redirectsTo: 'HTTP://portal.example/a@b' } }],
    ['http', { method: 'head' }],
    ['dns', { recordType: 'aaaa', expect: { rcode: 'nxdomain' } }],
    ['http', { target: 'http://[2001:db8::1]:8080/a?b=c#d' }],
    ['egress', { target: 'stun:one.example:1' }],
    ['egress', { target: 'stun:192.0.2.1:65535' }],
    ['egress', { target: 'stun:[2001:db8::1]:3478' }],
    ['egress', { target: 'https://one.example/ip' }],
    ['egress', { expect: { addressIncludes: ['192.0.2.1', '198.51.100.0/24', '2001:db8::/32'], countryIncludes: ['de'] } }],
  ])('%s %j', (kind, body) => expect(told(kind, body)).toBe(''));
});

describe('what is not', () => {
  const beginning = 'must be the beginning of an http(s) URL, without a user name or a password';

  // prettier-ignore
  it.each<[kind: Kind, body: object, words: string]>([
    ['dns', { expect: { minAnswers: -1 } }, 'expect.minAnswers: must be at least 0, not -1'],
    ['dns', { expect: { minAnswers: 101 } }, 'expect.minAnswers: must be at most 100, not 101'],
    ['dns', { expect: { minLatencyMs: 2, maxLatencyMs: 1 } }, 'expect.maxLatencyMs: must be at least minLatencyMs (2), not 1'],
    ['http', { expect: { certificateDaysLeft: 3651 } }, 'expect.certificateDaysLeft: must be at most 3650, not 3651'],
    ['http', { expect: { statusCodes: [600] } }, 'expect.statusCodes.0: must be at most 599, not 600'],
    ['http', { expect: { statusCodes: ['099'] } }, 'expect.statusCodes.0: must be a status code or a range such as 200-299'],
    ['http', { expect: { statusCodes: ['600'] } }, 'expect.statusCodes.0: must be a status code or a range such as 200-299'],
    ['http', { expect: { statusCodes: ['200-600'] } }, 'expect.statusCodes.0: must be a status code or a range such as 200-299'],
    ['http', { target: 'https://me@one.example/' }, 'target: must not hold a user name or a password'],
    ['http', { target: 'https://:s3cret@one.example/' }, 'target: must not hold a user name or a password'],
    ['egress', { target: 'stun:one.example:123456' }, 'target: must be stun:HOST:PORT'],
    ['egress', { target: `https://x/${'y'.repeat(2039)}` }, 'target: must have at most 2048 characters'],
    ['egress', { expect: { addressExcludes: ['192.0.2.0/33'] } }, 'expect.addressExcludes.0: must be an address or a network in CIDR notation, not "192.0.2.0/33"'],
    ['http', { expect: { statusCodes: ['299-200'] } }, 'expect.statusCodes.0: must not end below its beginning'],
    ['http', { expect: { redirectsTo: '/login' } }, `expect.redirectsTo: ${beginning}`],
    ['http', { expect: { redirectsTo: 'portal.example' } }, `expect.redirectsTo: ${beginning}`],
    ['http', { expect: { redirectsTo: 'ftp://portal.example' } }, `expect.redirectsTo: ${beginning}`],
    ['http', { expect: { redirectsTo: 'https://me:s3cret@portal.example/' } }, `expect.redirectsTo: ${beginning}`],
    ['http', { expect: { redirectsTo: 'https:\\\\portal.example' } }, `expect.redirectsTo: ${beginning}`],
    ['http', { method: 'post' }, 'method: must be one of "GET", "HEAD", not "POST"'],
    ['dns', { expect: { rcode: 'nodata' } }, 'expect.rcode: must be one of "NOERROR", "FORMERR", "SERVFAIL", "NXDOMAIN", "NOTIMP", "REFUSED", not "NODATA"'],
    ['dns', { expect: { rcode: 3 } }, 'expect.rcode: must be one of "NOERROR", "FORMERR", "SERVFAIL", "NXDOMAIN", "NOTIMP", "REFUSED", not 3'],
  ])('%s %j: %s', (kind, body, words) => expect(told(kind, body)).toBe(words));
});
