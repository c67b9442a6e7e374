// The order of the outbox and its bounds.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Entry, type LineLimits, createLine } from '../../../../agent/publish/outbox/line.ts';
import type { Instant } from '../../../../shared/instant.ts';

const at = (upMs: number): Instant => ({ epochMs: 0, upMs, boot: 'b' });

const entry = (seq: number, kind: Entry['kind'], extra: Partial<Entry> = {}): Entry => ({
  seq,
  kind,
  bytes: 100,
  keptAt: at(0),
  expirySeconds: kind === 'event' ? null : 3600,
  refusals: 0,
  mayGo: true,
  ...extra,
});

const line = (limits: Partial<LineLimits> = {}) =>
  createLine({ maxMessages: 100, maxBytes: 1e6, window: 3, ...limits });

const seqs = (entries: (Entry | null)[]): (number | undefined)[] => entries.map((one) => one?.seq);

describe('what is sent next', () => {
  it('is the oldest; measurements go several at once, an event alone', () => {
    const { add, take, remove } = line();
    const all = [1, 2].map((seq) => entry(seq, 'measurement'));
    const event = entry(3, 'event');
    [...all, event, entry(4, 'measurement')].forEach(add);
    expect(seqs([take(), take(), take()])).toEqual([1, 2, undefined]);
    all.forEach(remove);
    expect(seqs([take(), take()])).toEqual([3, undefined]);
    remove(event);
    expect(take()?.seq).toBe(4);
  });

  it('is no more than a window of measurements', () => {
    const { add, take } = line();
    [1, 2, 3, 4].forEach((seq) => add(entry(seq, 'measurement')));
    expect(seqs([take(), take(), take(), take()])).toEqual([1, 2, 3, undefined]);
  });

  it('is first what had to be put back', () => {
    const { add, take, putBack } = line();
    const [first, second] = [entry(1, 'event'), entry(2, 'event')];
    [first, second].forEach(add);
    take();
    putBack(first);
    expect(take()?.seq).toBe(1);
  });

  it('is nothing while an event before it is not on the disk', () => {
    const { add, take } = line();
    const event = entry(1, 'event', { mayGo: false });
    [event, entry(2, 'measurement')].forEach(add);
    expect(take()).toBe(null);
    event.mayGo = true;
    expect(take()?.seq).toBe(1);
  });

  it('is no measurement that is too old', () => {
    const { add, expired, depth } = line();
    [entry(1, 'measurement'), entry(2, 'event'), entry(3, 'measurement', { keptAt: at(1) })].forEach(add);
    expect(seqs(expired(at(3600e3 - 1)))).toEqual([]);
    expect(seqs(expired(at(3600e3)))).toEqual([1]);
    expect(depth()).toEqual({ events: 1, measurements: 1 });
  });
});

describe('what is too much', () => {
  it('is the oldest measurement, and an event only where there is none', () => {
    const { add, overflow } = line({ maxMessages: 2 });
    [entry(1, 'event'), entry(2, 'measurement'), entry(3, 'measurement'), entry(4, 'event')].forEach(add);
    expect(seqs(overflow())).toEqual([2, 3]);
    add(entry(5, 'event'));
    expect(seqs(overflow())).toEqual([1]);
  });

  it('is counted in bytes too', () => {
    const { add, overflow } = line({ maxBytes: 250 });
    [1, 2, 3].forEach((seq) => add(entry(seq, 'event')));
    expect(seqs(overflow())).toEqual([1]);
  });
});

it('keeps order, bounds and number whatever happens', () => {
  const step = fc.constantFrom('event', 'measurement', 'take', 'delivered', 'failed');
  fc.assert(
    fc.property(fc.array(step, { maxLength: 300 }), (steps) => {
      const { add, take, putBack, remove, overflow, depth } = line({ maxMessages: 8, maxBytes: 700 });
      const delivered: number[] = [];
      const flying: Entry[] = [];
      let added = 0;
      let dropped = 0;
      for (const what of steps) {
        if (what === 'event' || what === 'measurement') {
          add(entry((added += 1), what));
          const gone = overflow();
          dropped += gone.length;
          if (gone.some(({ kind }) => kind === 'event')) {
            expect(depth().measurements).toBe(flying.filter(({ kind }) => kind === 'measurement').length);
          }
        } else if (what === 'take') {
          const next = take();
          if (next !== null) flying.push(next);
        } else {
          const one = flying.shift();
          if (one === undefined) continue;
          if (what === 'failed') putBack(one);
          else remove(one);
          if (what === 'delivered' && one.kind === 'event') delivered.push(one.seq);
        }
        const { events, measurements } = depth();
        expect(events + measurements).toBeLessThanOrEqual(7);
      }
      expect(delivered).toEqual([...delivered].sort((a, b) => a - b));
      const { events, measurements } = depth();
      expect(events + measurements + dropped).toBeLessThanOrEqual(added);
    }),
  );
});
