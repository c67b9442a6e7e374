// What a broker does not take: kept where that is the broker's will, given up where it is the message's fault.
import { expect, it, vi } from 'vitest';
import type { Message } from '../../../../agent/publish/outbox.ts';
import { accept, emptied, eventsOf, measured, newFolder, start, textOf, textsOf, told } from './kit.ts';

const pauses = { pauseMs: 1, longestPauseMs: 2 };

it('is kept and tried again where the broker forbids events, and that is said once', async () => {
  const agent = await start(newFolder(), pauses);
  agent.broker.answer = (message) => message.settled?.(false, 'refused');
  agent.connect();
  const first = told('a');
  await agent.outbox.event(first);
  await agent.outbox.event(told('b'));
  await vi.waitFor(() => expect(agent.broker.sent.length).toBeGreaterThan(12));
  expect(new Set(textsOf(agent))).toEqual(new Set(['a']));
  expect(agent.outbox.depth().events).toBe(2);
  const said = agent.log.lines.filter(({ message }) => message.includes('the broker refuses'));
  expect(said).toHaveLength(1);
  expect(JSON.parse(said[0]?.fields ?? '')).toMatchObject({ kind: 'monitor.down', id: first.id });
  agent.broker.answer = accept;
  await emptied(agent);
  expect(textsOf(agent).slice(-2)).toEqual(['a', 'b']);
  expect(agent.log.count(/drops|gives up/)).toBe(0);
});

it('does not hold up events where it is a measurement', async () => {
  const agent = await start(newFolder(), { pauseMs: 3_600_000, longestPauseMs: 3_600_000 });
  agent.broker.answer = (message) =>
    textOf(message).startsWith('m') ? message.settled?.(false, 'refused') : accept(message);
  agent.outbox.measurement(measured('m'));
  await agent.outbox.event(told('a'));
  agent.connect();
  await vi.waitFor(() => expect(agent.outbox.depth()).toEqual({ events: 0, measurements: 1 }));
  expect(textsOf(agent)).toEqual(['m', 'a']);
  agent.broker.answer = accept;
  agent.connect();
  await emptied(agent);
  expect(textsOf(agent)).toEqual(['m', 'a', 'm']);
});

it('is given up at once where it broke each connection', async () => {
  const agent = await start(newFolder(), pauses);
  agent.broker.answer = (message) =>
    textOf(message) === 'a' ? message.settled?.(false, 'poison') : accept(message);
  agent.connect();
  await agent.outbox.event(told('a'));
  await agent.outbox.event(told('b'));
  await vi.waitFor(() => expect(textsOf(agent)).toContain('b'));
  expect(textsOf(agent).slice(0, 2)).toEqual(['a', 'b']);
  expect(agent.log.count(/gives up a message that broke each connection/)).toBe(1);
});

it('is given up, counted and told where it is refused five times for what is in it', async () => {
  const agent = await start(newFolder());
  agent.broker.answer = (message) => {
    const isUnfit = message.payload.includes('unfit');
    message.settled?.(!isUnfit, isUnfit ? 'unfit' : undefined);
  };
  agent.connect();
  await agent.outbox.event(told('unfit'));
  await agent.outbox.event(told('b'));
  await emptied(agent);
  expect(textsOf(agent)).toEqual(['unfit', 'unfit', 'unfit', 'unfit', 'unfit', 'b', 'pi']);
  expect(agent.log.count(/gives up a message refused 5 times/)).toBe(1);
  expect(eventsOf(agent).at(-1)).toMatchObject({ kind: 'outbox.dropped', evidence: { events: 1 } });
});

it('is told once all is sent, and not again where the report is what is dropped', async () => {
  const agent = await start(newFolder());
  const isReport = (message: Message): boolean => message.payload.includes('outbox.dropped');
  agent.broker.answer = (message) =>
    isReport(message) || message.payload.includes('unfit')
      ? message.settled?.(false, 'poison')
      : accept(message);
  agent.connect();
  await agent.outbox.event(told('unfit'));
  await vi.waitFor(() => expect(agent.log.count(/gives up/)).toBe(2));
  await agent.outbox.event(told('a'));
  await emptied(agent);
  expect(textsOf(agent)).toEqual(['unfit', 'pi', 'a']);
  agent.broker.answer = accept;
  agent.connect();
  await emptied(agent);
  expect(textsOf(agent).at(-1)).toBe('pi');
});
