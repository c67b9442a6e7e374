// How fast packets may leave: a burst, then a steady rate, in the order asked; with a clock that the test moves.
import { getEventListeners } from 'node:events';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Departure, type Pacer, createPacer } from '../../../agent/packet/pacing.ts';

beforeEach(() =>
  vi.useFakeTimers({
    toFake: ['setTimeout', 'clearTimeout', 'setImmediate', 'clearImmediate', 'performance'],
  }),
);
afterEach(() => vi.useRealTimers());

const turn = (pacer: Pacer, signal?: AbortSignal): Promise<void> =>
  new Promise((resolve, reject) => pacer.enter({ go: resolve, refuse: reject }, signal));

/** Asks for so many turns; `left` fills with the numbers of those that were given, in their order. */
function askFor(pacer: Pacer, count: number, left: number[] = [], from = 0): number[] {
  for (let number = from; number < from + count; number++) {
    turn(pacer).then(
      () => left.push(number),
      () => left.push(-number),
    );
  }
  return left;
}

const burst = 32;
const upTo = (count: number): number[] => Array.from({ length: count }, (_, number) => number);

describe('the pace', () => {
  it('lets a burst go at once, the next ones one by one', async () => {
    const left = askFor(createPacer(100), burst + 4);
    await vi.advanceTimersByTimeAsync(0);
    expect(left).toEqual(upTo(burst));
    await vi.advanceTimersByTimeAsync(10);
    expect(left).toEqual(upTo(burst + 1));
    await vi.advanceTimersByTimeAsync(10);
    expect(left).toEqual(upTo(burst + 2));
    await vi.advanceTimersByTimeAsync(1000);
    expect(left).toEqual(upTo(burst + 4));
    expect(vi.getTimerCount()).toBe(0);
  });

  it.each([1, 10, 1000, 5000, 10_000])(
    'of %d a second is kept over any second, plus the burst',
    async (rate) => {
      const left = askFor(createPacer(rate), 40_000);
      await vi.advanceTimersByTimeAsync(0);
      for (let second = 1; second <= 3; second++) {
        await vi.advanceTimersByTimeAsync(1000);
        const most = Math.max(burst, rate / 100) + second * rate;
        expect(left.length).toBeLessThanOrEqual(most);
        expect(left.length).toBeGreaterThanOrEqual(most - Math.max(1, rate / 100));
      }
      expect(left).toEqual(upTo(left.length));
    },
  );

  it('never lets more than a burst go at one moment, however long nobody asked', async () => {
    const pacer = createPacer(1000);
    await vi.advanceTimersByTimeAsync(60_000);
    const left = askFor(pacer, 50);
    await vi.advanceTimersByTimeAsync(0);
    expect(left).toHaveLength(burst);
  });

  it('lets no more than sixteen go in one tick of the loop, and the others of a burst in the next ones', () => {
    const pacer = createPacer(5000);
    let gone = 0;
    const departure = (): Departure => ({ go: () => (gone += 1), refuse: () => undefined });
    for (let count = 0; count < 100; count++) pacer.enter(departure());
    const ticks = [gone];
    for (let tick = 0; tick < 2; tick++) {
      vi.advanceTimersToNextTimer();
      ticks.push(gone);
    }
    expect(ticks).toEqual([16, 32, 48]);
  });

  it('lets nobody overtake those who wait', async () => {
    const pacer = createPacer(100);
    const left = askFor(pacer, burst + 2);
    await vi.advanceTimersByTimeAsync(10);
    askFor(pacer, 2, left, burst + 2);
    await vi.advanceTimersByTimeAsync(100);
    expect(left).toEqual(upTo(burst + 4));
  });

  it('is filled up again after a pause', async () => {
    const pacer = createPacer(100);
    const left = askFor(pacer, burst);
    await vi.advanceTimersByTimeAsync(50);
    askFor(pacer, 6, left, burst);
    await vi.advanceTimersByTimeAsync(0);
    expect(left).toEqual(upTo(burst + 5));
  });

  it('is kept by the clock that is handed in', async () => {
    let nowMs = 0;
    const left = askFor(
      createPacer(100, () => nowMs),
      burst + 1,
    );
    await vi.advanceTimersByTimeAsync(5000);
    expect(left).toHaveLength(burst);
    nowMs = 10;
    await vi.advanceTimersByTimeAsync(5000);
    expect(left).toHaveLength(burst + 1);
  });
});

describe('a packet that is given up', () => {
  const givenUp = { code: 'cancelled', message: 'it was given up' };

  it('leaves its place to the next, and takes nothing of the rate', async () => {
    const pacer = createPacer(100);
    const left = askFor(pacer, burst);
    const gone = new AbortController();
    const refused = expect(turn(pacer, gone.signal)).rejects.toMatchObject(givenUp);
    askFor(pacer, 1, left, burst);
    gone.abort();
    await refused;
    await vi.advanceTimersByTimeAsync(10);
    expect(left).toEqual(upTo(burst + 1));
  });

  it('before it came takes nothing either', async () => {
    const pacer = createPacer(100);
    await expect(turn(pacer, AbortSignal.abort())).rejects.toMatchObject(givenUp);
    const left = askFor(pacer, burst + 1);
    await vi.advanceTimersByTimeAsync(0);
    expect(left).toEqual(upTo(burst));
  });

  it('after its turn is none of the pace', async () => {
    const pacer = createPacer(100);
    askFor(pacer, burst);
    const gone = new AbortController();
    const turned = turn(pacer, gone.signal);
    await vi.advanceTimersByTimeAsync(10);
    gone.abort();
    await turned;
    expect(getEventListeners(gone.signal, 'abort')).toEqual([]);
  });
});

describe('the end', () => {
  it('turns away all who wait, and leaves no timer behind', async () => {
    const pacer = createPacer(100);
    const left = askFor(pacer, burst + 3);
    await vi.advanceTimersByTimeAsync(0);
    const last = turn(pacer);
    pacer.stop();
    await expect(last).rejects.toMatchObject({ code: 'stopping', message: 'the agent is stopping' });
    expect(left.toSorted((a, b) => a - b)).toEqual([-34, -33, -32, ...upTo(burst)]);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('of a pacer nobody waits for is nothing', () => {
    const pacer = createPacer(100);
    pacer.stop();
    pacer.stop();
    expect(vi.getTimerCount()).toBe(0);
  });
});
