// The HTTP entrance's reading, row by row: what is asked, and the body or the exact words that come of it.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { expectationsByKind } from '../../../shared/expectation.ts';
import { fields } from '../../../shared/headers.ts';
import { type HttpReading, readHttpRequest } from '../../../shared/headers/read.ts';
import { sayProblems } from '../../../shared/issues.ts';
import { type Kind, kinds, parseRequest, requestSchemas } from '../../../shared/request.ts';

const own = { port: 8080, names: ['pi', 'PathProof-1', '192.168.0.10', '2001:db8::10', 'box.example.org'] };

/** `lines` as in a request: one header each. */
function read(kind: Kind, lines: readonly string[], query = ''): HttpReading {
  const headers = lines.map((line): [string, string] => {
    const colon = line.indexOf(':');
    return [line.slice(0, colon), line.slice(colon + 1).trim()];
  });
  return readHttpRequest(kind, { headers, query }, own);
}

function bodyOf(kind: Kind, lines: readonly string[], query = ''): unknown {
  const reading = read(kind, lines, query);
  expect(reading.ok ? '' : sayProblems(reading.problems)).toBe('');
  return reading.body;
}

function wordsOf(kind: Kind, lines: readonly string[], query = ''): string {
  const reading = read(kind, lines, query);
  return reading.ok ? 'nothing is wrong' : sayProblems(reading.problems);
}

const latin1 = (text: string): string => Buffer.from(text, 'utf8').toString('latin1');
const host = 'Host: 192.0.2.1';

describe('the table', () => {
  it('has every field of every kind but replyTo, each once', () => {
    const requests = kinds.flatMap((kind) => Object.keys(requestSchemas[kind].shape));
    const expectations = kinds.flatMap((kind) => expectationsByKind[kind]);
    const containers = ['kind', 'expect', 'replyTo'];
    const contract = [...new Set([...requests, ...expectations])].filter(
      (name) => !containers.includes(name),
    );
    expect(fields.map(({ name }) => name).sort()).toEqual(contract.sort());
  });

  it('has no name for two things', () => {
    const words = fields.flatMap(({ name, header }) => [
      ...new Set([name.toLowerCase(), header?.toLowerCase()]),
    ]);
    const given = words.filter((word) => word !== undefined);
    expect(new Set(given).size).toBe(given.length);
  });
});

// prettier-ignore
const readable: [what: string, kind: Kind, lines: string[], query: string, body: object][] = [
  ['Host as target', 'ping', [host], '', { target: '192.0.2.1', expect: {} }],
  ['Host without its port', 'ping', ['Host: WWW.Example.COM:8443'], '', { target: 'www.example.com', expect: {} }],
  ['Host with an empty port', 'ping', ['Host: example.com:'], '', { target: 'example.com', expect: {} }],
  ['Host as a bare IPv6 address', 'ping', ['Host: 2001:DB8::1'], '', { target: '2001:db8::1', expect: {} }],
  ['Host in brackets', 'ping', ['host: [2001:db8::1]'], '', { target: '2001:db8::1', expect: {} }],
  ['Host in brackets with a port', 'ping', ['Host: [2001:db8::1]:443'], '', { target: '2001:db8::1', expect: {} }],
  ['Host with spaces around', 'ping', ['Host: \t 192.0.2.1 \t'], '', { target: '192.0.2.1', expect: {} }],
  ['Host in latin-1', 'ping', ['Host: bücher.example'], '', { target: 'xn--bcher-kva.example', expect: {} }],
  ['Target before Host', 'ping', [host, 'Target: 192.0.2.2'], '', { target: '192.0.2.2', expect: {} }],
  ['the query before both', 'ping', [host, 'Target: x.test'], 'target=192.0.2.3', { target: '192.0.2.3', expect: {} }],
  ['Target beside an unreadable Host', 'ping', ['Host: https://x/y', 'Target: x.test'], '', { target: 'x.test', expect: {} }],
  ['this machine by Target', 'ping', ['Host: 127.0.0.1:8080', 'Target: 127.0.0.1'], '', { target: '127.0.0.1', expect: {} }],
  ['this machine by the query', 'ping', ['Host: localhost:8080'], 'target=127.0.0.1', { target: '127.0.0.1', expect: {} }],
  ['Host is nothing to dns', 'dns', ['Host: 10.0.0.1:8080'], 'target=192.0.2.53&name=example.org', { target: '192.0.2.53', name: 'example.org', expect: {} }],
  ['Host is nothing to http', 'http', ['Host: pi:8080', 'Target: https://example.org/a?b=c'], '', { target: 'https://example.org/a?b=c', expect: {} }],
  ['egress needs no target', 'egress', ['Host: pi:8080'], '', { expect: {} }],
  ['names of headers in any case', 'ping', [host, 'SOURCE: eth1', 'minlatencyms: 10'], '', { target: '192.0.2.1', via: 'eth1', expect: { minLatencyMs: 10 } }],
  ['the query before a header, unread', 'ping', [host, 'MinLatencyMs: abc'], 'minLatencyMs=10.5', { target: '192.0.2.1', expect: { minLatencyMs: 10.5 } }],
  ['family as a number', 'ping', [host, 'Family: 6'], '', { target: '192.0.2.1', family: 6, expect: {} }],
  ['family as a word', 'ping', [host], 'family=auto', { target: '192.0.2.1', family: 'auto', expect: {} }],
  ['force', 'ping', [host], 'force=true', { target: '192.0.2.1', force: true, expect: {} }],
  ['a list with spaces', 'traceroute', [host, 'RouteIncludeCsv: 192.0.2.1 , 198.51.100.0/24'], '', { target: '192.0.2.1', expect: { routeIncludes: ['192.0.2.1', '198.51.100.0/24'] } }],
  ['a list over two lines', 'traceroute', [host, 'HopsMustIncludeOrg: AS1', 'HopsMustIncludeOrg: AS2, AS3'], '', { target: '192.0.2.1', expect: { orgIncludes: ['AS1', 'AS2', 'AS3'] } }],
  ['a parameter twice as a list', 'traceroute', [host], 'routeExcludes=192.0.2.1&routeExcludes=192.0.2.2,192.0.2.3', { target: '192.0.2.1', expect: { routeExcludes: ['192.0.2.1', '192.0.2.2', '192.0.2.3'] } }],
  ['an element in double quotes', 'traceroute', [host, 'HopsMustIncludeOrg: "Example, Inc." , AS2'], '', { target: '192.0.2.1', expect: { orgIncludes: ['Example, Inc.', 'AS2'] } }],
  ['a % in double quotes', 'traceroute', [host, 'HopsMustExcludeOrg: "100% Net"'], '', { target: '192.0.2.1', expect: { orgExcludes: ['100% Net'] } }],
  ['a quoted null', 'traceroute', [host, 'HopsMustExcludeOrg: "null"'], '', { target: '192.0.2.1', expect: { orgExcludes: ['null'] } }],
  ['a percent-encoded element', 'traceroute', [host, 'HopsMustIncludeOrg: Example%2C%20Inc., %E6%97%A5%E6%9C%AC'], '', { target: '192.0.2.1', expect: { orgIncludes: ['Example, Inc.', '日本'] } }],
  ['an organisation in latin-1', 'traceroute', [host, 'HopsMustIncludeOrg: Müller Netz'], '', { target: '192.0.2.1', expect: { orgIncludes: ['Müller Netz'] } }],
  ['an organisation in UTF-8', 'traceroute', [host, `HopsMustIncludeOrg: ${latin1('Müller 日本')}`], '', { target: '192.0.2.1', expect: { orgIncludes: ['Müller 日本'] } }],
  ['quotes and spaces in the query', 'traceroute', [host], 'orgIncludes=%22Example,+Inc.%22,%20AS2', { target: '192.0.2.1', expect: { orgIncludes: ['Example, Inc.', 'AS2'] } }],
  ['commas encoded by a client', 'traceroute', [host], 'routeIncludes=192.0.2.1%2C192.0.2.2', { target: '192.0.2.1', expect: { routeIncludes: ['192.0.2.1', '192.0.2.2'] } }],
  ['status codes', 'http', [], 'target=http://x.test/&statusCodes=200-299,404', { target: 'http://x.test/', expect: { statusCodes: ['200-299', '404'] } }],
  ['empty pairs of a query', 'ping', [host], '&&count=5&', { target: '192.0.2.1', count: 5, expect: {} }],
  ["others' parameters", 'ping', [host], 'uptime_kuma_cachebuster=0.7&_=1&cachebuster=%zz&nocache', { target: '192.0.2.1', expect: {} }],
  ['a byte outside ASCII in another header', 'ping', [host, 'X-Note: \u00ff\u00fe'], '', { target: '192.0.2.1', expect: {} }],
  ["a proxy's Via", 'ping', [host, 'Via: 1.1 proxy.example'], '', { target: '192.0.2.1', expect: {} }],
  ['every parameter of a ping', 'ping', [], 'id=a-1&target=x.test&via=lte&family=4&count=5&intervalMs=100&packetBytes=100&waitMs=500&timeoutMs=5000&force=false&minLatencyMs=1&maxLatencyMs=100&maxLossPercent=0&maxJitterMs=20', { id: 'a-1', target: 'x.test', via: 'lte', family: 4, count: 5, intervalMs: 100, packetBytes: 100, waitMs: 500, timeoutMs: 5000, force: false, expect: { minLatencyMs: 1, maxLatencyMs: 100, maxLossPercent: 0, maxJitterMs: 20 }}],
  ['every header of a traceroute', 'traceroute', [host, 'Source: eth1', 'Family: 4', 'Count: 3', 'IntervalMs: 50', 'TimeoutMs: 8000', 'MinLatencyMs: 5', 'MaxLatencyMs: 90', 'MaxLossPercent: 33.4', 'MaxJitterMs: 9', 'MinHops: 2', 'MaxHops: 20', 'RouteIncludeCsv: 192.0.2.1', 'RouteExcludeCsv: 192.0.2.9', 'HopsMustIncludeOrg: AS1', 'HopsMustExcludeOrg: AS2'], '', { target: '192.0.2.1', via: 'eth1', family: 4, count: 3, intervalMs: 50, timeoutMs: 8000, expect: { minLatencyMs: 5, maxLatencyMs: 90, maxLossPercent: 33.4, maxJitterMs: 9, minHops: 2, maxHops: 20, routeIncludes: ['192.0.2.1'], routeExcludes: ['192.0.2.9'], orgIncludes: ['AS1'], orgExcludes: ['AS2']}}],
  ['every parameter of a dns', 'dns', [], 'id=a-1&target=192.0.2.53&name=x.test&recordType=aaaa&via=lte&family=4&timeoutMs=5000&force=false&minLatencyMs=1&maxLatencyMs=100&answerIncludes=2001:db8::/32,%22v=a,b%22&rcode=NoError&minAnswers=2', { id: 'a-1', target: '192.0.2.53', name: 'x.test', recordType: 'aaaa', via: 'lte', family: 4, timeoutMs: 5000, force: false, expect: { minLatencyMs: 1, maxLatencyMs: 100, answerIncludes: ['2001:db8::/32', 'v=a,b'], rcode: 'NoError', minAnswers: 2 }}],
  ['every header of a dns', 'dns', ['Host: pi:8080', 'Target: 192.0.2.53', 'Source: eth1', 'Family: 6', 'TimeoutMs: 8000', 'MinLatencyMs: 5', 'MaxLatencyMs: 90'], 'name=x.test', { target: '192.0.2.53', name: 'x.test', via: 'eth1', family: 6, timeoutMs: 8000, expect: { minLatencyMs: 5, maxLatencyMs: 90 }}],
  ['every parameter of an http', 'http', [], 'id=a-1&target=https%3A%2F%2Fx.test%2Fa%3Fb%3Dc%26d&method=head&via=lte&family=6&timeoutMs=5000&force=false&minLatencyMs=1&maxLatencyMs=100&statusCodes=204,300-399&bodyIncludes=all+is+well,%22a,b%22&bodyExcludes=100%2525&certificateDaysLeft=14&redirectsTo=https://portal.example/', { id: 'a-1', target: 'https://x.test/a?b=c&d', method: 'head', via: 'lte', family: 6, timeoutMs: 5000, force: false, expect: { minLatencyMs: 1, maxLatencyMs: 100, statusCodes: ['204', '300-399'], bodyIncludes: ['all is well', 'a,b'], bodyExcludes: ['100%'], certificateDaysLeft: 14, redirectsTo: 'https://portal.example/' }}],
  ['every header of an egress', 'egress', ['Host: pi:8080', 'Target: stun:x.test:3478', 'Source: eth1', 'Family: 4', 'TimeoutMs: 8000', 'MinLatencyMs: 5', 'MaxLatencyMs: 90', 'HopsMustIncludeOrg: AS1', 'HopsMustExcludeOrg: AS2'], '', { target: 'stun:x.test:3478', via: 'eth1', family: 4, timeoutMs: 8000, expect: { minLatencyMs: 5, maxLatencyMs: 90, orgIncludes: ['AS1'], orgExcludes: ['AS2'] }}],
  ['every parameter of an egress', 'egress', [], 'id=a-1&target=stun:stun.example.org:3478&via=lte&family=4&timeoutMs=5000&force=false&minLatencyMs=1&maxLatencyMs=100&addressIncludes=192.0.2.0/24&addressExcludes=192.0.2.9&orgIncludes=AS1&orgExcludes=AS2&countryIncludes=DE,AT', { id: 'a-1', target: 'stun:stun.example.org:3478', via: 'lte', family: 4, timeoutMs: 5000, force: false, expect: { minLatencyMs: 1, maxLatencyMs: 100, addressIncludes: ['192.0.2.0/24'], addressExcludes: ['192.0.2.9'], orgIncludes: ['AS1'], orgExcludes: ['AS2'], countryIncludes: ['DE', 'AT']}}],
];

describe('what is read', () => {
  it.each(readable)('%s', (_what, kind, lines, query, body) => {
    expect(bodyOf(kind, lines, query)).toEqual(body);
    expect(parseRequest(kind, body).ok).toBe(true);
  });
});

const thisBridge = (text: string): string =>
  `Host: names this bridge itself ("${text}"), so no target was given; if this machine is really meant, use the header Target or ?target=`;

// prettier-ignore
const refused: [kind: Kind, lines: string[], query: string, words: string][] = [
  // Numbers and what Uptime Kuma makes of JSON's other values.
  ['ping', [host, 'MinLatencyMs: abc'], '', 'MinLatencyMs: must be a number, not "abc"'],
  ['ping', [host, 'minlatencyms: 10ms'], '', 'minlatencyms: must be a number, not "10ms"'],
  ['ping', [host, 'MinLatencyMs: null'], '', 'MinLatencyMs: must be a number, not "null"'],
  ['ping', [host, 'MinLatencyMs: NaN'], '', 'MinLatencyMs: must be a number, not "NaN"'],
  ['ping', [host, 'MinLatencyMs: undefined'], '', 'MinLatencyMs: must be a number, not "undefined"'],
  ['ping', [host, 'MinLatencyMs: true'], '', 'MinLatencyMs: must be a number, not "true"'],
  ['ping', [host, 'MinLatencyMs: 1e3'], '', 'MinLatencyMs: must be a number, not "1e3"'],
  ['ping', [host, 'MinLatencyMs: 0x10'], '', 'MinLatencyMs: must be a number, not "0x10"'],
  ['ping', [host, 'MinLatencyMs: +5'], '', 'MinLatencyMs: must be a number, not "+5"'],
  ['ping', [host, 'MinLatencyMs: .5'], '', 'MinLatencyMs: must be a number, not ".5"'],
  ['ping', [host, 'MinLatencyMs: 1,5'], '', 'MinLatencyMs: must be a number, not "1,5"'],
  ['ping', [host, 'MinLatencyMs: 1 000'], '', 'MinLatencyMs: must be a number, not "1 000"'],
  ['ping', [host, 'MinLatencyMs: ١٠'], '', 'MinLatencyMs: must be a number, not "١٠"'],
  ['ping', [host, 'MinLatencyMs: Infinity'], '', 'MinLatencyMs: must be a number, not "Infinity"'],
  ['ping', [host, `MinLatencyMs: ${'9'.repeat(400)}`], '', `MinLatencyMs: must be a number, not "${'9'.repeat(57)}…"`],
  ['ping', [host, 'MinLatencyMs: -1'], '', 'MinLatencyMs: must be at least 0, not -1'],
  ['ping', [host, 'Count: 0'], '', 'Count: must be at least 1, not 0'],
  ['ping', [host, 'Count: 2.5'], '', 'Count: must be a whole number, not 2.5'],
  ['ping', [host], 'count=101', 'count: must be at most 100, not 101'],
  ['ping', [host], 'timeoutMs=60001', 'timeoutMs: must be at most 60000, not 60001'],
  ['ping', [host, 'MaxLossPercent: 101'], '', 'MaxLossPercent: must be at most 100, not 101'],
  ['ping', [host, 'MinLatencyMs: 10', 'maxlatencyms: 5'], '', 'maxlatencyms: must be at least MinLatencyMs (10), not 5'],
  ['ping', [host, 'MinLatencyMs: 10'], 'maxLatencyMs=5', 'maxLatencyMs: must be at least MinLatencyMs (10), not 5'],
  ['ping', [host, 'Family: 5'], '', 'Family: must be 4, 6 or "auto"'],
  ['ping', [host], 'force=1', 'force: must be true or false, not "1"'],

  // Present, but empty.
  ['ping', [host, 'MinLatencyMs:'], '', 'MinLatencyMs: is empty; give it a value or leave it out'],
  ['ping', [host, 'MinLatencyMs: \t '], '', 'MinLatencyMs: is empty; give it a value or leave it out'],
  ['ping', [host], 'minLatencyMs=', 'minLatencyMs: is empty; give it a value or leave it out'],
  ['ping', [host], 'minLatencyMs', 'minLatencyMs: is empty; give it a value or leave it out'],
  ['ping', [host, 'Source:'], '', 'Source: is empty; give it a value or leave it out'],
  ['ping', [host, 'Target:'], '', 'Target: is empty; give it a value or leave it out'],
  ['traceroute', [host], 'orgIncludes=', 'orgIncludes: is empty; give it a value or leave it out'],
  ['traceroute', [host, 'HopsMustIncludeOrg:'], '', 'HopsMustIncludeOrg: is empty; give it a value or leave it out (characters beyond Latin-1 get lost on the way, so percent-encode them)'],
  ['ping', [host, 'Source: null'], '', 'Source: must be a value, not "null"; leave it out to ask for none'],
  ['ping', [host], 'via=undefined', 'via: must be a value, not "undefined"; leave it out to ask for none'],

  // Given twice.
  ['ping', ['Host: 192.0.2.1', 'host: 192.0.2.2'], '', 'Host: is given 2 times'],
  ['ping', ['Host: 192.0.2.1', 'Host: 192.0.2.1'], 'target=x.test', 'Host: is given 2 times'],
  ['ping', [host, 'MinLatencyMs: 1', 'MINLATENCYMS: 2'], '', 'MinLatencyMs: is given 2 times'],
  ['ping', [host], 'count=1&count=1&count=1', 'count: is given 3 times'],

  // Lists.
  ['traceroute', [host, 'RouteIncludeCsv: 192.0.2.1,,192.0.2.2'], '', 'RouteIncludeCsv: has an empty element: "192.0.2.1,,192.0.2.2"'],
  ['traceroute', [host, 'RouteIncludeCsv: 192.0.2.1,'], '', 'RouteIncludeCsv: has an empty element: "192.0.2.1,"'],
  ['traceroute', [host, 'RouteIncludeCsv: ,'], '', 'RouteIncludeCsv: has an empty element: ","'],
  ['traceroute', [host, 'HopsMustIncludeOrg: ""'], '', 'HopsMustIncludeOrg: has an empty element: "\\"\\""'],
  ['traceroute', [host, 'HopsMustIncludeOrg: AS1, %20'], '', 'HopsMustIncludeOrg: has an empty element: "AS1, %20"'],
  ['traceroute', [host, 'HopsMustIncludeOrg: null'], '', 'HopsMustIncludeOrg: has the element "null"'],
  ['traceroute', [host, 'HopsMustIncludeOrg: "Example, Inc.'], '', 'HopsMustIncludeOrg: has a double quote that does not end at a comma: "\\"Example, Inc."'],
  ['traceroute', [host, 'HopsMustIncludeOrg: "Example" Inc'], '', 'HopsMustIncludeOrg: has a double quote that does not end at a comma: "\\"Example\\" Inc"'],
  ['traceroute', [host, 'HopsMustIncludeOrg: The "Net"'], '', 'HopsMustIncludeOrg: has a double quote within an element: "The \\"Net\\""; write %22 for it'],
  ['traceroute', [host, 'HopsMustIncludeOrg: 100% Net'], '', 'HopsMustIncludeOrg: has a % that begins no percent-encoding: "100% Net"; write %25 for it, or quote the element'],
  ['traceroute', [host, 'HopsMustIncludeOrg: %FF'], '', 'HopsMustIncludeOrg: has a % that begins no percent-encoding: "%FF"; write %25 for it, or quote the element'],
  ['traceroute', [host], 'orgIncludes=%zz', 'orgIncludes: has a % that begins no percent-encoding: "%zz"'],
  ['ping', [host], 'minLatencyMs=%', 'minLatencyMs: has a % that begins no percent-encoding: "%"'],
  ['traceroute', [host, 'RouteIncludeCsv: 192.0.2.1, 256.1.1.1'], '', 'RouteIncludeCsv: must be an address or a network in CIDR notation, not "256.1.1.1"'],
  ['traceroute', [host], 'countriesExclude=DEU', 'countriesExclude: must be a two-letter country code (ISO 3166-1), not "DEU"'],

  // Conditions that this kind can't judge, and fields it does not have.
  ['ping', [host, 'RouteIncludeCsv: 192.0.2.1'], '', "RouteIncludeCsv: a ping can't judge this; traceroute can"],
  ['ping', [host, 'HopsMustIncludeOrg: AS1'], '', "HopsMustIncludeOrg: a ping can't judge this; traceroute and egress can"],
  ['ping', [host], 'statusCodes=200', "statusCodes: a ping can't judge this; http can"],
  ['http', ['Target: http://x.test', 'MaxHops: 3'], '', "MaxHops: an http can't judge this; traceroute can"],
  ['egress', ['MaxJitterMs: 3'], '', "MaxJitterMs: an egress can't judge this; ping and traceroute can"],
  ['dns', ['Count: 3'], 'target=192.0.2.53&name=x.test', 'Count: a dns takes none; ping and traceroute do'],
  ['ping', [host], 'name=x.test', 'name: a ping takes none; dns does'],

  // Misspelt, in headers.
  ['ping', [host, 'MinLatency: 10'], '', 'MinLatency: is no header of this bridge; did you mean MinLatencyMs?'],
  ['ping', [host, 'maxlatencymsec: 10'], '', 'maxlatencymsec: is no header of this bridge; did you mean MaxLatencyMs?'],
  ['ping', [host, 'Min-Latency-Ms: 10'], '', 'Min-Latency-Ms: is no header of this bridge; did you mean MinLatencyMs?'],
  ['ping', [host, 'MinLatenzyMs: 10'], '', 'MinLatenzyMs: is no header of this bridge; did you mean MinLatencyMs?'],
  ['ping', [host, 'MaxLoss: 10'], '', 'MaxLoss: is no header of this bridge; did you mean MaxLossPercent?'],
  ['ping', [host, 'MaxLatencyAverage: 10'], '', 'MaxLatencyAverage: looks like an expectation but is none'],
  ['traceroute', [host, 'RouteInclude: 192.0.2.1'], '', 'RouteInclude: is no header of this bridge; did you mean RouteIncludeCsv?'],
  ['traceroute', [host, 'RouteIncludes: 192.0.2.1'], '', 'RouteIncludes: is no header of this bridge; did you mean RouteIncludeCsv?'],
  ['traceroute', [host, 'RouteMustBe: 192.0.2.1'], '', 'RouteMustBe: looks like an expectation but is none'],
  ['traceroute', [host, 'HopsMustInclude: AS1'], '', 'HopsMustInclude: is no header of this bridge; did you mean HopsMustIncludeOrg?'],
  ['traceroute', [host, 'Hops-Must-Include-Org: AS1'], '', 'Hops-Must-Include-Org: is no header of this bridge; did you mean HopsMustIncludeOrg?'],
  ['traceroute', [host, 'OrgIncludes: AS1'], '', 'OrgIncludes: is no header of this bridge; did you mean HopsMustIncludeOrg?'],
  ['ping', [host, 'Sources: eth1'], '', 'Sources: is no header of this bridge; did you mean Source?'],
  ['ping', [host, 'Via: eth1'], '', "Via: is a proxy's header; did you mean Source?"],
  ['ping', [host, 'PacketBytes: 100'], '', 'PacketBytes: is a query parameter, not a header: ?packetBytes='],
  ['ping', [host, 'PacketByte: 100'], '', 'PacketByte: is no header of this bridge; did you mean the query parameter packetBytes?'],
  ['http', ['Target: http://x.test/', 'StatusCodes: 404'], '', 'StatusCodes: is a query parameter, not a header: ?statusCodes='],
  ['ping', [host, 'Reply-To: a/b'], '', 'Reply-To: is not for HTTP: the answer is the reply'],

  // Misspelt, in the query.
  ['ping', [host], 'minLatency=10', 'minLatency: is no parameter of this bridge; did you mean minLatencyMs?'],
  ['ping', [host], 'MinLatencyMs=10', 'MinLatencyMs: is no parameter of this bridge; did you mean minLatencyMs?'],
  ['ping', [host], 'min_latency_ms=10', 'min_latency_ms: is no parameter of this bridge; did you mean minLatencyMs?'],
  ['ping', [host], 'max%4CatencyMs=10&maxJitter=1', 'maxJitter: is no parameter of this bridge; did you mean maxJitterMs?'],
  ['ping', [host], 'routes=1', 'routes: looks like an expectation but is none'],
  ['traceroute', [host], 'RouteIncludeCsv=192.0.2.1', 'RouteIncludeCsv: is no parameter of this bridge; did you mean routeIncludes?'],
  ['traceroute', [host], 'HopsMustIncludeOrg=AS1', 'HopsMustIncludeOrg: is no parameter of this bridge; did you mean orgIncludes?'],
  ['traceroute', [host], 'orgInclude=AS1', 'orgInclude: is no parameter of this bridge; did you mean orgIncludes?'],
  ['ping', [host], 'Source=eth1', 'Source: is no parameter of this bridge; did you mean via?'],
  ['ping', [host], 'host=192.0.2.2', 'host: is no parameter of this bridge; did you mean target?'],
  ['ping', [host], 'expect.minLatencyMs=10', 'expect.minLatencyMs: is not needed: each expectation is a parameter, as in ?minLatencyMs=10'],
  ['ping', [host], 'expect%5BminLatencyMs%5D=10', 'expect[minLatencyMs]: is not needed: each expectation is a parameter, as in ?minLatencyMs=10'],
  ['ping', [host], 'replyTo=a/b', 'replyTo: is not for HTTP: the answer is the reply'],
  ['ping', [host], 'kind=traceroute', 'kind: is said by the path, not by a parameter'],

  // Host as a target it can't be.
  ['ping', ['Host: https://www.example.com/path'], '', 'Host: must be an address or a host name, not a URL: "https://www.example.com/path"'],
  ['ping', ['Host: user:secret@example.com'], '', 'Host: must be an address or a host name, without a user name or a password'],
  ['ping', ['Host: https://user:secret@example.com/'], '', 'Host: must be an address or a host name, without a user name or a password'],
  ['ping', ['Host: example.com/path'], '', 'Host: must be an address or a host name, without a path: "example.com/path"'],
  ['ping', ['Host: 192.0.2.0/24'], '', 'Host: must be an address or a host name, without a path: "192.0.2.0/24"'],
  ['ping', ['Host: 256.1.1.1'], '', 'Host: must be an address or a host name, not "256.1.1.1"'],
  ['ping', ['Host: 127.1'], '', 'Host: must be an address or a host name, not "127.1"'],
  ['ping', ['Host: example.com:99999'], '', 'Host: must be an address or a host name, not "example.com:99999"'],
  ['ping', ['Host: example.com:http'], '', 'Host: must be an address or a host name, not "example.com:http"'],
  ['ping', ['Host: [2001:db8::1'], '', 'Host: must be an address or a host name, not "[2001:db8::1"'],
  ['ping', ['Host: [192.0.2.1]'], '', 'Host: must be an address or a host name, not "[192.0.2.1]"'],
  ['ping', ['Host: fe80::1%eth0'], '', 'Host: must be an address or a host name, not "fe80::1%eth0"'],
  ['ping', ['Host: two words'], '', 'Host: must be an address or a host name, not "two words"'],
  ['ping', ['Host: null:8080'], '', thisBridge('null:8080')],
  ['ping', ['Host: .jp'], '', 'Host: must be an address or a host name, not ".jp"'],
  ['ping', ['Host:'], '', 'Host: is empty, so no target was given'],
  ['ping', [], '', 'no target: give it in the header Target or as ?target='],
  ['dns', [host], 'name=x.test', 'no target: give it in the header Target or as ?target='],
  ['http', [host], '', 'no target: give it in the header Target or as ?target='],

  // Target.
  ['ping', [host, 'Target: example.com:80'], '', 'Target: takes no port: "example.com:80"'],
  ['ping', [host], 'target=[2001:db8::1]:80', 'target: takes no port: "[2001:db8::1]:80"'],
  ['ping', [host], 'target=http://example.com/', 'target: must be an address or a host name, not a URL: "http://example.com/"'],
  ['ping', [host], 'target=me:secret@example.com', 'target: must be an address or a host name, without a user name or a password'],
  ['ping', [host], 'target=256.1.1.1', 'target: must be an address or a host name, not "256.1.1.1"'],
  ['ping', [host, 'Target: null'], '', 'Target: must be a value, not "null"; leave it out to ask for none'],
  ['dns', [], 'target=8.8.8.8:53&name=x.test', 'target: takes no port: "8.8.8.8:53"'],
  ['dns', [], 'target=192.0.2.53&name=1.1.1.1', 'name: must be a name, not the address 1.1.1.1; recordType PTR asks for the name of an address'],
  ['dns', [], 'target=192.0.2.53&name=x.test&minAnswers=one', 'minAnswers: must be a number, not "one"'],
  ['http', [], 'target=http://x.test/&statusCodes=200,2xx', 'statusCodes: must be a status code or a range such as 200-299'],
  ['http', [], 'target=http://x.test/&certificateDaysLeft=14d', 'certificateDaysLeft: must be a number, not "14d"'],
  ['http', [], 'target=http://x.test/&bodyIncludes=', 'bodyIncludes: is empty; give it a value or leave it out'],
  ['http', [], 'target=http://x.test/a?b=c&d=e', 'd: is no parameter of this bridge'],
  ['http', ['Target: http://x.test/', 'Method: HEAD'], '', 'Method: is a query parameter, not a header: ?method='],
  ['http', [], 'target=http://x.test/&status=200', 'status: is no parameter of this bridge'],
  ['egress', [], 'countryIncludes=Germany', 'countryIncludes: must be a two-letter country code (ISO 3166-1), not "Germany"'],
  ['egress', [], 'target=x.test', 'target: must be stun:HOST:PORT or an http(s) URL'],
  ['egress', [], 'target=https://me:secret@x.test/', 'target: must not hold a user name or a password'],
  ['http', ['Target: ftp://x.test'], '', 'Target: must begin with http: or https:, not ftp:'],
  ['http', [], 'target=http://me:secret@x.test', 'target: must not hold a user name or a password'],
  ['dns', [], 'target=192.0.2.53', 'name: is missing; it must be a text'],
  ['dns', [], 'target=192.0.2.53&name=x.test&recordType=ANY', 'recordType: must be one of "A", "AAAA", "CNAME", "MX", "NS", "PTR", "SOA", "SRV", "TXT", not "ANY"'],

  // The bridge itself, as Uptime Kuma sends it where the user gave no Host.
  ['ping', ['Host: 192.0.2.7:8080'], '', thisBridge('192.0.2.7:8080')],
  ['ping', ['Host: www.example.com:8080'], '', thisBridge('www.example.com:8080')],
  ['traceroute', ['Host: [::1]:8080'], '', thisBridge('[::1]:8080')],
  ['ping', ['Host: localhost'], '', thisBridge('localhost')],
  ['ping', ['Host: LOCALHOST.'], '', thisBridge('LOCALHOST.')],
  ['ping', ['Host: a.localhost'], '', thisBridge('a.localhost')],
  ['ping', ['Host: 127.0.0.1'], '', thisBridge('127.0.0.1')],
  ['ping', ['Host: 127.8.9.1:9'], '', thisBridge('127.8.9.1:9')],
  ['ping', ['Host: ::1'], '', thisBridge('::1')],
  ['ping', ['Host: ::ffff:127.0.0.1'], '', thisBridge('::ffff:127.0.0.1')],
  ['ping', ['Host: 0.0.0.0'], '', thisBridge('0.0.0.0')],
  ['ping', ['Host: 192.168.0.10'], '', thisBridge('192.168.0.10')],
  ['ping', ['Host: [2001:DB8:0::10]'], '', thisBridge('[2001:DB8:0::10]')],
  ['ping', ['Host: PI'], '', thisBridge('PI')],
  ['ping', ['Host: pi.local'], '', thisBridge('pi.local')],
  ['ping', ['Host: pi.fritz.box:80'], '', thisBridge('pi.fritz.box:80')],
  ['ping', ['Host: pathproof-1'], '', thisBridge('pathproof-1')],
  ['ping', ['Host: box.example.org'], '', thisBridge('box.example.org')],

  // All that is wrong, at once.
  ['ping', ['Host: localhost:8080', 'Source: null', 'MinLatencyMs: x', 'MaxLatencyMs: 70000'], 'count=', `Source: must be a value, not "null"; leave it out to ask for none; MinLatencyMs: must be a number, not "x"; count: is empty; give it a value or leave it out; ${thisBridge('localhost:8080')}; MaxLatencyMs: must be at most 60000, not 70000`],
];

describe('what is refused, in exact words', () => {
  it.each(refused)('%s %j %s', (kind, lines, query, words) => {
    expect(wordsOf(kind, lines, query)).toBe(words);
  });

  it('keeps what could be read, so that the result names target and id', () => {
    const reading = read('ping', [host, 'MinLatencyMs: x'], 'id=a-1');
    expect(reading.body).toEqual({ target: '192.0.2.1', id: 'a-1', expect: {} });
  });

  it('shows no more than the beginning of a long value', () => {
    expect(wordsOf('ping', [host, `MinLatencyMs: ${'x'.repeat(60_000)}`]).length).toBeLessThan(120);
  });
});

// What browsers, Uptime Kuma, curl, proxies and load balancers put into requests.
const foreign =
  `Accept Accept-Charset Accept-Encoding Accept-Language Accept-Version Age Allow Alt-Used Authorization
  Cache-Control CDN-Loop CF-Connecting-IP CF-Ray CF-Visitor Connection Content-Encoding Content-Length
  Content-Type Cookie Date Depth Destination DNT Early-Data Expect Forwarded From If-Match If-Modified-Since
  If-None-Match If-Range Keep-Alive Last-Event-ID Link Max-Forwards Origin Pragma Priority Proxy-Authorization
  Proxy-Connection Purpose Range Referer Save-Data Sec-Fetch-Dest Sec-Fetch-Mode Sec-Fetch-Site Sec-Fetch-User
  Sec-GPC Server TE Trailer Transfer-Encoding Traceparent Tracestate True-Client-IP Upgrade
  Upgrade-Insecure-Requests User-Agent Warning X-Amzn-Trace-Id X-B3-TraceId X-Cluster-Client-IP X-Correlation-ID
  X-Forwarded-For X-Forwarded-Host X-Forwarded-Port X-Forwarded-Proto X-Forwarded-Server X-Real-IP X-Request-ID
  X-Requested-With X-Scheme X-Forwarded-Organisation X-Start-Time X-StartTime X-Traefik-Router X-Routing-Key
  CloudFront-Viewer-ASN X-Scope-OrgID X-Grafana-Org-Id OpenAI-Organization X-Original-URL X-Glossary`.split(
    /\s+/,
  );

// Each was meant to say where to go or what to expect; passed over, the probe would go anywhere and pass.
describe('a word that was meant', () => {
  it.each([
    ...['uplink=lte', 'interface=eth1', 'iface=eth1', 'dev=eth1', 'wan=eth1', 'vai=eth1'].map((query) => [
      query,
      `${query.split('=')[0]}: is no parameter of this bridge; did you mean via?`,
    ]),
    ['minRttMs=1000', 'minRttMs: looks like an expectation but is none'],
    ['minPing=1000', 'minPing: looks like an expectation but is none'],
    ['latency=1000', 'latency: looks like an expectation but is none'],
    ['exclude=192.0.2.1', 'exclude: looks like an expectation but is none'],
    ['org=AS1', 'org: looks like an expectation but is none'],
    ['asn=1', 'asn: looks like an expectation but is none'],
    ['expectMinLatencyMs=1000', 'expectMinLatencyMs: looks like an expectation but is none'],
    ['t=3', 't: is no parameter of this bridge'],
    ['utm_source=x', 'utm_source: is no parameter of this bridge'],
    ['threshold=5', 'threshold: is no parameter of this bridge'],
  ])('is refused as the parameter %s', (query, words) => {
    expect(wordsOf('traceroute', [host], query)).toBe(words);
  });

  it.each(['Uplink', 'Interface', 'IFACE', 'dev', 'Wan', 'Vai', 'Soruce'])(
    'is refused as the header %s',
    (name) => {
      expect(wordsOf('traceroute', [host, `${name}: eth1`])).toBe(
        `${name}: is no header of this bridge; did you mean Source?`,
      );
    },
  );

  const conditions =
    'LatencyMinMs latencyminms X-Latency HopsIncludeOrg hopsincludeorg OrgMustInclude orgmustinclude ' +
    'IncludeRouteCsv includeroutecsv MustIncludeOrg X-Org ASN X-MinRttMs MinRtt RTT MinPing PacketLoss packet-loss ' +
    'packetloss LossMax JitterMax X-Jitter ExcludeCsv MinDelayMs NoAsn Expect-Route';
  it.each(conditions.split(' '))('is refused as the header %s', (name) => {
    expect(wordsOf('traceroute', [host, `${name}: 1`])).toMatch(
      /: (looks like an expectation but is none|is no header of this bridge; did you mean \S+\?)$/,
    );
  });
});

describe("others' names", () => {
  it.each(foreign)('the header %s passes', (name) => {
    expect(wordsOf('traceroute', [host, `${name}: x`])).toBe('nothing is wrong');
  });

  const strangers = 'uptime_kuma_cachebuster _ nocache cachebust cachebuster';
  it.each(strangers.split(' '))('the parameter %s passes', (name) => {
    expect(wordsOf('traceroute', [host], `${name}=0.123`)).toBe('nothing is wrong');
  });
});

describe('whatever comes', () => {
  const names = [...fields.flatMap(({ name, header }) => [name, header ?? name]), 'Host', 'X-Other'];
  const name = fc.oneof(fc.constantFrom(...names), fc.string());
  const value = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.constantFrom('1', '192.0.2.1', '"', ',', '%', 'null', ''),
  );
  const query = fc.array(fc.tuple(name, value)).map((pairs) => pairs.map((pair) => pair.join('=')).join('&'));

  it('is a request that can be parsed, or has a problem in words', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...kinds),
        fc.array(fc.tuple(name, value)),
        query,
        (kind, headers, text) => {
          const reading = readHttpRequest(kind, { headers, query: text }, own);
          if (reading.ok) expect(parseRequest(kind, reading.body).ok).toBe(true);
          else expect(sayProblems(reading.problems)).not.toBe('');
        },
      ),
      { numRuns: 500 },
    );
  });
});
