// An event's payload, and what becomes of one that is too large for a message.
import { expect, it } from 'vitest';
import { eventPayload } from '../../../agent/publish/event.ts';
import { Event, newEvent } from '../../../shared/event.ts';

const told = (evidence: Event['evidence']): Event => newEvent('monitor.down', 'lte', { evidence }, 0);

const parsed = (event: Event): Event => {
  const payload = eventPayload(event);
  expect(Buffer.byteLength(payload)).toBeLessThanOrEqual(60 * 1024);
  return Event.parse(JSON.parse(payload));
};

it('is the event', () => {
  const event = told({ reason: 'no reply', route: [{ ttl: 1 }] });
  expect(parsed(event)).toEqual(event);
});

const hop = (ttl: number) => ({ ttl, name: 'x'.repeat(253) });
const long = 'ü'.repeat(70_000);

it.each<[string, Event['evidence'], Event['evidence']]>([
  [
    'the route',
    { reason: 'r', route: Array.from({ length: 255 }, (_, ttl) => hop(ttl)) },
    { reason: 'r', route: null },
  ],
  [
    'long texts',
    { reason: long, lossPercent: 100 },
    { reason: `${'ü'.repeat(199)}…`, lossPercent: 100, route: null },
  ],
  [
    'its figures',
    { reason: 'r', figures: Object.fromEntries(Array.from({ length: 9000 }, (_, at) => [`key${at}`, at])) },
    { reason: 'r', route: null, figures: null },
  ],
  ['all its evidence', Object.fromEntries(Array.from({ length: 9000 }, (_, at) => [`key${at}`, at])), {}],
])('where it is too large loses %s', (_what, evidence, left) => {
  const event = told(evidence);
  expect(parsed(event)).toEqual({ ...event, evidence: left });
});
