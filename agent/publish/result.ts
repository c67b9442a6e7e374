// A result from what the stages found out, and where it goes on the broker.
import { randomUUID } from 'node:crypto';
import { type Failure, failureReport } from '../../shared/failure.ts';
import { withoutPassword } from '../../shared/issues.ts';
import type { Measurement } from '../../shared/measurement.ts';
import { cut, firstThatFits } from '../../shared/payload.ts';
import type { Kind, Request } from '../../shared/request.ts';
import type { Finding, Result } from '../../shared/result.ts';
import { hostOfTarget } from '../../shared/target.ts';
import { resultTopic } from '../../shared/topics.ts';

/** What an asker said before anyone believed it; enough of it to know one's request again. */
export interface Claim {
  kind: Kind | null;
  body: unknown;
}

export interface Judged {
  verdict: Result['verdict'];
  reason: string;
  findings: Finding[];
  failed: Failure | null;
}

function claimed(body: unknown, key: string, longest: number): string | null {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return null;
  const value: unknown = Object.entries(body).find(([name]) => name === key)?.[1];
  return typeof value === 'string' && value !== '' && value.length <= longest ? value : null;
}

/** `judged` is null where there was nothing to judge: the measurement's failure is then the whole answer. */
export function composeResult(
  agent: string,
  claim: Claim,
  request: Request | null,
  measurement: Measurement,
  judged: Judged | null,
  times: { startedAt: Date; durationMs: number },
): Result {
  const target = claimed(claim.body, 'target', 2048);
  const failure = judged === null ? measurement.failure : judged.failed;
  const reason = judged?.reason ?? failure?.message ?? 'nothing is known';
  // A host that moved, and a name that is no more, would else be told from a dead line by nobody.
  const host = request?.target === undefined ? 'the server' : hostOfTarget(request.target);
  const caveat = measurement.addressRemembered ? ` (${host}'s last known address)` : '';
  const { address, via, ping, traceroute, dns, http, egress, traffic } = measurement;
  return {
    id: request?.id ?? claimed(claim.body, 'id', 128) ?? randomUUID(),
    agent,
    kind: claim.kind,
    target: request?.target ?? (target === null ? null : withoutPassword(target)),
    address,
    via,
    verdict: judged?.verdict ?? 'error',
    reason: `${reason}${caveat}`,
    failure: failure === null ? null : failureReport(failure),
    startedAt: times.startedAt.toISOString(),
    durationMs: times.durationMs,
    ping,
    traceroute,
    dns,
    http,
    egress,
    findings: judged?.findings ?? [],
    traffic,
  };
}

const longestReasonInFull = 1000;
const longestFindingText = 200;
const longestFigureText = 200;
// A text of which each character is escaped has six times its length in JSON: this fits in any case.
const shortestFigureText = 20;

/** A finding's value as it stands where it is short, else as the beginning of its JSON. */
function cutValue(value: Finding['expected']): Finding['expected'] {
  const text = JSON.stringify(value);
  return text.length > longestFindingText ? cut(text, longestFindingText) : value;
}

/** A result as JSON, with no text among its figures longer than that and no list with more elements. */
function withShortFigures(result: Result, longest: number): string {
  const shorten = (_key: string, value: unknown): unknown => {
    if (Array.isArray(value)) return value.slice(0, longest);
    return typeof value === 'string' ? cut(value, longest) : value;
  };
  const { traceroute, dns, http, egress } = result;
  const figures: unknown = JSON.parse(JSON.stringify({ traceroute, dns, http, egress }, shorten));
  return JSON.stringify(Object.assign({}, result, figures));
}

/** A result as JSON, then shorter and shorter. */
function* payloadsOf(result: Result): Generator<string, string> {
  yield JSON.stringify(result);
  const findings = result.findings.map(({ expectation, status, expected, measured, reason }) => ({
    expectation,
    status,
    expected: cutValue(expected),
    measured: cutValue(measured),
    reason: cut(reason, longestFindingText),
  }));
  const shorter = { ...result, reason: cut(result.reason, longestReasonInFull), findings };
  yield JSON.stringify(shorter);
  yield withShortFigures(shorter, longestFigureText);
  const unexplained = { ...shorter, findings: [] };
  yield JSON.stringify(unexplained);
  yield withShortFigures(unexplained, longestFigureText);
  return withShortFigures(unexplained, shortestFigureText);
}

/** A result as JSON, shortened step by step where it is too large for a message: silence would be worse. */
export const resultPayload = (result: Result): string => firstThatFits(payloadsOf(result));

export interface Publication {
  topic: string;
  payload: string;
  qos: 0 | 1;
  retain: false;
  expirySeconds: number;
  correlationData?: Buffer;
}

// Who was away for less than an hour still learns what was measured; later it says nothing about the line any more.
const resultExpirySeconds = 3600;
// Who asked waits for as long as its request may take (a minute at most), and perhaps as long again; then it has gone.
const replyExpirySeconds = 120;

/** The messages of a result: one for everybody, and one for an asker that named a topic (QoS 0, design). */
export function resultMessages(
  result: Result,
  word: string,
  reply: { topic: string; correlationData: Buffer | null } | null,
): Publication[] {
  const payload = resultPayload(result);
  const toAll: Publication = {
    topic: resultTopic(result.agent, word),
    payload,
    qos: 1,
    retain: false,
    expirySeconds: resultExpirySeconds,
  };
  if (reply === null) return [toAll];
  const { topic, correlationData } = reply;
  return [
    toAll,
    {
      topic,
      payload,
      qos: 0,
      retain: false,
      expirySeconds: replyExpirySeconds,
      ...(correlationData === null ? {} : { correlationData }),
    },
  ];
}
