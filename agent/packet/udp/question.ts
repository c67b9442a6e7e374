// One question over UDP, and what can come back for it, the same for IPv4 and IPv6.
import type { EchoAnswer } from '../echo.ts';

/** What fits into the least packet that every IPv6 link passes (RFC 8200 §5), headers taken off. */
export const mostQuestionBytes = 1232;

export interface UdpQuestion {
  interfaceName: string;
  /** An address of that interface; it stands in the packet's own header. The port is random, and held meanwhile. */
  source: string;
  /** Of the same family as the source. */
  destination: string;
  destinationPort: number;
  /** The neighbour the frame goes to; null where the destination is one. */
  nextHop: string | null;
  /** 1 to 1232 bytes. */
  payload: Buffer;
  /** How long the answer may take. */
  waitMs: number;
  /** Whether a payload that came from the destination answers this very question (by its random id). */
  isAnswer(payload: Buffer): boolean;
}

/** What came to the question's port and was no answer: the first of each kind. */
export interface Strays {
  /** Who else sent something, as ADDRESS:PORT; null where nobody did. */
  elsewhere: string | null;
  /** What the destination sent that answers something else; null where it sent nothing of that kind. */
  mismatched: Buffer | null;
}

type Said = Extract<EchoAnswer, { rttMs: number }>;

export type UdpAnswer =
  | (Said & {
      type: 'reply';
      payload: Buffer;
      /** It was longer than what is kept of it. */
      cut: boolean;
    })
  | (Said & { type: 'timeExceeded' | 'unreachable' })
  | (Extract<EchoAnswer, { type: 'silence' }> & { strays: Strays });

/** What is told of a question beside its answer; lengths with the IP header. */
export interface QuestionEvents {
  /** It was handed to the kernel. */
  sent(bytes: number): void;
  /** Something came to its port, or for it: the answer, and what is none. */
  heard(bytes: number): void;
}
