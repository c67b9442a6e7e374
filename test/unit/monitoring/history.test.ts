// History as it is asked for over MQTT and HTTP: where the answers go, and what is said where there is none.
import { describe, expect, it } from 'vitest';
import type { History } from '../../../agent/history/index.ts';
import { createHistoryAnswers } from '../../../agent/monitoring/history.ts';
import type { Incoming } from '../../../agent/mqtt.ts';
import { Failure } from '../../../shared/failure.ts';
import { eventually, recordLog } from '../mqtt/kit.ts';

const asking = (payload: string, more: Partial<Incoming> = {}): Incoming => ({
  topic: 'pathproof/pi/monitor/lte/history/request',
  payload: Buffer.from(payload),
  tooLarge: false,
  retained: false,
  responseTopic: null,
  correlationData: null,
  ...more,
});

const nothing: History['read'] = () => Promise.resolve({ points: [], truncated: false });

function answers(read = nothing) {
  const log = recordLog();
  const parts = { agent: 'pi', prefix: 'homeassistant', history: { read }, log };
  return { log, ...createHistoryAnswers(parts) };
}

const toAll = 'pathproof/pi/monitor/lte/history/result';

describe('an answer over MQTT', () => {
  it('goes to everybody, and to the topic that its asker named', async () => {
    const correlationData = Buffer.of(1, 2);
    const named = { responseTopic: 'my/topic', correlationData };
    const [first, second, ...more] = await answers().messages('lte', asking('{"id":"a"}', named), null);
    expect(first).toMatchObject({ topic: toAll, qos: 1, retain: false });
    expect(first).not.toHaveProperty('correlationData');
    expect(second).toEqual({
      topic: 'my/topic',
      payload: first?.payload,
      qos: 0,
      retain: false,
      correlationData,
    });
    expect(more).toEqual([]);
    expect(JSON.parse(first?.payload ?? '')).toMatchObject({ id: 'a', points: [] });
  });

  it.each(['pathproof/pi/status', 'homeassistant/status'])('never goes to %s', async (responseTopic) => {
    const [first, ...more] = await answers().messages('lte', asking('{"id":"a"}', { responseTopic }), null);
    expect([first?.topic, more]).toEqual([toAll, []]);
    expect(JSON.parse(first?.payload ?? '')).toMatchObject({ id: 'a', failure: { code: 'replyToRefused' } });
  });

  it.each<[what: string, payload: string, refusal: Failure | null]>([
    ['can’t be read', '{"id":"a","most":0}', null],
    ['may not be answered', '{"id":"a"}', new Failure('retainedRefused', 'retained')],
  ])('to what %s bears its id', async (_what, payload, refusal) => {
    const [first] = await answers().messages('lte', asking(payload), refusal);
    const code = refusal?.code ?? 'badRequest';
    expect(JSON.parse(first?.payload ?? '')).toMatchObject({ id: 'a', monitor: 'lte', failure: { code } });
  });
});

it('a disk that can’t be read is nobody’s bad request, and its log says why, once until it is read again', async () => {
  let broken = true;
  const { page, messages, log } = answers((...asked) =>
    broken ? Promise.reject(new Error('block checksum mismatch')) : nothing(...asked),
  );
  const reason = 'what was kept can not be read; the log says why';
  expect(await page('lte', '')).toMatchObject({ ok: false, failure: { code: 'internal', message: reason } });
  const [first] = await messages('lte', asking('{"id":"a"}'), null);
  expect(JSON.parse(first?.payload ?? '')).toMatchObject({ id: 'a', reason, failure: { code: 'internal' } });
  expect(log.count(/block checksum mismatch/)).toBe(1);
  broken = false;
  expect(await page('lte', '')).toMatchObject({ ok: true });
  broken = true;
  await page('lte', '');
  expect(log.count(/block checksum mismatch/)).toBe(2);
});

describe('many valid requests at once', () => {
  /** A read that waits to be let go, and counts. */
  function heldRead() {
    const waiting: (() => void)[] = [];
    const asked: number[] = [];
    let most = 0;
    const read: History['read'] = (_monitor, range) => {
      asked.push(range.most);
      return new Promise((resolve) => {
        waiting.push(() => resolve({ points: [], truncated: false }));
        most = Math.max(most, waiting.length);
      });
    };
    return {
      read,
      asked,
      /** Lets go what is read, one after the other, until `count` were. */
      async release(count: number): Promise<void> {
        for (let done = 0; done < count; done += 1) {
          await eventually(() => expect(waiting).toHaveLength(1));
          waiting.shift()?.();
        }
      },
      mostAtOnce: () => most,
    };
  }

  it('are read one by one over MQTT: eight wait, the others are told to come again', async () => {
    const held = heldRead();
    const { messages } = answers(held.read);
    const replies = Array.from({ length: 300 }, (_, n) =>
      messages('lte', asking(`{"id":"${n}","from":0,"most":20000}`), null),
    );
    await held.release(9);
    const bodies = (await Promise.all(replies)).map(([reply]): unknown => JSON.parse(reply?.payload ?? ''));
    for (const [n, body] of bodies.entries()) {
      const failure = { code: 'queueFull', source: 'policy' };
      expect(body).toMatchObject(n < 9 ? { id: String(n), points: [] } : { id: String(n), failure });
    }
    expect([held.mostAtOnce(), held.asked]).toEqual([1, Array.from({ length: 9 }, () => 300)]);
  });

  it('are read one by one over HTTP, with those over MQTT', async () => {
    const held = heldRead();
    const { page, messages } = answers(held.read);
    const message = messages('lte', asking(''), null);
    const pages = Array.from({ length: 40 }, () => page('lte', 'from=0&most=20000'));
    await held.release(9);
    const shown = await Promise.all(pages);
    expect(shown.filter(({ ok }) => ok)).toHaveLength(8);
    expect(shown.at(-1)).toMatchObject({ ok: false, failure: { code: 'queueFull' } });
    expect(await message).toHaveLength(1);
    expect([held.mostAtOnce(), held.asked]).toEqual([1, [300, ...Array.from({ length: 8 }, () => 5000)]]);
  });
});
