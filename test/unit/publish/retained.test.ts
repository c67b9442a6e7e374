// What the broker keeps of the agent, and that nothing stays there which is no more.
import { beforeEach, expect, it } from 'vitest';
import { retained } from '../../../agent/publish/availability.ts';
import { type RetainedTopics, openRetained } from '../../../agent/publish/retained.ts';
import { memoryStore } from '../../fixtures/store.ts';
import { recordLog } from '../mqtt/kit.ts';

let store = memoryStore();
let sent: [topic: string, payload: string][] = [];
let connected = true;
let writes: Promise<void>[] = [];
let acknowledges = true;

beforeEach(() => {
  store = memoryStore();
  sent = [];
  writes = [];
  connected = true;
  acknowledges = true;
});

function noted(write: Promise<void>): Promise<void> {
  writes.push(write.catch(() => undefined));
  return write;
}

/** An agent that finds what those before it have written. */
async function open(agent = 'pi'): Promise<RetainedTopics> {
  await Promise.all(writes);
  return openRetained({
    store: { ...store, write: (changes) => noted(store.write(changes)) },
    log: recordLog(),
    isConnected: () => connected,
    always: [`${agent}/status`],
    publish({ topic, payload, settled }) {
      sent.push([topic, payload]);
      if (acknowledges) settled?.(true);
    },
  });
}
const a = retained('pi/a', '1');
const b = retained('pi/b', '1');
const said = (): typeof sent => sent.splice(0);

it('is published where it changed, and at each connection anew', async () => {
  const kept = await open();
  kept.all([a]);
  kept.show(a);
  kept.show(b);
  kept.show(b);
  kept.show(retained('pi/a', '2'));
  expect(said()).toEqual([
    ['pi/b', '1'],
    ['pi/a', '2'],
  ]);
  expect(kept.all([a, b])).toEqual([a, b]);
  kept.show(retained('pi/a', '2'));
  expect(said()).toEqual([['pi/a', '2']]);
});

it('is not published while the broker is away', async () => {
  const kept = await open();
  connected = false;
  kept.show(a);
  connected = true;
  kept.show(a);
  expect(said()).toEqual([['pi/a', '1']]);
});

it('is cleared while the broker is away too, and told again where it comes back', async () => {
  const kept = await open();
  kept.all([a]);
  connected = false;
  kept.clear([a]);
  connected = true;
  kept.show(a);
  expect(said()).toEqual([
    ['pi/a', ''],
    ['pi/a', '1'],
  ]);
});

it('is cleared at the next connection where it went while the agent was off', async () => {
  (await open()).all([a, b]);
  const next = await open();
  expect(next.all([a])).toEqual([a]);
  expect(said()).toEqual([['pi/b', '']]);
  (await open()).all([a]);
  expect(said()).toEqual([]);
});

it('is cleared again as long as the broker has not taken that', async () => {
  (await open()).all([a, b]);
  acknowledges = false;
  (await open()).all([a]);
  const next = await open();
  next.all([a]);
  expect(said()).toEqual([
    ['pi/b', ''],
    ['pi/b', ''],
  ]);
});

it('is cleared with all of an agent that bears another name now', async () => {
  (await open()).all([a]);
  (await open('box')).all([retained('box/a', '1')]);
  expect(said().sort()).toEqual([
    ['pi/a', ''],
    ['pi/status', ''],
  ]);
});

it('stays known where it was told again before the broker had taken it back', async () => {
  const kept = await open();
  kept.all([a]);
  const settle: ((delivered: boolean) => void)[] = [];
  const slow = await openRetained({
    store,
    log: recordLog(),
    isConnected: () => true,
    always: [],
    publish: ({ settled = () => undefined }) => void settle.push(settled),
  });
  slow.all([a]);
  slow.clear([a]);
  slow.show(a);
  settle.forEach((settled) => settled(true));
  (await open()).all([]);
  expect(said()).toEqual([['pi/a', '']]);
});

it('is published although the disk fails', async () => {
  const fails = (): Promise<never> => Promise.reject(new Error('EIO'));
  const { sub } = store;
  store = { write: fails, sub: (name) => ({ ...sub(name), entries: brokenEntries }) };
  const kept = await open();
  kept.show(a);
  expect(said()).toEqual([['pi/a', '1']]);
});

// eslint-disable-next-line @typescript-eslint/require-await
async function* brokenEntries(): AsyncGenerator<[string, unknown]> {
  yield* [];
  throw new Error('EIO');
}
