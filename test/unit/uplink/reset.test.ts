// When the program that is to bring an uplink back is due.
import { expect, it } from 'vitest';
import { resetDueMs } from '../../../agent/uplink/reset.ts';
import type { Health, Place } from '../../../shared/failover.ts';

const reset = { after: 3, graceMs: 600_000 };

it.each<[what: string, health: Health, place: Place | null, lastRunMs: number | null, dueMs: number | null]>([
  ['three rounds after the outage began', 'down', 'isp', null, 2000],
  ['and behind the gateway as at it', 'down', 'gateway', null, 2000],
  ['not before the grace is over', 'down', 'isp', 500, 599_500],
  ['never while it is up', 'up', null, null, null],
  ['not where there is no carrier', 'down', 'carrier', null, null],
  ['not without an address', 'down', 'dhcp', null, null],
  ['not where the targets are at fault', 'down', 'target', null, null],
])('is due %s', (_what, health, place, lastRunMs, dueMs) =>
  expect(resetDueMs({ health, place, downFromMs: 0 }, reset, 1000, lastRunMs, 1000)).toBe(dueMs),
);
