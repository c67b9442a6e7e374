// The closed list of failures: each code's owner, as monitors count by it.
import { describe, expect, it } from 'vitest';
import { type FailureCode, Failure, type FailureSource, failureReport } from '../../../shared/failure.ts';
import { FailureSchema } from '../../../shared/result.ts';

const owners: Record<FailureCode, FailureSource> = {
  badRequest: 'request',
  cancelled: 'request',
  unknownVia: 'request',
  unsupported: 'request',
  budgetExhausted: 'policy',
  forceRefused: 'policy',
  queueFull: 'policy',
  replyToRefused: 'policy',
  retainedRefused: 'policy',
  targetRefused: 'policy',
  interfaceDown: 'uplink',
  interfaceMissing: 'uplink',
  noAddress: 'uplink',
  noCarrier: 'uplink',
  noGateway: 'uplink',
  neighbourUnreachable: 'uplink',
  noRoute: 'uplink',
  nameUnresolved: 'resolver',
  resolverTimeout: 'resolver',
  noNameServer: 'resolver',
  answerEndless: 'target',
  answerFromElsewhere: 'target',
  answerMismatched: 'target',
  answerTooLarge: 'target',
  answerTooSlow: 'target',
  answerTruncated: 'target',
  answerUnreadable: 'target',
  certificateInvalid: 'target',
  prohibited: 'target',
  tlsFailed: 'target',
  deadlineExceeded: 'local',
  noCurl: 'local',
  noRawSockets: 'local',
  repliesFiltered: 'local',
  sendRefused: 'local',
  stopping: 'local',
  tooManyInFlight: 'local',
  unjudged: 'local',
  internal: 'internal',
};

describe('a failure', () => {
  it('has a code of the list, and no other', () => {
    expect(FailureSchema.shape.code.options.toSorted()).toEqual(Object.keys(owners).toSorted());
    expect(FailureSchema.safeParse({ code: 'toString', source: 'local' }).success).toBe(false);
    expect(FailureSchema.safeParse({ code: 'internal', source: 'nobody' }).success).toBe(false);
  });

  it.each(FailureSchema.shape.code.options)('of code %s has one owner', (code) => {
    const failure = new Failure(code, 'a sentence');
    expect(failureReport(failure)).toEqual({ code, source: owners[code] });
    expect(FailureSchema.parse(failureReport(failure))).toEqual({ code, source: owners[code] });
  });

  it('carries its sentence, its name and its cause, and is an error', () => {
    const cause = new Error('the first one');
    const failure = new Failure('noRoute', 'there is no way', { cause });
    expect(failure).toBeInstanceOf(Error);
    expect([failure.name, failure.message, failure.cause]).toEqual(['Failure', 'there is no way', cause]);
  });
});
