// Commands that are refused, in exact words.
import { describe, expect, it } from 'vitest';
import { type Candidate, refusalOf } from '../../../../agent/uplink/select.ts';
import { fibre, lte } from './kit.ts';

const away = { usable: false };

describe('a command', () => {
  const family = (...candidates: Candidate[]) => ({ candidates, active: null });
  const uplinks = new Map<string, string | null>([
    ['fibre', null],
    ['lte', null],
    ['wwan', 'is not measured'],
  ]);
  const force = (uplink: string) => ({ action: 'force', uplink, ttlSeconds: 60 }) as const;

  it.each<[what: string, uplink: string, families: Parameters<typeof refusalOf>[2], refusal: string | null]>([
    ['of an uplink that works', 'lte', [family(fibre('up'), lte('degraded'))], null],
    [
      'of a mistyped one',
      'fiber',
      [family(fibre('up'), lte('up'))],
      'force: there is no uplink "fiber"; did you mean fibre?',
    ],
    [
      'of an unknown one',
      'cable',
      [family(fibre('up'), lte('up'))],
      'force: there is no uplink "cable"; there are: fibre, lte, wwan',
    ],
    [
      'of one that is down',
      'lte',
      [family(fibre('up'), lte('down'))],
      'force: lte is down while fibre is up',
    ],
    [
      'of one without a link',
      'lte',
      [family(fibre('degraded'), lte('up', away))],
      'force: lte has no carrier, address or gateway while fibre is degraded',
    ],
    ['of one that is not measured', 'wwan', [family(fibre('up'))], 'force: wwan is not measured'],
    ['of one before anything is decided', 'lte', [], null],
    ['of one that is down as all are', 'lte', [family(fibre('down'), lte('down'))], null],
    [
      'of one that works in one family',
      'lte',
      [family(fibre('up'), lte('down')), family(fibre('up'), lte('up'))],
      null,
    ],
    [
      'of one that works in none',
      'lte',
      [family(fibre('down'), lte('down')), family(fibre('up'), lte('probing'))],
      'force: lte has not answered yet while fibre is up',
    ],
    [
      'that would leave one which may well work',
      'lte',
      [{ candidates: [fibre('unknown'), lte('down')], active: 'fibre' }],
      "force: lte is down while fibre can't be judged by this machine",
    ],
    [
      'of the active one that this machine knows nothing of',
      'lte',
      [{ candidates: [fibre('up'), lte('unknown')], active: 'lte' }],
      null,
    ],
  ])('%s', (_what, uplink, families, refusal) => {
    expect(refusalOf(force(uplink), uplinks, families)).toBe(refusal);
  });

  it('of another kind is always obeyed', () => {
    const families = [family(fibre('down'))];
    expect(refusalOf({ action: 'release' }, uplinks, families)).toBe(null);
    expect(refusalOf({ action: 'observe', ttlSeconds: 60 }, uplinks, families)).toBe(null);
  });
});
