// DNS messages: a question written, an answer read (RFC 1035, RFC 6891). Pure, but for the random id.
import { randomInt } from 'node:crypto';
import { type DecodedPacket, type StringAnswer, decode, encode } from 'dns-packet';
import { canonicalAddress } from '../../../shared/ip.ts';
import type { recordTypes } from '../../../shared/question.ts';
import { endsEarly, headerBytes } from './extent.ts';

export type RecordType = (typeof recordTypes)[number];

/** What an answer over UDP may have without being cut into fragments on most ways (DNS flag day 2020). */
const mostAnswerBytes = 1232;
const isResponse = 0x8000;
const isTruncated = 0x200;
// RFC 1035 §4.1.1, RFC 2136 §2.2
const rcodes = [
  ...['NOERROR', 'FORMERR', 'SERVFAIL', 'NXDOMAIN', 'NOTIMP', 'REFUSED'],
  ...['YXDOMAIN', 'YXRRSET', 'NXRRSET', 'NOTAUTH', 'NOTZONE'],
];

export interface DnsQuestion {
  /** Random, and the answer's too. */
  id: number;
  name: string;
  recordType: RecordType;
  payload: Buffer;
}

/** `extended`: with EDNS (RFC 6891), which allows for answers of more than 512 bytes and which some old servers refuse. */
export function dnsQuestion(name: string, recordType: RecordType, extended = true): DnsQuestion {
  const id = randomInt(0x1_0000);
  const payload = encode({
    type: 'query',
    id,
    flags: 0x100, // recursion desired
    questions: [{ name, type: recordType, class: 'IN' }],
    additionals: extended
      ? [
          {
            ...{ type: 'OPT', name: '.', udpPayloadSize: mostAnswerBytes, flags: 0, options: [] },
            ...{ extendedRcode: 0, ednsVersion: 0, flag_do: false },
          },
        ]
      : [],
  });
  return { id, name, recordType, payload };
}

const plain = (name: string): string => name.toLowerCase().replace(/\.$/, '');

/** The message's head and its question; null where not even those can be read. Servers that can't read may leave it out. */
function questionIn(payload: Buffer): { name: string; type: string } | 'none' | null {
  const head = Buffer.from(payload);
  const count = head.readUInt16BE(4);
  if (count === 0) return 'none';
  // Only the question is wanted: what comes behind it may be cut or garbage.
  head.writeUInt16BE(1, 4);
  head.fill(0, 6, headerBytes);
  try {
    const [question] = decode(head).questions ?? [];
    return question === undefined ? null : { name: question.name, type: question.type };
  } catch {
    return null;
  }
}

/**
 * Whether a payload answers a question: it bears its id, and says that it answers. One that can't be read further counts
 * too, and is then unreadable; one that tells of another question does not.
 */
export function answers(question: DnsQuestion, payload: Buffer): boolean {
  if (payload.length < headerBytes || payload.readUInt16BE(0) !== question.id) return false;
  if ((payload.readUInt16BE(2) & isResponse) === 0) return false;
  const told = questionIn(payload);
  if (told === null || told === 'none') return true;
  return plain(told.name) === plain(question.name) && told.type === question.recordType;
}

export interface DnsRecord {
  type: string;
  ttlSeconds: number;
  /** As zone files write it. */
  data: string;
}

export type DnsReading =
  | { type: 'answer'; rcode: string; truncated: boolean; records: DnsRecord[] }
  | { type: 'cut' | 'unreadable' };

const words = (...parts: (string | number | undefined)[]): string => parts.map((part) => part ?? 0).join(' ');

type Answer = NonNullable<DecodedPacket['answers']>[number];

const isNamed = (answer: Answer): answer is StringAnswer =>
  ['A', 'AAAA', 'CNAME', 'DNAME', 'NS', 'PTR'].includes(answer.type);

/** Null for types that nobody can ask for here (signatures beside an answer, say). */
function dataOf(answer: Answer): string | null {
  if (isNamed(answer)) {
    const address = answer.type === 'A' || answer.type === 'AAAA';
    return address ? (canonicalAddress(answer.data) ?? '') : answer.data;
  }
  if (answer.type === 'MX') return words(answer.data.preference, answer.data.exchange);
  if (answer.type === 'SRV') {
    const { priority, weight, port, target } = answer.data;
    return words(priority, weight, port, target);
  }
  if (answer.type === 'SOA') {
    const { mname, rname, serial, refresh, retry, expire, minimum } = answer.data;
    return words(mname, rname, serial, refresh, retry, expire, minimum);
  }
  if (answer.type !== 'TXT') return null;
  return [answer.data].flat().map(String).join('');
}

/** The name asked for, and each that an alias leads to from there (RFC 1034 §3.6.2). */
function namesAsked(questionName: string, answers: readonly Answer[]): ReadonlySet<string> {
  const aliases = new Map<string, string[]>();
  for (const answer of answers) {
    if (answer.type !== 'CNAME') continue;
    const owner = plain(answer.name);
    aliases.set(owner, [...(aliases.get(owner) ?? []), plain(answer.data)]);
  }
  const names = new Set([plain(questionName)]);
  // A set goes on to what is added while it is gone through.
  for (const name of names) for (const target of aliases.get(name) ?? []) names.add(target);
  return names;
}

/** What answers the question: records of other names and classes, which anybody may put beside them, do not. */
function answersTo({ questions = [], answers = [] }: DecodedPacket): Answer[] {
  const [question] = questions;
  if (question === undefined) return [];
  const inClass = answers.filter((answer) => 'class' in answer && answer.class === 'IN');
  const names = namesAsked(question.name, inClass);
  return inClass.filter(({ name }) => names.has(plain(name)));
}

function recordOf(answer: Answer): DnsRecord[] {
  const data = dataOf(answer);
  if (data === '' && answer.type !== 'TXT') throw new Error(`${answer.type} without data`);
  const told = 'ttl' in answer ? (answer.ttl ?? 0) : 0;
  // With the highest bit it counts as 0 (RFC 2181 §8).
  const ttlSeconds = told > 0x7fff_ffff ? 0 : told;
  return data === null ? [] : [{ type: answer.type, ttlSeconds, data }];
}

/** The head has room for four bits of it; the others stand in EDNS's record (RFC 6891 §6.1.3). */
function rcodeOf({ additionals = [] }: DecodedPacket, low: number): string {
  const high = additionals.find((record) => record.type === 'OPT')?.extendedRcode ?? 0;
  const code = high * 16 + low;
  return rcodes[code] ?? (code === 16 ? 'BADVERS' : `RCODE${code}`);
}

/** What an answer says. Never throws: `cut` is a message that ends before what its head announces. */
export function readAnswer(payload: Buffer): DnsReading {
  if (payload.length < headerBytes) return { type: 'unreadable' };
  // Garbage announces thousands of records; what was cut tells at least what was asked.
  if (endsEarly(payload)) return { type: questionIn(payload) === null ? 'unreadable' : 'cut' };
  try {
    const packet = decode(payload);
    const bits = payload.readUInt16BE(2);
    const rcode = rcodeOf(packet, bits & 0xf);
    return {
      type: 'answer',
      rcode,
      truncated: (bits & isTruncated) !== 0,
      records: answersTo(packet).flatMap(recordOf),
    };
  } catch {
    return { type: 'unreadable' };
  }
}
