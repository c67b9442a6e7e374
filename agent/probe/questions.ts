// One question over UDP as a probe asks it, entered in a tally.
import { Failure } from '../../shared/failure.ts';
import type { Traffic } from '../../shared/result.ts';
import type { Packets, UdpAnswer, UdpQuestion } from '../packet/index.ts';
import type { Course } from './aim.ts';

/** What questions put on the uplink, and whether the clock was set meanwhile. */
export interface QuestionTally {
  traffic: Traffic;
  clockStepped: boolean;
}

export const newQuestionTally = (): QuestionTally => ({
  traffic: { packetsSent: 0, packetsReceived: 0, bytesSent: 0, bytesReceived: 0 },
  clockStepped: false,
});

/** A question on that course. */
export const questionAlong = (
  { address, way }: Course,
  asked: Pick<UdpQuestion, 'destinationPort' | 'payload' | 'waitMs' | 'isAnswer'>,
): UdpQuestion => ({
  interfaceName: way.interfaceName,
  source: way.source,
  destination: address,
  nextHop: way.nextHop,
  ...asked,
});

/** Rejects with Failure; an abort gives null instead. */
export async function countedQuestion(
  packets: Packets,
  question: UdpQuestion,
  signal: AbortSignal,
  tally: QuestionTally,
): Promise<UdpAnswer | null> {
  const { traffic } = tally;
  let sentBytes = 0;
  try {
    const answer = await packets.ask(question, signal, {
      sent(bytes) {
        sentBytes = bytes;
        traffic.packetsSent += 1;
        traffic.bytesSent += bytes;
      },
      heard(bytes) {
        traffic.packetsReceived += 1;
        traffic.bytesReceived += bytes;
      },
    });
    // ARP held it back, or gave up on it: it has not been on the wire.
    const own = answer.type === 'unreachable' && answer.from === question.source;
    if (own || (answer.type === 'silence' && answer.left === false)) {
      traffic.packetsSent -= 1;
      traffic.bytesSent -= sentBytes;
    }
    if (answer.type !== 'silence') tally.clockStepped ||= answer.clock !== 'kernel';
    return answer;
  } catch (error) {
    if (error instanceof Failure && error.code === 'cancelled') return null;
    throw error;
  }
}

/** Why nothing but strays came; null where nothing at all did. */
export function strayFailure(outcome: UdpAnswer, server: string, readable: (payload: Buffer) => boolean) {
  if (outcome.type !== 'silence') return null;
  const { mismatched, elsewhere } = outcome.strays;
  if (mismatched !== null) {
    return readable(mismatched)
      ? new Failure('answerMismatched', `${server} answered something that was not asked (another id)`)
      : new Failure('answerUnreadable', `what ${server} answered can't be read`);
  }
  if (elsewhere === null) return null;
  return new Failure('answerFromElsewhere', `${server} was asked, but ${elsewhere} answered`);
}
