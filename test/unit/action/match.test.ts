// Which events an action hears of.
import { expect, it } from 'vitest';
import { asksFor } from '../../../agent/action/match.ts';
import type { EventKind } from '../../../shared/event.ts';

it.each<[string[], string | null, EventKind, boolean]>([
  [['monitor.down'], null, 'monitor.down', true],
  [['monitor.down'], null, 'monitor.up', false],
  [['monitor.up', 'monitor.down'], null, 'monitor.down', true],
  [['monitor.*'], null, 'monitor.degraded', true],
  [['monitor.*'], null, 'egress.changed', false],
  [['*'], null, 'store.failed', true],
  [['*'], null, 'probe.result', false],
  [['probe.*'], null, 'probe.result', true],
  [['*', 'probe.result'], null, 'probe.result', true],
  [['*'], 'backup', 'monitor.up', true],
  [['*'], 'other', 'monitor.up', false],
  [[], null, 'monitor.up', false],
])('%j of subject %j and %s of backup: %j', (on, subject, kind, asked) => {
  expect(asksFor({ on, subject }, { kind, subject: 'backup' })).toBe(asked);
});

it.each([
  [null, true],
  ['lte', false],
])('an event of all uplinks is asked for by an action of subject %j: %j', (subject, asked) => {
  expect(asksFor({ on: ['failover.*'], subject }, { kind: 'failover.allDown', subject: null })).toBe(asked);
});
