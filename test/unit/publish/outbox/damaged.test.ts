// An event that can't be read any more does not hold up those behind it.
import { expect, it } from 'vitest';
import type { Store } from '../../../../agent/store/index.ts';
import { Damaged } from '../../../../shared/store.ts';
import { emptied, newFolder, start, textsOf, told } from './kit.ts';

/** The first message asked for is lost. */
function lossyDisk(store: Store): Store {
  let isFirst = true;
  return {
    ...store,
    sub: (name) => ({
      ...store.sub(name),
      async get(key) {
        if (!isFirst || name !== 'outbox') return store.sub(name).get(key);
        isFirst = false;
        throw new Damaged('a block is damaged');
      },
    }),
  };
}

it('is given up, counted and told', async () => {
  const agent = await start(newFolder(), { pauseMs: 3_600_000 }, lossyDisk);
  await agent.outbox.event(told('a'));
  await agent.outbox.event(told('b'));
  agent.connect();
  await emptied(agent);
  expect(textsOf(agent)).toEqual(['b', 'pi']);
  expect(agent.log.count(/the outbox drops messages/)).toBe(1);
});
