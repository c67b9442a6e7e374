// Whom the default is left to when no uplink answers.
import { describe, expect, it } from 'vitest';
import { type Candidate, type SelectionSettings, select } from '../../../../agent/uplink/select.ts';
import { ago, dsl, fibre, lte, nowMs, settings, standing } from './kit.ts';

const selected = (
  lastResort: SelectionSettings['lastResort'],
  candidates: readonly Candidate[],
  active: string | null = 'lte',
  switchedMs: number | null = null,
) => select(candidates, { ...standing, active, switchedMs }, { ...settings, lastResort }, nowMs);

const allDown = [fibre('down'), lte('down')];
const loss = (lossPercent: number) => ({ lossPercent });

it('holds the last one', () => {
  expect(selected('hold', allDown)).toMatchObject({
    ...{ desired: 'lte', kind: 'keep', instead: null, allBad: true },
    why: 'fibre is down and lte is down',
  });
});

describe('one that has no link', () => {
  const noLink = { usable: false };

  it.each<[what: string, fibre: Candidate]>([
    ['is silent', fibre('down')],
    ["can't be judged by this machine", fibre('unknown')],
    ['has not been heard yet', fibre('probing')],
  ])('is left for one that has one and %s', (_what, other) => {
    const { desired, kind, why } = selected('hold', [other, lte('down', noLink)]);
    expect([desired, kind]).toEqual(['fibre', 'leave']);
    expect(why).toMatch(/lte has no carrier, address or gateway; fibre has at least a link$/);
  });

  it('is held where none has one', () => {
    const candidates = [fibre('down', noLink), lte('down', noLink)];
    expect(selected('hold', candidates)).toMatchObject({ desired: 'lte', kind: 'keep' });
  });

  it('is left for none that must first answer again', () => {
    const candidates = [fibre('up', { suspect: true }), dsl('down'), lte('down', noLink)];
    expect(selected('hold', candidates)).toMatchObject({ desired: 'lte', kind: 'keep' });
  });

  it('is none of ours: then the routes stay as they are', () => {
    expect(selected('hold', [fibre('down'), lte('down', noLink)], 'tun0')).toMatchObject({
      desired: null,
      kind: 'keep',
    });
  });
});

it.each(['os', 'unreachable'] as const)('withdraws ours for %s', (instead) => {
  expect(selected(instead, allDown)).toMatchObject({
    desired: null,
    kind: 'withdraw',
    instead,
    allBad: true,
  });
});

it.each<[what: string, candidates: Candidate[]]>([
  ['answers', [fibre('recovering'), lte('down')]],
  ['is held back but answers', [fibre('up', { suppressed: true }), lte('down')]],
  ['missed one answer just now', [fibre('up', { suspect: true }), lte('down')]],
  ["can't be judged by this machine", [fibre('unknown'), lte('down')]],
  ["has the default and can't be judged by this machine", [fibre('down'), lte('unknown')]],
])('withdraws nothing while an uplink %s', (_what, candidates) => {
  expect(selected('unreachable', candidates)).toMatchObject({ instead: null, allBad: false });
});

it('takes the first that answers again, without delay', () => {
  for (const lastResort of ['hold', 'bestScore', 'os', 'unreachable'] as const) {
    const selection = selected(lastResort, [fibre('recovering'), lte('down')], 'lte', ago(1));
    expect(selection).toMatchObject({ desired: 'fibre', kind: 'leave' });
  }
});

describe('by the best score', () => {
  it.each<[what: string, candidates: Candidate[], desired: string | null, active?: string | null]>([
    [
      'takes the one that loses least',
      [fibre('down', loss(60)), dsl('down', loss(40)), lte('down', loss(90))],
      'dsl',
    ],
    ['stays where another loses no less', [fibre('down', loss(60)), lte('down', loss(60))], 'lte'],
    ['takes one without a figure for one that loses all', [fibre('probing'), lte('down', loss(90))], 'lte'],
    [
      'takes none without a link',
      [fibre('down', { ...loss(10), usable: false }), lte('down', loss(90))],
      'lte',
    ],
    [
      'leaves one without a link',
      [fibre('down', loss(90)), lte('down', { ...loss(10), usable: false })],
      'fibre',
    ],
    ['begins with the preferred one', [fibre('down', loss(100)), lte('down')], 'fibre', null],
    ['has nobody where none has a link', [fibre('down', { usable: false })], null, 'tun0'],
  ])('%s', (_what, candidates, desired, active = 'lte') => {
    expect(selected('bestScore', candidates, active).desired).toBe(desired);
  });

  it('does not guess anew before the dwell time is over', () => {
    const candidates = [fibre('down', loss(40)), lte('down', loss(60))];
    expect(selected('bestScore', candidates, 'lte', ago(10))).toMatchObject({
      ...{ desired: 'lte', kind: 'keep', wakeMs: ago(10) + 30_000 },
    });
    expect(selected('bestScore', candidates, 'lte', ago(30))).toMatchObject({
      desired: 'fibre',
      why: 'fibre is down and lte is down; fibre loses least',
    });
  });
});
