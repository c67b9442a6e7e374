// The line between agent and uplink: what it drops, repeats and delays, and that it loses nothing of its own.
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createLab, type Lab } from './topology.ts';

let lab: Lab;
beforeAll(async () => {
  lab = await createLab();
});
afterAll(async () => {
  await lab.stop();
});
beforeEach(async () => {
  await lab.relay.lte.set({ delayMs: 10, lossPercent: 0, duplicatePercent: 0, cut: false });
});

async function ping(...options: string[]): Promise<string> {
  return (await lab.exec('agent', ['ping', '-n', '-q', '-W', '1', ...options, '-I', 'eth1', '1.1.1.1']))
    .stdout;
}
const received = (output: string) => Number(/(\d+) received/.exec(output)?.[1]);

test('a delay is changed while it runs', async () => {
  const minMs = (output: string) => Number(/= ([\d.]+)\//.exec(output)?.[1]);
  await lab.relay.lte.set({ delayMs: 30 });
  expect(minMs(await ping('-c', '3', '-i', '0.01'))).toBeGreaterThanOrEqual(60);
  await lab.relay.lte.set({ delayMs: 0.5 });
  const shortMs = minMs(await ping('-c', '3', '-i', '0.01'));
  expect(shortMs).toBeGreaterThanOrEqual(1);
  expect(shortMs).toBeLessThan(60);
});

test('loss is about what was set, in each direction', async () => {
  await lab.relay.lte.set({ lossPercent: 50 });
  const count = received(await ping('-c', '400', '-i', '0.002'));
  // 100 are expected to come back; 40 is seven standard deviations away
  expect(count).toBeGreaterThan(40);
  expect(count).toBeLessThan(160);
});

test('at a loss of 100 % nothing comes back, while the gateway stays resolved', async () => {
  await lab.relay.lte.set({ lossPercent: 100 });
  await expect(ping('-c', '3', '-i', '0.01', '-W', '0.1')).rejects.toThrow(/100% packet loss/);
  const { stdout } = await lab.exec('agent', ['ip', 'neigh', 'show', '192.168.2.1', 'dev', 'eth1']);
  expect(stdout).toContain('lladdr');
});

test('duplicates', async () => {
  await lab.relay.lte.set({ duplicatePercent: 100 });
  // each request arrives twice, and each of the two answers does
  const output = await ping('-c', '4', '-i', '0.1');
  expect(received(output)).toBe(4);
  expect(Number(/\+(\d+) duplicates/.exec(output)?.[1])).toBeGreaterThanOrEqual(9);
});

test('a cut line passes nothing, what is under way included, and works again', async () => {
  await lab.relay.lte.set({ delayMs: 300 });
  const under = ping('-c', '1', '-w', '1').catch((error: unknown) => String(error));
  await new Promise((resolve) => setTimeout(resolve, 150));
  await lab.relay.lte.set({ cut: true, delayMs: 10 });
  expect(await under).toMatch(/100% packet loss/);
  await lab.relay.lte.set({ cut: false });
  expect(received(await ping('-c', '3', '-i', '0.01'))).toBe(3);
});

test('one uplink cut leaves the other alone', async () => {
  await lab.relay.lte.set({ cut: true });
  const argv = ['ping', '-n', '-q', '-c', '3', '-i', '0.01', '-I', 'eth0', '1.1.1.1'];
  expect(received((await lab.exec('agent', argv)).stdout)).toBe(3);
});

test('thousands of packets in a flood pass without a loss', async () => {
  const before = await lab.relay.lte.counts();
  const output = await ping('-f', '-l', '100', '-c', '8000');
  expect(received(output)).toBe(8000);
  const { overrun, forwarded } = await lab.relay.lte.counts();
  expect(overrun - before.overrun).toBe(0);
  expect(forwarded - before.forwarded).toBeGreaterThanOrEqual(16_000);
});
