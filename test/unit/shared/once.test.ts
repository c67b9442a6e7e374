// Equal work is begun once while it is under way, and anew when it is over, however it ended.
import { expect, it, vi } from 'vitest';
import { createOnce } from '../../../shared/once.ts';

it('is begun once for all who ask meanwhile, by its key', async () => {
  const once = createOnce();
  const begin = vi.fn(() => Promise.resolve());
  await Promise.all([once('a', begin), once('a', begin), once('b', begin)]);
  expect(begin).toHaveBeenCalledTimes(2);
});

it('is begun anew once it is over, in failure too', async () => {
  const once = createOnce();
  const begin = vi.fn(() => Promise.resolve());
  await expect(once('a', () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  await once('a', begin);
  await once('a', begin);
  expect(begin).toHaveBeenCalledTimes(2);
});
