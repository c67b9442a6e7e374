// A message that asks for something over MQTT: why one is refused whatever it says, and the text that it says. Pure.
import { Failure } from './failure.ts';

/** As the connection hands it on. */
export interface Incoming {
  topic: string;
  /** Empty where tooLarge. */
  payload: Buffer;
  /** Larger than 64 KiB: to be answered with an error. */
  tooLarge: boolean;
  retained: boolean;
  /** MQTT 5 properties; null on 3.1.1. */
  responseTopic: string | null;
  correlationData: Buffer | null;
}

/** What a command is read from: nobody answers to a topic that it names. */
export type CommandMessage = Omit<Incoming, 'responseTopic' | 'correlationData'>;

/** MQTT 5 §3.3.1.3: an empty retained message deletes the one that is kept. */
export const isDeletion = ({ payload, tooLarge, retained }: CommandMessage): boolean =>
  retained && payload.length === 0 && !tooLarge;

const again = { request: 'run', command: 'be obeyed' };

/** Why a request or a command is not to be read at all; null where it may be. */
export function refusalOfMessage(
  { tooLarge, retained }: CommandMessage,
  what: 'request' | 'command',
): Failure | null {
  if (retained) {
    const why = `it would ${again[what]} again at each connection; send it without the retain flag`;
    return new Failure('retainedRefused', `the ${what} is retained: ${why}`);
  }
  return tooLarge ? new Failure('badRequest', `the ${what} is larger than 64 KiB`) : null;
}

export const unreadable = "the command can't be read as text in UTF-8 or JSON";

function textOf(payload: Buffer): string {
  const text = new TextDecoder('utf-8', { fatal: true }).decode(payload).trim();
  if (!text.startsWith('"')) return text;
  const value: unknown = JSON.parse(text);
  return String(value).trim();
}

/** The text of a payload, bare or as a JSON string; null where it is neither. */
export function commandText(payload: Buffer): string | null {
  try {
    return textOf(payload);
  } catch {
    return null;
  }
}
