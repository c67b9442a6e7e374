// imon's positional arguments, word by word as its scripts know them: a fixture for each event, a line for each word.
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { imonArguments } from '../../../agent/action/imon.ts';
import { type Event, newEvent } from '../../../shared/event.ts';
import { turned } from './kit.ts';

const golden = (name: string): string[] =>
  readFileSync(new URL(`../../fixtures/imon/${name}.txt`, import.meta.url), 'utf8')
    .trimEnd()
    .split('\n');

const figures = { minMs: 15, rttMs: 15.1234, maxMs: 16.5, jitterMs: 0.25, lossPercent: 0, failure: null };
const silent = { minMs: null, rttMs: null, maxMs: null, jitterMs: null };
const result = (evidence: Event['evidence']): Event =>
  newEvent(
    'probe.result',
    'backup',
    { evidence: { kind: 'ping', target: '1.1.1.1', ...figures, ...evidence } },
    0,
  );
const addresses = (from: string | null, to: string | null): Event =>
  newEvent('egress.changed', 'backup', { from, to }, 0);

describe('the arguments', () => {
  it.each<[string, Event]>([
    ['updown-offline', turned('monitor.down', 'up')],
    ['updown-online', turned('monitor.up', 'down', { outageMs: 3999 })],
    [
      'updown-online-days',
      turned('monitor.up', 'down', { outageMs: 2 * 86_400_000 + 3 * 3_600_000 + 65_000 }),
    ],
    ['ddns-ip-update', addresses('198.51.100.7', '203.0.113.9')],
    ['ddns-ip-update-first', addresses(null, '203.0.113.9')],
    ['ddns-no-update', newEvent('egress.unknown', 'backup', {}, 0)],
    ['ping-result', result({})],
    ['ping-result-lost', result({ ...silent, lossPercent: 100 })],
    ['ping-result-third-lost', result({ lossPercent: 33.333 })],
    [
      'ping-result-no-carrier',
      result({ ...silent, lossPercent: null, failure: { code: 'noCarrier', source: 'uplink' } }),
    ],
  ])('of %s are the known ones', (name, event) => {
    expect(imonArguments(event, 'main', true)).toEqual(golden(name));
  });

  it('name the instance, and say where the log does not go to syslog', () => {
    expect(imonArguments(turned('monitor.down', 'up'), 'attic', false)).toEqual([
      ...['attic', '1', 'updown-offline', '1.1.1.1'],
    ]);
  });

  // As Python has it: round(1 - received / sent, 2).
  it.each([
    [12.5, '0.12'],
    [37.5, '0.38'],
    [42.5, '0.43'],
    [97.5, '0.97'],
    [50, '0.5'],
  ])('round a loss of %f %% to %s', (lossPercent, text) => {
    expect(imonArguments(result({ lossPercent }), 'main', true)?.[3]?.split(':')[5]).toBe(text);
  });
});

describe('nothing is said', () => {
  it.each<[string, Event]>([
    ['of a first up', turned('monitor.up', null)],
    ['of a first down', turned('monitor.down', null)],
    ['of up where it was up before nothing was known', turned('monitor.up', 'up')],
    ['of down where it was down before nothing was known', turned('monitor.down', 'down')],
    ['of a degraded monitor', turned('monitor.degraded', 'up')],
    ['of a trace', result({ kind: 'traceroute' })],
    [
      "of a probe that failed for this machine's own fault",
      result({ ...silent, lossPercent: null, failure: { code: 'noRawSockets', source: 'local' } }),
    ],
    ['of a budget', newEvent('budget.warning', 'lte', {}, 0)],
  ])('%s', (_what, event) => {
    expect(imonArguments(event, 'main', true)).toBe(null);
  });
});
