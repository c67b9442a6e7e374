// The MQTT entrance: a message on a request topic becomes what the pipeline takes. Pure.
import { Failure } from '../../shared/failure.ts';
import { quoted } from '../../shared/issues.ts';
import { messageOf } from '../../shared/thrown.ts';
import { requestedKind } from '../../shared/topics.ts';
import type { Asked } from './asked.ts';
import { keyGivenTwice } from './twice.ts';

/** A message as the connection hands it on. */
export interface Message {
  topic: string;
  payload: Buffer;
  tooLarge: boolean;
  retained: boolean;
  responseTopic: string | null;
  correlationData: Buffer | null;
}

function readBody({ payload, tooLarge, retained }: Message): { body: unknown; problem: Failure | null } {
  if (tooLarge) {
    return { body: null, problem: new Failure('badRequest', 'the request is larger than 64 KiB') };
  }
  let body: unknown;
  let twice: string | null;
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(payload);
    body = JSON.parse(text);
    twice = keyGivenTwice(text);
  } catch (error) {
    const why = messageOf(error);
    return { body: null, problem: new Failure('badRequest', `the request is not JSON: ${why}`) };
  }
  const sentence =
    'the request is retained: it would run again at each connection; send it without the retain flag';
  if (twice !== null && !retained) {
    return { body, problem: new Failure('badRequest', `the key ${quoted(twice)} is given twice`) };
  }
  return { body, problem: retained ? new Failure('retainedRefused', sentence) : null };
}

/** Null where nobody asks: on no request's topic, or where a retained message is cleared. `mayForce`: MQTT_ALLOW_FORCE. */
export function askedByMqtt(message: Message, mayForce: boolean): Asked | null {
  const requested = requestedKind(message.topic);
  if (requested === null) return null;
  // MQTT 5 §3.3.1.3: an empty retained message deletes the one that is kept.
  if (message.retained && message.payload.length === 0 && !message.tooLarge) return null;
  const { responseTopic, correlationData } = message;
  const reply = responseTopic === null ? null : { topic: responseTopic, correlationData };
  return { ...requested, ...readBody(message), mayForce, mayProbeSelf: true, signal: null, reply };
}
