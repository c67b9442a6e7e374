// The slots: what becomes of each, and how many are kept.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type Window,
  emptyWindow,
  fateOf,
  fromRound,
  slotOf,
  withAnswer,
  withLife,
  withLocalFault,
  withRefusal,
  withSlot,
  withoutOpen,
} from '../../../../agent/uplink/health/window.ts';
import { drawn, slot } from './echoes.ts';
import { settings } from './settings.ts';

const key = { round: 3, target: 'a' };
const one = withSlot(emptyWindow, slot(3, 'a', 1000), settings());
const fate = (window: Window, nowMs: number) => window.slots.map((each) => fateOf(each, nowMs));

describe('an echo', () => {
  it('is open until its wait is over, then lost', () => {
    expect(fate(one, 1249)).toEqual(['open']);
    expect(fate(one, 1250)).toEqual(['lost']);
  });

  it('that is answered late is lost no more', () => {
    expect(fate(withAnswer(one, key, 3000), 9000)).toEqual(['answered']);
  });

  it('that an ICMP error answers is lost at once, and answered if the answer comes all the same', () => {
    const refused = withRefusal(one, key);
    expect(fate(refused, 1001)).toEqual(['lost']);
    expect(fate(withAnswer(refused, key, 5), 1010)).toEqual(['answered']);
  });

  it('that could not be sent is neither', () => {
    expect(fate(withLocalFault(one, key, 'EPERM'), 9000)).toEqual(['local']);
  });

  it('of another round or target is not touched', () => {
    for (const other of [
      { round: 4, target: 'a' },
      { round: 3, target: 'b' },
    ]) {
      expect(withAnswer(one, other, 5)).toEqual(one);
      expect(withRefusal(one, other)).toEqual(one);
      expect(slotOf(one, other)).toBe(null);
    }
  });
});

describe('a sign of life', () => {
  it('is when the latest answered echo was sent, in whatever order the answers come', () => {
    const two = withSlot(one, slot(4, 'a', 2000), settings());
    const answered = withAnswer(withAnswer(two, { round: 4, target: 'a' }, 5), key, 1500);
    expect(answered.lifeMs).toEqual(new Map([['a', 2000]]));
  });

  it('may come outside any slot', () => {
    expect(withLife(one, 'a', 1500).lifeMs).toEqual(new Map([['a', 1500]]));
  });
});

describe('what is kept', () => {
  const rounds = (window: Window) => window.slots.map(({ round }) => round);

  it('leaves out what is under way where that says nothing', () => {
    const window = withSlot(one, slot(4, 'a', 2000), settings());
    expect(rounds(withoutOpen(window, 2100))).toEqual([3]);
  });

  it('begins afresh with a round', () => {
    expect(rounds(fromRound(drawn({ a: '.x.x.' }), 3))).toEqual([3, 4]);
  });

  it('is what is judged and counted, and what may be under way', () => {
    const long = drawn({ a: '.'.repeat(100) });
    expect(long.slots.length).toBe(22);
    const counted = drawn({ a: '.'.repeat(100) }, settings({ window: 3, down: 30, timeoutMs: 4000 }));
    expect(counted.slots.length).toBe(35);
  });

  it('loses no answer to faults of this machine, and of those keeps what counts', () => {
    const window = drawn({ a: `.x${'!'.repeat(50)}` });
    // What could not be sent is known a moment after it was to be: so one more than the five that count.
    expect(rounds(window)).toEqual([0, 1, 46, 47, 48, 49, 50, 51]);
  });
});

it('says the same in whatever order answers come', () => {
  const answers = fc.uniqueArray(fc.record({ round: fc.nat(9), rttMs: fc.integer({ min: 1, max: 4000 }) }), {
    selector: ({ round }) => round,
  });
  const shuffled = answers.chain((all) =>
    fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length })),
  );
  const before = drawn({ a: 'x'.repeat(10) });
  fc.assert(
    fc.property(shuffled, (orders) => {
      const [first, second] = orders.map((order) =>
        order.reduce((window, { round, rttMs }) => withAnswer(window, { round, target: 'a' }, rttMs), before),
      );
      expect(second).toEqual(first);
    }),
  );
});
