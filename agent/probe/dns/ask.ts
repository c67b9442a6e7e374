// One DNS question put to one server by UDP, and what became of it.
import { Failure } from '../../../shared/failure.ts';
import type { DnsFigures } from '../../../shared/result.ts';
import type { UdpAnswer } from '../../packet/index.ts';
import type { Course } from '../aim.ts';
import type { Reply } from '../asking.ts';
import { type Meter, countedQuestion, questionAlong, strayFailure } from '../questions.ts';
import type { ProbeTools } from '../tools.ts';
import { type DnsReading, type RecordType, answers, dnsQuestion, readAnswer } from './message.ts';

const port = 53;

/** What a server said, or why nothing can be made of what came. */
export interface DnsOutcome extends Reply {
  said: DnsFigures | null;
}

export interface DnsAsk {
  name: string;
  recordType: RecordType;
  waitMs: number;
}

const tooLong = (server: string): Failure =>
  new Failure(
    'answerTooLarge',
    `${server}'s answer does not fit into a datagram (of 1232 bytes at most), and it is not asked by TCP`,
  );

function unreadable(type: 'cut' | 'unreadable', server: string): Failure {
  return type === 'cut'
    ? new Failure('answerTruncated', `${server}'s answer ends in the middle of a record`)
    : new Failure('answerUnreadable', `what ${server} answered can't be read as DNS`);
}

const looksLikeDns = (payload: Buffer): boolean =>
  payload.length >= 12 && readAnswer(payload).type === 'answer';

function outcomeOf(outcome: UdpAnswer | null, server: string): DnsOutcome & { reading: DnsReading | null } {
  const nothing = { outcome, said: null, failure: null, reading: null };
  if (outcome === null) return nothing;
  if (outcome.type !== 'reply') return { ...nothing, failure: strayFailure(outcome, server, looksLikeDns) };
  const reading = readAnswer(outcome.payload);
  if (outcome.cut) return { ...nothing, failure: tooLong(server), reading };
  if (reading.type !== 'answer') return { ...nothing, failure: unreadable(reading.type, server), reading };
  if (reading.truncated) return { ...nothing, failure: tooLong(server), reading };
  const { rcode, records } = reading;
  return { ...nothing, said: { rcode, answers: records, rttMs: outcome.rttMs }, reading };
}

/**
 * Whether another question may be answered better. Old servers (in routers, mostly) take one with EDNS for garbage (RFC
 * 6891 §7); an answer that does not fit into 512 bytes needs it.
 */
const isBetterAsked = (reading: DnsReading | null, extended: boolean): boolean =>
  reading?.type === 'answer' &&
  (extended ? ['FORMERR', 'BADVERS'].includes(reading.rcode) : reading.truncated);

/** By a metered uplink without EDNS, which is 11 bytes each way. Rejects with Failure where nothing could be sent. */
export async function askServer(
  course: Course,
  { name, recordType, waitMs }: DnsAsk,
  { packets, metered }: Pick<ProbeTools, 'packets' | 'metered'>,
  signal: AbortSignal,
  meter: Meter,
): Promise<DnsOutcome> {
  const endMs = performance.now() + waitMs;
  const ask = async (extended: boolean) => {
    const leftMs = Math.max(1, endMs - performance.now());
    const question = dnsQuestion(name, recordType, extended);
    const { payload } = question;
    const isAnswer = (received: Buffer): boolean => answers(question, received);
    const asked = questionAlong(course, { destinationPort: port, payload, waitMs: leftMs, isAnswer });
    return outcomeOf(await countedQuestion(packets, asked, signal, meter), course.address);
  };
  const extended = !metered(course.way);
  const first = await ask(extended);
  const { outcome, said, failure } = isBetterAsked(first.reading, extended) ? await ask(!extended) : first;
  return { outcome, said, failure };
}
