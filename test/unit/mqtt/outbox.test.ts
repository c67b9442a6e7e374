import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Outgoing } from '../../../agent/mqtt/messages.ts';
import { createOutbox, type DropReason, type Outbox, type OutboxLimits } from '../../../agent/mqtt/outbox.ts';

const message = (payload: string, extra: Partial<Outgoing> = {}): Outgoing => ({
  topic: 't',
  payload,
  qos: 1,
  retain: false,
  ...extra,
});

function create(limits: Partial<OutboxLimits> = {}) {
  const clock = { nowMs: 0 };
  const drops: [string, DropReason][] = [];
  const outbox = createOutbox(
    { maxMessages: 10, maxBytes: 1e6, maxRetainedBytes: 1e6, maxLosses: 5, ...limits },
    () => clock.nowMs,
    ({ payload }, reason) => drops.push([payload, reason]),
  );
  return { outbox, drops, clock };
}

function takeAll(outbox: Outbox, window = 20): string[] {
  const taken: string[] = [];
  for (let entry = outbox.next(window); entry !== null; entry = outbox.next(window))
    taken.push(entry.message.payload);
  return taken;
}

describe('order and window', () => {
  test('first in, first out, at most a window unacknowledged', () => {
    const { outbox } = create();
    for (const payload of ['a', 'b', 'c']) outbox.add(message(payload));
    const first = outbox.next(2);
    expect(first?.message.payload).toBe('a');
    expect(outbox.next(2)?.message.payload).toBe('b');
    expect(outbox.next(2)).toBeNull();
    if (first) outbox.settle(first);
    expect(outbox.next(2)?.message.payload).toBe('c');
    expect(outbox.size()).toBe(2);
  });

  test('what was in flight at a loss comes first again, in order; QoS 0 was handed over and is forgotten', () => {
    const { outbox } = create();
    outbox.add(message('a'));
    outbox.add(message('b', { qos: 0 }));
    outbox.add(message('c'));
    takeAll(outbox);
    outbox.add(message('d'));
    outbox.connectionLost(false);
    expect(takeAll(outbox)).toEqual(['a', 'c', 'd']);
  });
});

describe('bounds', () => {
  test('the oldest waiting is dropped when there are too many, never what is in flight', () => {
    const { outbox, drops } = create({ maxMessages: 3 });
    outbox.add(message('a'));
    outbox.next(1);
    for (const payload of ['b', 'c', 'd', 'e']) outbox.add(message(payload));
    expect(drops).toEqual([
      ['b', 'full'],
      ['c', 'full'],
    ]);
    expect(outbox.size()).toBe(3);
  });

  test('bytes are bounded too', () => {
    const { outbox, drops } = create({ maxBytes: 1000 });
    for (const letter of ['a', 'b', 'c']) outbox.add(message(letter.repeat(400)));
    expect(drops.map(([payload]) => payload[0])).toEqual(['a']);
  });

  test('hold whatever happens, and nothing is lost without a word', () => {
    const step = fc.constantFrom('add', 'next', 'settle', 'lost');
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
        const { outbox, drops } = create({ maxMessages: 5, maxLosses: 3 });
        let added = 0;
        let settled = 0;
        let flying: NonNullable<ReturnType<Outbox['next']>>[] = [];
        for (const action of steps) {
          if (action === 'add') outbox.add(message(String((added += 1))));
          if (action === 'next') flying.push(...[outbox.next(3)].filter((entry) => entry !== null));
          if (action === 'settle') {
            const entry = flying.shift();
            if (entry) outbox.settle(entry);
            if (entry) settled += 1;
          }
          if (action === 'lost') {
            outbox.connectionLost(true);
            flying = [];
          }
          expect(outbox.size()).toBeLessThanOrEqual(5);
          expect(outbox.size() + settled + drops.length).toBe(added);
        }
      }),
    );
  });
});

describe('retained messages', () => {
  const kept = (topic: string, payload: string): Outgoing => message(payload, { topic, retain: true });

  test('wait once per topic, the newest, where it was published; others in their order', () => {
    const { outbox, drops } = create();
    outbox.add(kept('a', 'a1'));
    outbox.add(message('1'));
    outbox.add(kept('b', 'b1'));
    outbox.add(kept('a', 'a2'));
    outbox.add(message('2', { topic: 'a' }));
    expect(drops).toEqual([['a1', 'superseded']]);
    expect(takeAll(outbox)).toEqual(['1', 'b1', 'a2', '2']);
  });

  test('are not counted, and never drop another', () => {
    const { outbox, drops } = create({ maxMessages: 1 });
    outbox.add(message('1'));
    for (let topic = 0; topic < 2000; topic += 1) outbox.add(kept(String(topic), 'x'));
    expect([outbox.size(), drops]).toEqual([2001, []]);
    outbox.add(message('2'));
    expect(drops).toEqual([['1', 'full']]);
  });

  test('have a bound of bytes of their own, and so do others', () => {
    const { outbox, drops } = create({ maxBytes: 1000, maxRetainedBytes: 1000 });
    for (const letter of ['a', 'b']) outbox.add(message(letter.repeat(400)));
    for (const letter of ['c', 'd']) outbox.add(kept(letter, letter.repeat(400)));
    expect(drops).toEqual([]);
    outbox.add(kept('e', 'e'.repeat(400)));
    expect(drops.map(([payload]) => payload[0])).toEqual(['c']);
  });

  test('that were in flight at a loss give way to newer ones, which stay under suspicion', () => {
    const { outbox, drops } = create({ maxLosses: 2 });
    outbox.add(kept('a', 'a1'));
    outbox.next(20);
    outbox.add(message('1'));
    outbox.add(kept('a', 'a2'));
    outbox.connectionLost(true);
    expect(drops).toEqual([['a1', 'superseded']]);
    expect(takeAll(outbox)).toEqual(['1']);
    outbox.connectionLost(false);
    for (const entry of [outbox.next(20)]) if (entry !== null) outbox.settle(entry);
    expect(takeAll(outbox)).toEqual(['a2']);
    outbox.connectionLost(true);
    expect(drops.slice(1)).toEqual([['a2', 'poison']]);
  });
});

describe('expiry', () => {
  test('a message that waited longer than it lives is not sent', () => {
    const { outbox, drops, clock } = create();
    outbox.add(message('stale', { expirySeconds: 10 }));
    outbox.add(message('lasting', { expirySeconds: 11 }));
    outbox.add(message('eternal'));
    clock.nowMs = 10_000;
    expect(takeAll(outbox)).toEqual(['lasting', 'eternal']);
    expect(drops).toEqual([['stale', 'expired']]);
  });
});

describe('poison', () => {
  test('is dropped after as many losses as allowed while it was first in flight, and the rest goes on', () => {
    const { outbox, drops } = create();
    for (const payload of ['poison', 'b', 'c']) outbox.add(message(payload));
    for (let loss = 1; loss <= 5; loss += 1) {
      expect(drops).toEqual([]);
      takeAll(outbox);
      outbox.connectionLost(true);
    }
    expect(drops).toEqual([['poison', 'poison']]);
    expect(takeAll(outbox)).toEqual(['b', 'c']);
  });

  test('a suspect travels alone, so that an innocent one before it is not blamed', () => {
    const { outbox, drops } = create();
    for (const payload of ['innocent', 'poison', 'c']) outbox.add(message(payload));
    for (let connection = 1; drops.length === 0; connection += 1) {
      expect(connection).toBeLessThan(20);
      for (let entry = outbox.next(20); entry !== null; entry = outbox.next(20)) {
        // This broker closes at the poison before it has acknowledged anything that came along with it.
        const alone = outbox.next(20);
        if (entry.message.payload === 'poison' || alone?.message.payload === 'poison') break;
        outbox.settle(entry);
        if (alone) outbox.settle(alone);
      }
      outbox.connectionLost(true);
    }
    expect(drops).toEqual([['poison', 'poison']]);
    expect(takeAll(outbox)).toEqual(['c']);
  });

  test('is not suspected when the network failed', () => {
    const { outbox, drops } = create();
    outbox.add(message('a'));
    for (let loss = 1; loss <= 50; loss += 1) {
      takeAll(outbox);
      outbox.connectionLost(false);
    }
    expect(drops).toEqual([]);
  });
});

describe('the end', () => {
  test('of a connection loses what was on its way at QoS 0, and of the agent all that is left', () => {
    const { outbox, drops } = create();
    outbox.add(message('a'));
    outbox.add(message('b', { qos: 0 }));
    outbox.add(message('c'));
    outbox.next(20);
    outbox.next(20);
    outbox.connectionLost(false);
    expect(drops).toEqual([['b', 'lost']]);
    outbox.next(20);
    outbox.stop();
    expect(drops.slice(1)).toEqual([
      ['a', 'stopped'],
      ['c', 'stopped'],
    ]);
    expect(outbox.size()).toBe(0);
  });
});
