// One question over UDP as a probe asks it, and what it put on the uplink.
import { Failure } from '../../shared/failure.ts';
import { noTraffic } from '../../shared/measurement.ts';
import type { Traffic } from '../../shared/result.ts';
import type { Packets, UdpAnswer, UdpQuestion } from '../packet/index.ts';
import type { Course } from './aim.ts';
import { addTraffic } from './traffic.ts';

/** Is told what a question costs as it is spent, so that one which is given up is paid for too. */
export interface Meter {
  spent(traffic: Traffic): void;
  /** The clock was set meanwhile. */
  clockStepped(): void;
}

/** A meter that adds up. */
export function createTally() {
  let traffic = noTraffic;
  let stepped = false;
  return {
    spent: (more: Traffic): void => void (traffic = addTraffic(traffic, more)),
    clockStepped: (): void => void (stepped = true),
    sum: () => ({ traffic, clockStepped: stepped }),
  };
}

const sentOne = (packets: 1 | -1, bytes: number): Traffic => ({
  ...noTraffic,
  packetsSent: packets,
  bytesSent: packets * bytes,
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
  meter: Meter,
): Promise<UdpAnswer | null> {
  let sentBytes = 0;
  try {
    const answer = await packets.ask(question, signal, {
      sent(bytes) {
        sentBytes = bytes;
        meter.spent(sentOne(1, bytes));
      },
      heard: (bytes) => meter.spent({ ...noTraffic, packetsReceived: 1, bytesReceived: bytes }),
    });
    // ARP held it back, or gave up on it: it has not been on the wire.
    const own = answer.type === 'unreachable' && answer.from === question.source;
    if (own || (answer.type === 'silence' && answer.left === false)) meter.spent(sentOne(-1, sentBytes));
    if (answer.type !== 'silence' && answer.clock !== 'kernel') meter.clockStepped();
    return answer;
  } catch (error) {
    if (error instanceof Failure && error.code === 'cancelled') return null;
    throw error;
  }
}

/** Why nothing but strays came; null where nothing at all did. */
export function strayFailure(
  outcome: UdpAnswer,
  server: string,
  readable: (payload: Buffer) => boolean,
): Failure | null {
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
