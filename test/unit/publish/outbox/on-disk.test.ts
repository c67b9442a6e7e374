// An event is on the disk, with what belongs to it, before anyone is told of it.
import { expect, it, vi } from 'vitest';
import type { Message } from '../../../../agent/publish/outbox.ts';
import type { Store } from '../../../../agent/store/index.ts';
import { accept, emptied, newFolder, start, textOf, textsOf, told } from './kit.ts';

/** A disk whose writes wait until it is let go. */
function slowDisk() {
  const waiting: (() => void)[] = [];
  let slow = false;
  const wrap = (store: Store): Store => ({
    ...store,
    async write(changes, options) {
      if (slow) await new Promise<void>((resolve) => waiting.push(resolve));
      return store.write(changes, options);
    },
  });
  return { wrap, waiting, hold: () => (slow = true), letGo: () => waiting.splice(0, 1)[0]?.() };
}

it('is not sent before, also where another one is acknowledged meanwhile; and the order stays', async () => {
  const disk = slowDisk();
  const agent = await start(newFolder(), {}, disk.wrap);
  const flying: Message[] = [];
  agent.broker.answer = (message) => void flying.push(message);
  agent.connect();
  await agent.outbox.event(told('a'));
  await vi.waitFor(() => expect(flying.map(textOf)).toEqual(['a']));
  disk.hold();
  const onDisk: string[] = [];
  const writing = ['b', 'c'].map(async (subject) => {
    await agent.outbox.event(told(subject), [{ part: 'monitors', key: subject, value: 'down' }]);
    onDisk.push(subject);
  });
  agent.broker.answer = accept;
  flying[0]?.settled?.(true);
  await vi.waitFor(() => expect(agent.outbox.depth().events).toBe(2));
  // A round of the sending, had it anything to send.
  await new Promise(setImmediate);
  expect(textsOf(agent)).toEqual(['a']);
  disk.letGo();
  await writing[0];
  expect(await agent.store.sub('monitors').get('b')).toBe('down');
  await vi.waitFor(() => expect(textsOf(agent)).toEqual(['a', 'b']));
  expect(onDisk).toEqual(['b']);
  await vi.waitFor(() => {
    disk.letGo();
    expect(onDisk).toEqual(['b', 'c']);
  });
  await emptied(agent);
  expect(textsOf(agent)).toEqual(['a', 'b', 'c']);
});
