// A command is followed while it holds, but never so that the last working way is given up.
import { describe, expect, it } from 'vitest';
import { type Candidate, select } from '../../../../agent/uplink/select.ts';
import type { Health } from '../../../../shared/failover.ts';
import { ago, dsl, fibre, lte, nowMs, settings, standing } from './kit.ts';

const away = { usable: false };

describe('a forced uplink', () => {
  const untilMs = nowMs + 5000;
  const forced = (candidates: readonly Candidate[], active: string | null = 'fibre', until = untilMs) =>
    select(
      candidates,
      { ...standing, active, switchedMs: ago(1), forced: { uplink: 'lte', untilMs: until } },
      settings,
      nowMs,
    );

  it.each<Health>(['up', 'degraded', 'recovering'])('has the default while it is %s', (health) => {
    expect(forced([fibre('up'), lte(health)])).toMatchObject({
      ...{ desired: 'lte', kind: 'force', wakeMs: untilMs },
      why: `lte is ${health} and is forced`,
    });
    expect(forced([fibre('up'), lte(health)], 'lte')).toMatchObject({ desired: 'lte', kind: 'keep' });
  });

  it('has it also while it is held back', () => {
    expect(forced([fibre('up'), lte('up', { suppressed: true })]).desired).toBe('lte');
  });

  it('is free again once the time is over', () => {
    expect(forced([fibre('up'), lte('up')], 'fibre', nowMs)).toMatchObject({
      ...{ desired: 'fibre', kind: 'keep', why: 'fibre is up', wakeMs: null },
    });
  });

  it.each<[lte: Candidate, why: string]>([
    [lte('down'), 'lte is forced but is down; fibre is up'],
    [lte('up', away), 'lte is forced but has no carrier, address or gateway; fibre is up'],
    [lte('probing'), 'lte is forced but has not answered yet; fibre is up'],
    [lte('unknown'), "lte is forced but can't be judged by this machine; fibre is up"],
    [lte('up', { suspect: true }), 'lte is forced but must first answer again; fibre is up'],
  ])('is not followed where another works: %#', (candidate, why) => {
    expect(forced([fibre('up'), candidate])).toMatchObject({ desired: 'fibre', why, wakeMs: untilMs });
  });

  it('is left when it fails and another works', () => {
    expect(forced([fibre('up'), lte('down')], 'lte')).toMatchObject({ desired: 'fibre', kind: 'leave' });
  });

  it('is not followed where the active one may well work', () => {
    expect(forced([fibre('unknown'), lte('down')]).desired).toBe('fibre');
  });

  it('is followed where nothing works and it has a link', () => {
    expect(forced([fibre('down'), lte('down')])).toMatchObject({
      desired: 'lte',
      kind: 'force',
      allBad: true,
    });
    expect(forced([fibre('down'), lte('down', away)])).toMatchObject({ desired: 'fibre', allBad: true });
  });

  it('is nothing where it is not configured', () => {
    expect(forced([fibre('up'), dsl('up')])).toMatchObject({
      desired: 'fibre',
      why: 'lte is forced but is not configured; fibre is up',
    });
  });
});
