// What a broker does not take: kept where that is the broker's will, given up where it is the message's fault.
import { expect, it, vi } from 'vitest';
import { accept, emptied, measured, newFolder, start, textOf, textsOf, told } from './kit.ts';

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
