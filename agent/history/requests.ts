// How history is asked for and answered, over MQTT and HTTP. Pure.
import * as z from 'zod';
import { Failure, failureReport } from '../../shared/failure.ts';
import { parseWith, quoted, sayProblems } from '../../shared/issues.ts';
import type { HistoryPoint } from '../../shared/monitor.ts';
import { longestPayloadBytes } from '../../shared/payload.ts';
import { isRecord } from '../../shared/record.ts';
import { messageOf } from '../../shared/thrown.ts';

export interface HistoryRequest {
  /** Null where none was given. */
  id: string | null;
  fromMs: number;
  toMs: number;
  most: number;
}

export const mostPoints = 20_000;
const defaultPoints = 1000;
const dayMs = 86_400_000;
/** Of the shortest points (203 bytes each) no more would fit into a message. */
export const mostPointsOfMessage = 300;
/** About 1.2 MB as JSON; of more the newest, and from its oldest on the asker asks again. */
export const mostPointsOfPage = 5000;

const momentWords =
  'must be a moment: milliseconds since 1970, or a text such as 2026-11-20T07:00:00Z with its offset from UTC';

/** Milliseconds since 1970; null where it is no moment. A date without an offset would be another moment on each box. */
function momentOf(given: unknown): number | null {
  if (typeof given === 'number') return Number.isFinite(given) && given >= 0 ? given : null;
  if (typeof given !== 'string') return null;
  if (/^\d{1,15}$/.test(given)) return Number(given);
  const iso = z.iso.datetime({ offset: true }).safeParse(given);
  const atMs = iso.success ? Date.parse(iso.data) : NaN;
  return Number.isNaN(atMs) ? null : atMs;
}

const Moment = z.unknown().transform((given, context) => {
  const atMs = momentOf(given);
  if (atMs !== null) return atMs;
  context.issues.push({ code: 'custom', message: `${momentWords}, not ${quoted(given)}`, input: given });
  return z.NEVER;
});

const Asked = z.strictObject({
  id: z.string().min(1).max(128).optional(),
  from: Moment.optional(),
  to: Moment.optional(),
  most: z.int().min(1).max(mostPoints).optional(),
});

function read(given: unknown, nowMs: number): HistoryRequest {
  const parsed = parseWith(Asked, given);
  if (!parsed.ok) throw new Failure('badRequest', sayProblems(parsed.problems));
  const { id = null, to = nowMs, from = Math.max(0, to - dayMs), most = defaultPoints } = parsed.value;
  if (from > to) throw new Failure('badRequest', 'from: must not be later than to');
  return { id, fromMs: from, toMs: to, most };
}

const Claim = z.object({ id: Asked.shape.id });

/** The id of a message that is refused, so that its asker knows it again; null where none can be read. */
export function claimedId(payload: string): string | null {
  try {
    return Claim.parse(JSON.parse(payload)).id ?? null;
  } catch {
    return null;
  }
}

/** What a message asks for; an empty one for the last day. Throws Failure (badRequest). */
export function readHistoryMessage(payload: string, nowMs: number): HistoryRequest {
  if (payload.trim() === '') return read({}, nowMs);
  let given: unknown;
  try {
    given = JSON.parse(payload);
  } catch (error) {
    const why = messageOf(error);
    throw new Failure('badRequest', `the request is not JSON: ${why}`);
  }
  if (!isRecord(given)) throw new Failure('badRequest', 'a request is a JSON object');
  return read(given, nowMs);
}

const known = ['from', 'to', 'most'];

/** What a query such as `from=2026-11-20T07:00:00Z&most=100` asks for; keys of others are let be. Throws Failure (badRequest). */
export function readHistoryQuery(query: string, nowMs: number): HistoryRequest {
  const given: Record<string, unknown> = {};
  // In a query a plus is a blank, and an offset begins with one.
  for (const [key, text] of new URLSearchParams(query.replaceAll('+', '%2B'))) {
    if (!known.includes(key)) continue;
    if (key in given) throw new Failure('badRequest', `${key}: is given twice`);
    given[key] = key === 'most' && /^\d{1,9}$/.test(text) ? Number(text) : text;
  }
  return read(given, nowMs);
}

export interface HistoryAnswer {
  id: string | null;
  monitor: string;
  from: string;
  to: string;
  truncated: boolean;
  points: HistoryPoint[];
}

const isoOf = (atMs: number): string => new Date(Math.min(atMs, 8.64e15)).toISOString();

export const historyAnswer = (
  monitor: string,
  { id, fromMs, toMs }: HistoryRequest,
  { points, truncated }: { points: HistoryPoint[]; truncated: boolean },
): HistoryAnswer => ({ id, monitor, from: isoOf(fromMs), to: isoOf(toMs), truncated, points });

/** An answer as a message of at most 60 KiB: of more points the newest. */
export function historyPayload(answer: HistoryAnswer): string {
  const whole = JSON.stringify(answer);
  if (Buffer.byteLength(whole) <= longestPayloadBytes) return whole;
  let left = longestPayloadBytes - Buffer.byteLength(JSON.stringify({ ...answer, points: [] }));
  let first = answer.points.length;
  for (const point of answer.points.toReversed()) {
    left -= Buffer.byteLength(JSON.stringify(point)) + 1;
    if (left < 0) break;
    first -= 1;
  }
  return JSON.stringify({ ...answer, truncated: true, points: answer.points.slice(first) });
}

/** The answer to what can't be done: the reason in the place of the points. */
export const historyRefusal = (id: string | null, monitor: string, failure: Failure): string =>
  JSON.stringify({ id, monitor, reason: failure.message, failure: failureReport(failure) });
