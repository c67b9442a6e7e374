// How fast packets may leave: a burst, then a steady rate, in the order asked; with a clock that the test moves.
import { getEventListeners } from 'node:events';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Pacer, createPacer } from '../../../agent/packet/pacing.ts';

beforeEach(() =>
  vi.useFakeTimers({
    toFake: ['setTimeout', 'clearTimeout', 'setImmediate', 'clearImmediate', 'performance'],
  }),
);
afterEach(() => vi.useRealTimers());

/** Asks for so many turns; `left` fills with the numbers of those that were given, in their order. */
function askFor(pacer: Pacer, count: number, left: number[] = [], from = 0): number[] {
  for (let number = from; number < from + count; number++) {
    pacer.turn().then(
      () => left.push(number),
      () => left.push(-number),
    );
  }
  return left;
}

const upTo = (count: number): number[] => Array.from({ length: count }, (_, number) => number);

describe('the pace', () => {
  it('lets sixteen go at once, the next ones one by one', async () => {
    const left = askFor(createPacer(100), 20);
    await vi.advanceTimersByTimeAsync(0);
    expect(left).toEqual(upTo(16));
    await vi.advanceTimersByTimeAsync(10);
    expect(left).toEqual(upTo(17));
    await vi.advanceTimersByTimeAsync(10);
    expect(left).toEqual(upTo(18));
    await vi.advanceTimersByTimeAsync(1000);
    expect(left).toEqual(upTo(20));
    expect(vi.getTimerCount()).toBe(0);
  });

  it.each([1, 10, 1000, 5000, 10_000])(
    'of %d a second is kept over any second, plus the burst',
    async (rate) => {
      const left = askFor(createPacer(rate), 40_000);
      await vi.advanceTimersByTimeAsync(0);
      for (let second = 1; second <= 3; second++) {
        await vi.advanceTimersByTimeAsync(1000);
        const most = Math.max(16, rate / 100) + second * rate;
        expect(left.length).toBeLessThanOrEqual(most);
        expect(left.length).toBeGreaterThanOrEqual(most - Math.max(1, rate / 100));
      }
      expect(left).toEqual(upTo(left.length));
    },
  );

  it('never lets more than sixteen go at one moment, however long nobody asked', async () => {
    const pacer = createPacer(1000);
    await vi.advanceTimersByTimeAsync(60_000);
    const left = askFor(pacer, 50);
    await vi.advanceTimersByTimeAsync(0);
    expect(left).toHaveLength(16);
  });

  it('lets no more than sixteen go in one tick of the loop, and the others of a burst in the next ones', () => {
    const pacer = createPacer(5000);
    const now = (): number => Array.from({ length: 100 }, () => pacer.now()).filter(Boolean).length;
    const ticks = [now(), now()];
    for (let tick = 0; tick < 4; tick++) {
      vi.runAllTicks();
      vi.advanceTimersToNextTimer();
      ticks.push(now());
    }
    expect(ticks).toEqual([16, 0, 16, 16, 2, 0]);
  });

  it('is no turn at once for who comes after those who wait', async () => {
    const pacer = createPacer(100);
    const left = askFor(pacer, 17);
    vi.setSystemTime(1000);
    expect(pacer.now()).toBe(false);
    await vi.advanceTimersByTimeAsync(10);
    expect(left).toEqual(upTo(17));
  });

  it('lets nobody overtake those who wait', async () => {
    const pacer = createPacer(100);
    const left = askFor(pacer, 18);
    await vi.advanceTimersByTimeAsync(10);
    askFor(pacer, 2, left, 18);
    await vi.advanceTimersByTimeAsync(100);
    expect(left).toEqual(upTo(20));
  });

  it('is filled up again after a pause', async () => {
    const pacer = createPacer(100);
    const left = askFor(pacer, 16);
    await vi.advanceTimersByTimeAsync(50);
    askFor(pacer, 6, left, 16);
    await vi.advanceTimersByTimeAsync(0);
    expect(left).toEqual(upTo(21));
  });

  it('is kept by the clock that is handed in', async () => {
    let nowMs = 0;
    const left = askFor(
      createPacer(100, () => nowMs),
      17,
    );
    await vi.advanceTimersByTimeAsync(5000);
    expect(left).toHaveLength(16);
    nowMs = 10;
    await vi.advanceTimersByTimeAsync(5000);
    expect(left).toHaveLength(17);
  });
});

describe('a packet that is given up', () => {
  const givenUp = { code: 'cancelled', message: 'the echo was given up' };

  it('leaves its place to the next, and takes nothing of the rate', async () => {
    const pacer = createPacer(100);
    const left = askFor(pacer, 16);
    const gone = new AbortController();
    const refused = expect(pacer.turn(gone.signal)).rejects.toMatchObject(givenUp);
    askFor(pacer, 1, left, 16);
    gone.abort();
    await refused;
    await vi.advanceTimersByTimeAsync(10);
    expect(left).toEqual(upTo(17));
  });

  it('before it came takes nothing either', async () => {
    const pacer = createPacer(100);
    await expect(pacer.turn(AbortSignal.abort())).rejects.toMatchObject(givenUp);
    const left = askFor(pacer, 17);
    await vi.advanceTimersByTimeAsync(0);
    expect(left).toEqual(upTo(16));
  });

  it('after its turn is none of the pace', async () => {
    const pacer = createPacer(100);
    askFor(pacer, 16);
    const gone = new AbortController();
    const turn = pacer.turn(gone.signal);
    await vi.advanceTimersByTimeAsync(10);
    gone.abort();
    await turn;
    expect(getEventListeners(gone.signal, 'abort')).toEqual([]);
  });
});

describe('the end', () => {
  it('turns away all who wait, and leaves no timer behind', async () => {
    const pacer = createPacer(100);
    const left = askFor(pacer, 19);
    const last = pacer.turn();
    pacer.stop();
    await expect(last).rejects.toMatchObject({ code: 'stopping', message: 'the agent is stopping' });
    expect(left.toSorted((a, b) => a - b)).toEqual([-18, -17, -16, ...upTo(16)]);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('of a pacer nobody waits for is nothing', () => {
    const pacer = createPacer(100);
    pacer.stop();
    pacer.stop();
    expect(vi.getTimerCount()).toBe(0);
  });
});
