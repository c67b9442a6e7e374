// An event as its message's payload.
import type { Event } from '../../shared/event.ts';
import { longestResultBytes } from './result.ts';

const longestText = 200;
const longestList = 20;

const fits = (payload: string): boolean => Buffer.byteLength(payload) <= longestResultBytes;

function shorten(_key: string, value: unknown): unknown {
  if (Array.isArray(value)) return value.slice(0, longestList);
  return typeof value === 'string' && value.length > longestText
    ? `${value.slice(0, longestText - 1)}…`
    : value;
}

function* payloadsOf(event: Event): Generator<string, string> {
  yield JSON.stringify(event);
  const withoutRoute = { ...event, evidence: { ...event.evidence, route: null } };
  yield JSON.stringify(withoutRoute);
  yield JSON.stringify(withoutRoute, shorten);
  yield JSON.stringify({ ...withoutRoute, evidence: { ...withoutRoute.evidence, figures: null } }, shorten);
  return JSON.stringify({ ...event, evidence: {} }, shorten);
}

/** The event's JSON, of at most 60 KiB: what is too long loses its route, then long texts and lists, its figures, all evidence. */
export function eventPayload(event: Event): string {
  const payloads = payloadsOf(event);
  let next = payloads.next();
  while (next.done !== true && !fits(next.value)) next = payloads.next();
  return next.value;
}
