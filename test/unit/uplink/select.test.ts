// Which uplink is to have the default: by health, by preference, and not too often.
import { describe, expect, it } from 'vitest';
import {
  type Candidate,
  type SelectionSettings,
  type Standing,
  select,
} from '../../../agent/uplink/select.ts';
import { ago, dsl, fibre, lte, nowMs, settings, standing } from './select/kit.ts';

const chosen = (
  candidates: readonly Candidate[],
  now: Partial<Standing>,
  wished: Partial<SelectionSettings> = {},
) => select(candidates, { ...standing, ...now }, { ...settings, ...wished }, nowMs);

/** `from>to kind`, in short. */
function moved(
  candidates: readonly Candidate[],
  now: Partial<Standing>,
  wished?: Partial<SelectionSettings>,
) {
  const { desired, kind } = chosen(candidates, now, wished);
  return `${kind} ${desired}`;
}

const away = { usable: false };
const distrusted = { distrusted: true };
const suspect = { suspect: true };
const suppressed = { suppressed: true };
const since = (seconds: number) => ({ upSinceMs: ago(seconds) });

describe('leaving an uplink', () => {
  it.each<[what: string, candidates: Candidate[], active: string, move: string]>([
    ['not one that is up', [fibre('up'), lte('up')], 'fibre', 'keep fibre'],
    ['one that is down', [fibre('down'), lte('up')], 'fibre', 'leave lte'],
    ['one that is down for one that is degraded', [fibre('down'), lte('degraded')], 'fibre', 'leave lte'],
    ['one that is down for one that only recovers', [fibre('down'), lte('recovering')], 'fibre', 'leave lte'],
    ['one without a link', [fibre('up', away), lte('up')], 'fibre', 'leave lte'],
    ['one that is new and has not answered', [fibre('probing'), lte('up')], 'fibre', 'leave lte'],
    ['not for one that has not answered yet', [fibre('down'), lte('probing')], 'fibre', 'keep fibre'],
    ['not for one without a link', [fibre('down'), lte('up', away)], 'fibre', 'keep fibre'],
    [
      'not for one that missed an answer just now',
      [fibre('down'), lte('up', suspect)],
      'fibre',
      'keep fibre',
    ],
    ['not one that missed an answer just now', [fibre('up', suspect), lte('up')], 'fibre', 'keep fibre'],
    ['not one that this machine knows nothing of', [fibre('unknown'), lte('up')], 'fibre', 'keep fibre'],
    ['nor where that one is held back', [fibre('unknown', suppressed), lte('up')], 'fibre', 'keep fibre'],
    [
      'one of which nothing is known but that its link is gone',
      [fibre('unknown', away), lte('up')],
      'fibre',
      'leave lte',
    ],
    [
      'not for one that this machine knows nothing of',
      [fibre('down'), lte('unknown')],
      'fibre',
      'keep fibre',
    ],
    ['a degraded one for one that is up', [fibre('degraded'), lte('up')], 'fibre', 'leave lte'],
    [
      'one that a switch was taken back from for any other that answers',
      [fibre('up', distrusted), lte('degraded')],
      'fibre',
      'leave lte',
    ],
    [
      'for one that a switch was taken back from only where there is nothing else',
      [fibre('down'), dsl('up', distrusted), lte('up', suppressed)],
      'fibre',
      'leave lte',
    ],
    ['not a degraded one for another', [fibre('degraded'), lte('degraded')], 'fibre', 'keep fibre'],
    [
      'not a degraded one for one that recovers',
      [fibre('degraded'), lte('recovering')],
      'fibre',
      'keep fibre',
    ],
    [
      'one that is down for the best there is',
      [fibre('down'), dsl('degraded'), lte('up')],
      'fibre',
      'leave lte',
    ],
    [
      'one that is down for the preferred of the best',
      [fibre('down'), lte('up'), dsl('up')],
      'fibre',
      'leave dsl',
    ],
    ['not for one that is held back', [fibre('degraded'), lte('up', suppressed)], 'fibre', 'keep fibre'],
    [
      'for one that is held back where there is nothing else',
      [fibre('down'), lte('up', suppressed)],
      'fibre',
      'leave lte',
    ],
    [
      'for one that recovers before one that is held back',
      [fibre('down'), dsl('up', suppressed), lte('recovering')],
      'fibre',
      'leave lte',
    ],
    ['one that is held back for one that is up', [fibre('up', suppressed), lte('up')], 'fibre', 'leave lte'],
    [
      'not one that is held back for one that answers worse',
      [fibre('up', suppressed), lte('degraded')],
      'fibre',
      'keep fibre',
    ],
  ])('%s', (_what, candidates, active, move) => {
    expect(moved(candidates, { active })).toBe(move);
  });

  it('prefers the first in the file of equal priorities', () => {
    const equal = { priority: 100 };
    const three = [fibre('down', equal), lte('up', equal), dsl('up', equal)];
    expect(moved(three, { active: 'fibre' })).toBe('leave lte');
    expect(moved([fibre('up', equal), lte('up', equal)], { active: 'lte' })).toBe('return fibre');
  });

  it('waits for the dwell time where the active one still answers, and never where it does not', () => {
    const now = { active: 'lte', switchedMs: ago(10) };
    expect(chosen([fibre('up'), lte('degraded')], now)).toMatchObject({
      ...{ desired: 'lte', kind: 'keep', wakeMs: ago(10) + 30_000 },
      why: 'lte is degraded and fibre is up; the last switch must be 30 s back',
    });
    expect(moved([fibre('up'), lte('degraded')], { ...now, switchedMs: ago(30) })).toBe('leave fibre');
    expect(moved([fibre('up', since(1)), lte('down')], now)).toBe('leave fibre');
    expect(moved([fibre('recovering'), lte('down')], now)).toBe('leave fibre');
  });

  it('holds for a sticky one too, where it is worse', () => {
    const sticky = { preferPrimary: false };
    expect(moved([fibre('up'), lte('degraded')], { active: 'lte' }, sticky)).toBe('leave fibre');
    expect(moved([fibre('up'), lte('down')], { active: 'lte' }, sticky)).toBe('leave fibre');
  });
});

describe('the voluntary return', () => {
  it.each<[what: string, candidates: Candidate[], switchedSeconds: number, move: string]>([
    [
      'comes once the preferred one was up long enough',
      [fibre('up', since(60)), lte('up')],
      100,
      'return fibre',
    ],
    ['not before', [fibre('up', since(59)), lte('up')], 100, 'keep lte'],
    ['not before the dwell time is over', [fibre('up', since(90)), lte('up')], 29, 'keep lte'],
    ['not to one that is degraded', [fibre('degraded'), lte('degraded')], 100, 'keep lte'],
    [
      'not to one that missed an answer just now',
      [fibre('up', { ...since(90), ...suspect }), lte('up')],
      100,
      'keep lte',
    ],
    [
      'not to one that is held back',
      [fibre('up', { ...since(90), ...suppressed }), lte('up')],
      100,
      'keep lte',
    ],
    [
      'not where nobody knows since when it is up',
      [fibre('up', { upSinceMs: null }), lte('up')],
      100,
      'keep lte',
    ],
    [
      'also from one that this machine knows nothing of',
      [fibre('up', since(60)), lte('unknown')],
      100,
      'return fibre',
    ],
    [
      'to the best of those that were up long enough',
      [fibre('up', since(5)), dsl('up', since(60)), lte('up')],
      100,
      'return dsl',
    ],
  ])('%s', (_what, candidates, switchedSeconds, move) => {
    expect(moved(candidates, { active: 'lte', switchedMs: ago(switchedSeconds) })).toBe(move);
  });

  it('says what it waits for, and until when', () => {
    const candidates = [fibre('up', since(12)), lte('up')];
    expect(chosen(candidates, { active: 'lte', switchedMs: ago(40) })).toMatchObject({
      why: 'lte is up and fibre is up; fibre must have been up for 60 s',
      wakeMs: ago(12) + 60_000,
    });
    expect(chosen(candidates, { active: 'lte', switchedMs: ago(1) }, { failbackDelayMs: 0 })).toMatchObject({
      why: 'lte is up and fibre is up; the last switch must be 30 s back',
      wakeMs: ago(1) + 30_000,
    });
  });

  it('is looked for when the first of several may come', () => {
    const candidates = [fibre('up', since(5)), dsl('up', since(50)), lte('up')];
    expect(chosen(candidates, { active: 'lte' }).wakeMs).toBe(ago(50) + 60_000);
  });

  it('is none where it is not wished', () => {
    expect(chosen([fibre('up'), lte('up')], { active: 'lte' }, { preferPrimary: false })).toMatchObject({
      ...{ desired: 'lte', kind: 'keep', wakeMs: null },
      why: 'lte is up and fibre is up; preferPrimary is false',
    });
  });
});

describe('why', () => {
  it.each<[candidates: Candidate[], active: string | null, why: string]>([
    [[fibre('up'), lte('down')], 'fibre', 'fibre is up'],
    [[fibre('down'), lte('up')], 'lte', 'lte is up and fibre is down'],
    [[fibre('down'), dsl('up', away), lte('up')], 'fibre', 'lte is up and fibre is down'],
    [
      [fibre('down'), dsl('up', away), lte('up')],
      'lte',
      'lte is up, fibre is down and dsl has no carrier, address or gateway',
    ],
    [[fibre('degraded'), lte('probing')], 'fibre', 'fibre is degraded and lte has not answered yet'],
    [
      [fibre('up', suppressed), lte('up')],
      'lte',
      'lte is up and fibre is held back for going up and down too often',
    ],
    [[fibre('unknown'), lte('up')], 'fibre', "fibre can't be judged by this machine"],
    [
      [fibre('down'), lte('up', suspect)],
      'fibre',
      'fibre is down and lte is up; it must first answer again: lte',
    ],
    [[fibre('up'), lte('up')], null, 'fibre is up'],
  ])('%#: %s', (candidates, active, why) => {
    expect(chosen(candidates, { active }).why).toBe(why);
  });
});

describe('where no uplink has the default', () => {
  it('takes the best, at once', () => {
    expect(moved([fibre('up', since(1)), lte('up')], { active: null, switchedMs: ago(1) })).toBe(
      'first fibre',
    );
    expect(moved([fibre('down'), lte('degraded')], { active: null })).toBe('first lte');
  });

  it('takes it also from an interface that is no uplink, and says so', () => {
    expect(chosen([fibre('up'), lte('up')], { active: 'tun0' })).toMatchObject({
      ...{ desired: 'fibre', kind: 'first' },
      why: 'the default route leaves by tun0, which is no configured uplink; fibre is up',
    });
  });

  it('leaves the routes as they are where none answers', () => {
    const nothing = { desired: null, kind: 'keep', instead: null };
    expect(chosen([fibre('down'), lte('probing')], { active: 'tun0' })).toMatchObject(nothing);
    expect(chosen([fibre('down'), lte('down')], { active: null })).toMatchObject(nothing);
    expect(chosen([], { active: 'tun0' })).toMatchObject({ ...nothing, allBad: false });
  });
});

describe('a single uplink', () => {
  it.each<[candidate: Candidate, active: string | null, move: string]>([
    [fibre('up'), 'fibre', 'keep fibre'],
    [fibre('down'), 'fibre', 'keep fibre'],
    [fibre('down', away), 'fibre', 'keep fibre'],
    [fibre('probing'), null, 'first fibre'],
    [fibre('down'), null, 'first fibre'],
    [fibre('down', away), null, 'keep null'],
    [fibre('up'), 'tun0', 'first fibre'],
    [fibre('down'), 'tun0', 'keep null'],
  ])('%#: %o beside %s', (candidate, active, move) => {
    expect(moved([candidate], { active })).toBe(move);
  });

  it('is not withdrawn, whatever the last resort is', () => {
    expect(chosen([fibre('down')], { active: 'fibre' }, { lastResort: 'unreachable' })).toMatchObject({
      ...{ desired: 'fibre', kind: 'keep', instead: null, allBad: true },
      why: 'fibre is down; there is no other uplink',
    });
  });
});
