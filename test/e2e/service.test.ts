// The agent under a service manager: what it says to a socket like systemd's, by a real systemd-notify.
import { expect, it } from 'vitest';
import { notifySocket } from '../fixtures/notify-socket.ts';
import { startAgent } from '../lab/agent.ts';

const withoutRaw = ['setpriv', '--inh-caps=-net_raw', '--ambient-caps=-net_raw', '--bounding-set=-net_raw'];

it.each([
  ['a probe can run', []],
  ['none can', withoutRaw],
])('tells that it is ready, lives and stops, where %s', async (_what, prefix) => {
  const { path, told } = await notifySocket();
  const words = () => told.map(({ text }) => text);
  await using agent = await startAgent({
    prefix,
    env: { NOTIFY_SOCKET: path, WATCHDOG_USEC: '600000' },
  });
  await expect.poll(() => words().length).toBeGreaterThanOrEqual(4);
  expect(words()[0]).toBe('READY=1');
  expect(new Set(words().slice(1))).toEqual(new Set(['WATCHDOG=1']));
  expect(await agent.stop()).toBe(0);
  expect(words().at(-1)).toBe('STOPPING=1');
});

it('says nothing before it is ready, and nothing at all where its configuration is wrong', async () => {
  const { path, told } = await notifySocket();
  await expect(
    startAgent({ env: { NOTIFY_SOCKET: path, WATCHDOG_USEC: '30000', SERVER_PORT: 'eighty' } }),
  ).rejects.toThrow('SERVER_PORT');
  expect(told).toEqual([]);
});

it('stops in time although nobody reads what it says', async () => {
  const { path } = await notifySocket({ deaf: true });
  await using agent = await startAgent({ env: { NOTIFY_SOCKET: path, WATCHDOG_USEC: '600000' } });
  const began = performance.now();
  expect(await agent.stop()).toBe(0);
  expect(performance.now() - began).toBeLessThan(11_000);
});
