// The identifier that an agent keeps.
import { expect, it } from 'vitest';
import { agentIdOf } from '../../../agent/publish/agent-id.ts';
import { memoryStore } from '../../fixtures/store.ts';

it('is made once, and found again', async () => {
  const store = memoryStore();
  const id = await agentIdOf(store);
  expect(id).toMatch(/^[0-9a-f-]{36}$/);
  expect(await agentIdOf(store)).toBe(id);
  expect(await agentIdOf(memoryStore())).not.toBe(id);
});

it('is made anew where what is kept is none', async () => {
  const store = memoryStore();
  await store.sub('agent').put('id', 'pi');
  const id = await agentIdOf(store);
  expect(id).toMatch(/^[0-9a-f-]{36}$/);
  expect(await agentIdOf(store)).toBe(id);
});

it('is there where the disk fails', async () => {
  const fails = (): Promise<never> => Promise.reject(new Error('EIO'));
  const store = { ...memoryStore(), write: fails };
  expect(await agentIdOf(store)).toMatch(/^[0-9a-f-]{36}$/);
});
