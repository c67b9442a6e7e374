// Expectations on a name server's answer: its code, what stands in it, how fast it came. Pure.
import { canonicalHost, networkContains, parseNetwork } from '../../shared/ip.ts';
import type { Measurement } from '../../shared/measurement.ts';
import type { RequestOf } from '../../shared/request.ts';
import type { DnsFigures } from '../../shared/result.ts';
import { type Judgement, fail, figure, pass, unknown } from './finding.ts';
import { limitsOn, roundTrip } from './latency.ts';

type Answer = DnsFigures['answers'][number];

export function reached({ dns, address, refusal }: Measurement): Judgement {
  const server = address ?? 'the server';
  if (dns !== null) return pass(true, `${server} answered in ${figure(dns.rttMs)} ms`);
  return fail(false, `no answer from ${server}${refusal === null ? '' : `: ${refusal}`}`);
}

const onAnswer =
  <T>(judge: (expected: T, dns: DnsFigures, request: RequestOf<'dns'>) => Judgement) =>
  (expected: T, { dns }: Measurement, request: RequestOf<'dns'>): Judgement =>
    dns === null ? unknown(null, 'there is no answer to judge') : judge(expected, dns, request);

export const { minLatencyMs, maxLatencyMs } = limitsOn(roundTrip('RTT', ({ dns }) => dns?.rttMs));

export const rcode = onAnswer((expected: string, dns) =>
  dns.rcode === expected
    ? pass(dns.rcode, `the answer's code is ${expected}`)
    : fail(dns.rcode, `the answer's code is ${dns.rcode}, not ${expected}`),
);

const asName = (text: string): string => canonicalHost(text) ?? text.toLowerCase();

/** Data such as `10 mail.example.com` (MX, SRV, SOA) is met as it stands and by the names in it, not by its numbers. */
function isName(wanted: string, data: string): boolean {
  const words = data.split(/\s+/);
  const names = words.length === 1 ? words : [data, ...words.filter((word) => /\D/.test(word))];
  return names.some((name) => asName(name) === asName(wanted));
}

/** An address by its network, TXT by a part of its text (as written), others by a name in them (RFC 4343: case apart). */
function isAnswer(wanted: string, { type, data }: Answer): boolean {
  if (type === 'TXT') return data.includes(wanted);
  const network = parseNetwork(wanted);
  if (type === 'A' || type === 'AAAA') return network !== null && networkContains(network, data);
  return isName(wanted, data);
}

/** Each must be among the answers; in an answer that says there is none, none is. */
export const answerIncludes = onAnswer((wanted: readonly string[], { rcode: code, answers }) => {
  const measured = answers.map(({ data }) => data);
  if (code !== 'NOERROR')
    return fail(measured, `the answer's code is ${code}, so it holds no ${wanted.join(', ')}`);
  const missing = wanted.filter((one) => !answers.some((answer) => isAnswer(one, answer)));
  return missing.length === 0
    ? pass(measured, `the answer holds ${wanted.join(', ')}`)
    : fail(measured, `the answer does not hold ${missing.join(', ')}`);
});

/** Counts records of the type asked for: an alias on the way to them is none. */
export const minAnswers = onAnswer((limit: number, { answers }, { recordType }) => {
  const count = answers.filter(({ type }) => type === recordType).length;
  const sentence = `the answer holds ${count} ${recordType} record${count === 1 ? '' : 's'}`;
  return count < limit
    ? fail(count, `${sentence}, fewer than ${limit}`)
    : pass(count, `${sentence}, at least ${limit}`);
});
