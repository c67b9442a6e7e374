// The MQTT entrance: a message on a request topic becomes what the pipeline takes. Pure.
import { type Incoming, isDeletion, refusalOfMessage } from '../../shared/command.ts';
import { Failure } from '../../shared/failure.ts';
import { quoted } from '../../shared/issues.ts';
import { messageOf } from '../../shared/thrown.ts';
import { requestedKind } from '../../shared/topics.ts';
import type { Asked } from './asked.ts';
import { keyGivenTwice } from './twice.ts';

function readBody(payload: Buffer): { body: unknown; problem: Failure | null } {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(payload);
    const body: unknown = JSON.parse(text);
    const twice = keyGivenTwice(text);
    const problem =
      twice === null ? null : new Failure('badRequest', `the key ${quoted(twice)} is given twice`);
    return { body, problem };
  } catch (error) {
    const why = messageOf(error);
    return { body: null, problem: new Failure('badRequest', `the request is not JSON: ${why}`) };
  }
}

/** Null where nobody asks: on no request's topic, or where a retained message is cleared. `mayForce`: MQTT_ALLOW_FORCE. */
export function askedByMqtt(message: Incoming, mayForce: boolean): Asked | null {
  const requested = requestedKind(message.topic);
  if (requested === null || isDeletion(message)) return null;
  const { responseTopic, correlationData } = message;
  const reply = responseTopic === null ? null : { topic: responseTopic, correlationData };
  // Of one that is refused too, for the refusal to bear its id.
  const { body, problem } = readBody(message.payload);
  return {
    ...requested,
    body,
    problem: refusalOfMessage(message, 'request') ?? problem,
    ...{ mayForce, mayProbeSelf: true, signal: null, reply },
  };
}
