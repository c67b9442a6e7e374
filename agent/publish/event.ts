// An event as its message's payload.
import type { Event } from '../../shared/event.ts';
import { cut, firstThatFits } from '../../shared/payload.ts';

const longestText = 200;
const longestList = 20;

function shorten(_key: string, value: unknown): unknown {
  if (Array.isArray(value)) return value.slice(0, longestList);
  return typeof value === 'string' ? cut(value, longestText) : value;
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
export const eventPayload = (event: Event): string => firstThatFits(payloadsOf(event));
