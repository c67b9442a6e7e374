// The outbox on a real store: what is kept, sent, sent again, given up and told.
import { describe, expect, it, vi } from 'vitest';
import type { Message } from '../../../agent/publish/outbox.ts';
import { accept, emptied, eventsOf, measured, newFolder, start, textsOf, told } from './outbox/kit.ts';

describe('with a connection', () => {
  it('sends events in order, one at a time, at QoS 1 and not retained', async () => {
    const agent = await start(newFolder());
    agent.connect();
    const unanswered: Message[] = [];
    agent.broker.answer = (message) => void unanswered.push(message);
    await Promise.all(['a', 'b'].map((subject) => agent.outbox.event(told(subject))));
    await vi.waitFor(() => expect(unanswered).toHaveLength(1));
    expect(agent.broker.sent[0]).toMatchObject({ topic: 'pathproof/pi/event', qos: 1, retain: false });
    agent.broker.answer = accept;
    unanswered[0]?.settled?.(true);
    await emptied(agent);
    expect(textsOf(agent)).toEqual(['a', 'b']);
  });

  it('sends a measurement at once, past the disk', async () => {
    const agent = await start(newFolder());
    agent.connect();
    const message = measured('m');
    agent.outbox.measurement(message);
    expect(agent.broker.sent).toMatchObject([message]);
    expect(agent.outbox.depth()).toEqual({ events: 0, measurements: 0 });
  });

  it('keeps a measurement that did not arrive, and sends it again', async () => {
    const agent = await start(newFolder());
    const unanswered: Message[] = [];
    agent.broker.answer = (message) => void unanswered.push(message);
    agent.connect();
    for (const payload of ['evicted', 'refused', 'unfit', 'expired', 'there']) {
      agent.outbox.measurement(measured(payload));
    }
    await vi.waitFor(() => expect(unanswered).toHaveLength(5));
    agent.broker.there = false;
    const [evicted, refused, unfit, expired, there] = unanswered;
    evicted?.settled?.(false);
    refused?.settled?.(false, 'refused');
    unfit?.settled?.(false, 'unfit');
    expired?.settled?.(false, 'expired');
    there?.settled?.(true);
    expect(agent.outbox.depth()).toEqual({ events: 0, measurements: 2 });
    await agent.end();

    const again = await start(agent.folder);
    again.connect();
    await emptied(again);
    expect(textsOf(again)).toEqual(['evicted', 'refused', 'pi']);
    expect(eventsOf(again)[0]?.evidence).toMatchObject({ measurements: 1, events: 0 });
  });

  it('keeps no measurement of QoS 0', async () => {
    const agent = await start(newFolder());
    agent.outbox.measurement(measured('m', { qos: 0 }));
    expect(textsOf(agent)).toEqual(['m']);
  });

  it('sends again what did not arrive, before what comes after it, and blames it for nothing', async () => {
    const agent = await start(newFolder());
    let failures = 20;
    agent.broker.answer = (message) => message.settled?.((failures -= 1) < 0);
    agent.connect();
    await agent.outbox.event(told('a'));
    await agent.outbox.event(told('b'));
    await emptied(agent);
    expect(textsOf(agent)).toEqual([...Array.from({ length: 21 }, () => 'a'), 'b']);
    expect(agent.log.count(/drop|gives up/)).toBe(0);
  });
});

describe('without a connection', () => {
  it('keeps events and measurements, and sends them in their order at the next one', async () => {
    const agent = await start(newFolder());
    for (const index of [1, 2, 3]) {
      await agent.outbox.event(told(`e${index}`));
      agent.outbox.measurement(measured(`m${index}`));
    }
    expect(agent.outbox.depth()).toEqual({ events: 3, measurements: 3 });
    expect(agent.broker.sent).toEqual([]);
    agent.connect();
    await emptied(agent);
    expect(textsOf(agent)).toEqual(['e1', 'm1', 'e2', 'm2', 'e3', 'm3']);
  });

  it('has them after the end of the agent, and none that was delivered', async () => {
    const folder = newFolder();
    const first = await start(folder);
    await first.outbox.event(told('a'));
    first.outbox.measurement(measured('m'));
    await first.end();
    const second = await start(folder);
    await second.outbox.event(told('b'));
    second.connect();
    await emptied(second);
    expect(textsOf(second)).toEqual(['a', 'm', 'b']);
    await second.end();
    const third = await start(folder);
    expect(third.outbox.depth()).toEqual({ events: 0, measurements: 0 });
  });

  it('keeps what belongs to an event in one with it', async () => {
    const agent = await start(newFolder());
    await agent.outbox.event(told('a'), [{ part: 'monitors', key: 'a', value: 'down' }]);
    expect(await agent.store.sub('monitors').get('a')).toBe('down');
  });

  it('drops a measurement after its hour without a word, and tells the broker how long another lives', async () => {
    const agent = await start(newFolder());
    agent.outbox.measurement(measured('old'));
    agent.broker.laterMs = 1_800_000;
    agent.outbox.measurement(measured('young'));
    await agent.outbox.event(told('a'));
    agent.broker.laterMs = 3_600_000;
    agent.connect();
    await emptied(agent);
    expect(textsOf(agent)).toEqual(['young', 'a']);
    expect(agent.broker.sent[0]?.expirySeconds).toBeLessThanOrEqual(1800);
    expect(agent.log.count(/drop/)).toBe(0);
  });

  it('drops the oldest measurement before any event, and reports once what was dropped', async () => {
    const folder = newFolder();
    const agent = await start(folder, { maxMessages: 10 });
    for (let index = 0; index < 8; index += 1) agent.outbox.measurement(measured(`m${index}`));
    for (let index = 0; index < 12; index += 1) await agent.outbox.event(told(`e${index}`));
    expect(agent.outbox.depth()).toEqual({ events: 10, measurements: 0 });
    expect(agent.log.count(/the outbox drops messages/)).toBe(1);
    await agent.end();

    const again = await start(folder);
    again.connect();
    await emptied(again);
    expect(textsOf(again)).toEqual([...Array.from({ length: 10 }, (_, index) => `e${index + 2}`), 'pi']);
    expect(eventsOf(again).at(-1)).toMatchObject({
      kind: 'outbox.dropped',
      subject: 'pi',
      evidence: { measurements: 8, events: 2 },
    });
    again.connect();
    await again.outbox.event(told('after'));
    await emptied(again);
    expect(eventsOf(again).filter(({ kind }) => kind === 'outbox.dropped')).toHaveLength(1);
  });

  it('has room for the report of what was dropped', async () => {
    const agent = await start(newFolder(), { maxMessages: 3 });
    for (let index = 0; index < 4; index += 1) await agent.outbox.event(told(`e${index}`));
    agent.connect();
    await emptied(agent);
    expect(textsOf(agent)).toEqual(['e2', 'e3', 'pi']);
    expect(eventsOf(agent).at(-1)?.evidence).toMatchObject({ events: 2 });
    agent.connect();
    expect(agent.outbox.depth().events).toBe(0);
  });
});

describe('where the store takes nothing', () => {
  it('works in memory, and never rejects', async () => {
    const agent = await start(newFolder());
    await agent.store.close();
    await agent.outbox.event(told('a'));
    agent.outbox.measurement(measured('m'));
    agent.connect();
    await emptied(agent);
    expect(textsOf(agent)).toEqual(['a', 'm']);
  });

  it.each([
    ['', 0],
    [', also where the clock was set back between them', 3_600_000],
  ])(
    'takes up later what could not be read at the start, and loses nothing of either%s',
    async (_also, laterMs) => {
      const folder = newFolder();
      const first = await start(folder, {}, undefined, laterMs);
      await first.outbox.event(told('a'));
      const second = await start(folder); // in memory: the first has the disk
      await second.outbox.event(told('b'));
      await first.end();
      await vi.waitFor(() => expect(second.store.trouble()).toBe(null));
      expect(second.outbox.depth().events).toBe(1);
      await second.outbox.reload();
      expect(second.outbox.depth().events).toBe(2);
      second.connect();
      await emptied(second);
      await second.outbox.event(told('c'));
      await emptied(second);
      expect(textsOf(second)).toEqual(laterMs === 0 ? ['a', 'b', 'c'] : ['b', 'a', 'c']);
    },
  );
});
