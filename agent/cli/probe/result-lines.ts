// A result as people read it at its probe's end: figures as ping and mtr write them, then the verdict and why. Pure.
import type { Finding, Result } from '../../../shared/result.ts';
import { fields } from '../../../shared/headers.ts';
import { tableLines } from '../../table.ts';
import { type Colour, type Paint, printable } from '../terminal.ts';
import { optionName } from './options.ts';
import { routeLines } from './route-lines.ts';
import { msWords, networkWords, targetWords, viaWords } from './words.ts';

const round = (value: number): string => String(Math.round(value * 1000) / 1000);
const some = (count: number, what: string): string[] => (count === 0 ? [] : [`${count} ${what}`]);

/** ping's block: what was sent and came, and the RTTs. */
export function statisticsLines({ ping, durationMs }: Pick<Result, 'ping' | 'durationMs'>): string[] {
  if (ping === null || ping.sent === 0) return [];
  const { sent, received, lossPercent, minMs, avgMs, maxMs, stddevMs, jitterMs } = ping;
  const counts = [
    `${sent} packets transmitted`,
    `${received} received`,
    ...some(ping.duplicates, 'duplicates'),
    ...some(ping.late, 'too late'),
    ...some(ping.reordered, 'out of order'),
    `${round(lossPercent)}% packet loss`,
    `time ${Math.round(durationMs)} ms`,
  ].join(', ');
  if (minMs === null || avgMs === null || maxMs === null || stddevMs === null) return [counts];
  const figures = [minMs, avgMs, maxMs, stddevMs].map((ms) => ms.toFixed(3)).join('/');
  const jitter = jitterMs === null ? '' : `, jitter ${jitterMs.toFixed(3)} ms`;
  const stepped = ping.clockStepped ? ["the clock was set meanwhile: these are not the kernel's RTTs"] : [];
  return [counts, `rtt min/avg/max/stddev = ${figures} ms${jitter}`, ...stepped];
}

function tracerouteLines({ traceroute, ping }: Result): string[] {
  if (traceroute === null) return [];
  if (traceroute.hops.length === 0) return (ping?.sent ?? 0) > 0 ? ['no hop answered'] : [];
  return [
    ...routeLines(traceroute.hops),
    ...(traceroute.reached ? [] : ['the route does not lead to the target']),
    ...(traceroute.loop ? ['packets go in a circle'] : []),
  ];
}

function dnsLines({ dns }: Result): string[] {
  if (dns === null) return [];
  const { rcode, answers, rttMs } = dns;
  const count = `${answers.length} ${answers.length === 1 ? 'answer' : 'answers'}`;
  const rows = answers.map(({ type, ttlSeconds, data }) => [`  ${type}`, `${ttlSeconds} s`, printable(data)]);
  return [`${rcode}, ${count} in ${msWords(rttMs)}`, ...tableLines(rows, ['left', 'right'])];
}

function httpLines({ http }: Result): string[] {
  if (http === null) return [];
  const { statusCode, redirectsTo, certificateDaysLeft, bodyBytes } = http;
  const phases: [string, number | null][] = [
    ['resolve', http.resolveMs],
    ['connect', http.connectMs],
    ['TLS', http.tlsMs],
    ['first byte', http.firstByteMs],
    ['total', http.totalMs],
  ];
  const times = phases.flatMap(([name, ms]) => (ms === null ? [] : [`${name} ${msWords(ms)}`])).join(', ');
  return [
    ...(statusCode === null ? [] : [`HTTP status ${statusCode}, ${bodyBytes} bytes`]),
    ...(redirectsTo === null ? [] : [`leads to ${redirectsTo}`]),
    ...(certificateDaysLeft === null
      ? []
      : [`certificate valid for ${Math.floor(certificateDaysLeft)} days`]),
    ...(times === '' ? [] : [times]),
  ];
}

const natWords = { true: 'behind NAT', false: 'not behind NAT' } as const;

function egressLines({ egress }: Result): string[] {
  if (egress === null) return [];
  const { address, behindNat, network, server, rttMs } = egress;
  const facts = [networkWords(network), behindNat === null ? null : natWords[`${behindNat}`]];
  const known = facts.filter((fact) => fact !== null).join(', ');
  return [
    `the world sees ${address}${known === '' ? '' : ` (${known})`}`,
    `told by ${server} in ${msWords(rttMs)}`,
  ];
}

/** Where it went, for the kinds that have not said so while they were at work. */
export function headLine(result: Pick<Result, 'kind' | 'target' | 'address' | 'via'>): string {
  const { kind, target, address, via } = result;
  return [`${kind ?? 'probe'} ${targetWords(target, address)}`, viaWords(via)]
    .filter((part) => part !== '')
    .join(' ');
}

/** The essentials of what was measured. */
export function measuredLines(result: Result): string[] {
  const figures = [tracerouteLines, dnsLines, httpLines, egressLines].flatMap((lines) => lines(result));
  return [...figures, ...statisticsLines(result)].map(printable);
}

const verdictColours: Record<Result['verdict'], Colour> = { pass: 'green', fail: 'red', error: 'yellow' };

function ownerWords({ failure }: Result): string {
  return failure === null ? '' : ` [${failure.source}: ${failure.code}]`;
}

const valueWords = (value: Finding['expected']): string => {
  if (value === '' || (Array.isArray(value) && value.length === 0)) return 'nothing';
  if (Array.isArray(value)) return value.map(valueWords).join(',');
  if (value === null) return 'nothing known';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
};

const optionOf = (expectation: string): string => {
  const field = fields.find(({ name, part }) => part === 'expect' && name === expectation);
  return field === undefined ? expectation : optionName(field);
};

/** Those that did not hold or could not be judged, each with what was expected and measured. */
function findingLines(findings: readonly Finding[]): string[] {
  const wrong = findings.filter(({ status, expectation }) => status !== 'pass' && expectation !== 'reached');
  return tableLines(
    wrong.map(({ expectation, status, expected, measured }) => [
      `  ${status}`,
      `${optionOf(expectation)} ${printable(valueWords(expected))}`,
      `measured: ${printable(valueWords(measured)).slice(0, 200)}`,
    ]),
  );
}

const isOnNetworks = ({ expectation }: Finding): boolean => /^(org|asPath|countr)/.test(expectation);

/** Where whose network an address is was asked for, and nobody is set who could tell. */
function sourceLines(findings: readonly Finding[]): string[] {
  const isOpen = findings.some((finding) => finding.status === 'unknown' && isOnNetworks(finding));
  return isOpen
    ? ['  nobody is set to tell networks: ASN_DATABASE_FILE, IPINFO_TOKEN or CYMRU_LOOKUP in agent.env']
    : [];
}

/** The verdict with its reason, then the findings that were not met. `knowsNetworks`: a source of them is set. */
export function verdictLines(result: Result, paint: Paint, knowsNetworks = true): string[] {
  // A sentence of the contract that begins with a field's name is about the option.
  const reason = result.reason.replace(/^via: /, '--via: ');
  const word = paint(verdictColours[result.verdict], result.verdict);
  return [
    `${word}: ${printable(`${reason}${ownerWords(result)}`)}`,
    ...findingLines(result.findings),
    ...(knowsNetworks ? [] : sourceLines(result.findings)),
  ];
}
