// The first seconds: nothing is switched before it is known who answers.
import { expect, it } from 'vitest';
import { type Candidate, select } from '../../../../agent/uplink/select.ts';
import { ago, dsl, fibre, lte, nowMs, settings, standing } from './kit.ts';

const started = { ...standing, startedMs: ago(2), startupOver: false };
const starting = (candidates: readonly Candidate[], active: string | null) =>
  select(candidates, { ...started, active }, settings, nowMs);

it('keeps the default there is while somebody could still answer, and says until when', () => {
  expect(starting([fibre('probing'), lte('up')], 'lte')).toEqual({
    ...{ desired: 'lte', kind: 'keep', instead: null, wakeMs: ago(2) + 10_000 },
    why: 'nothing is switched at start-up: fibre has not answered yet',
    ...{ allBad: false, startupOver: false },
  });
  expect(starting([fibre('probing'), lte('probing')], null)).toMatchObject({ desired: null, allBad: false });
});

it.each<[what: string, candidates: Candidate[], active: string | null, over: boolean]>([
  ['is over where nobody is left to be found out about', [fibre('down'), lte('up')], 'fibre', true],
  ['is over where all are down', [fibre('down'), lte('down')], 'fibre', true],
  ['waits for one that could be the best', [fibre('probing'), lte('up')], null, false],
  ['does not wait for one that is not preferred', [fibre('up'), lte('probing')], null, true],
  ['does not wait for one without a link', [fibre('probing', { usable: false }), lte('up')], null, true],
  [
    'does not wait for one that is held back',
    [fibre('probing', { suppressed: true }), lte('up')],
    null,
    true,
  ],
  ['waits for one that would be better', [fibre('degraded'), lte('probing')], null, false],
  [
    'does not wait for an active one without a link',
    [fibre('probing', { usable: false }), lte('up')],
    'fibre',
    true,
  ],
  [
    'takes one that recovers before one that can be no better',
    [fibre('recovering'), lte('probing')],
    null,
    true,
  ],
  ['waits for a preferred one that has begun to answer', [dsl('recovering'), lte('up')], null, false],
  ['does not leave one that has only begun to answer', [fibre('up'), lte('recovering')], 'lte', false],
])('%s', (_what, candidates, active, over) => {
  expect(starting(candidates, active).startupOver).toBe(over);
});

it('is over when its time is, and does not begin again', () => {
  const candidates = [fibre('probing'), lte('up')];
  const late = { ...started, active: 'fibre', startedMs: ago(10) };
  expect(select(candidates, late, settings, nowMs)).toMatchObject({ desired: 'lte', startupOver: true });
  const again = { ...started, active: 'fibre', startupOver: true };
  expect(select(candidates, again, settings, nowMs)).toMatchObject({ desired: 'lte', startupOver: true });
});

it('does not keep a command waiting', () => {
  const forced = { ...started, active: 'fibre', forced: { uplink: 'lte', untilMs: nowMs + 1000 } };
  const selection = select([fibre('probing'), lte('up')], forced, settings, nowMs);
  expect(selection).toMatchObject({ desired: 'lte', kind: 'force', startupOver: false });
});
