// What a ping tells beside round trips, on a line that copies packets, lets them overtake, and is slow.
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { type Agent, startAgent } from './agent.ts';
import { startCapture } from './capture.ts';
import { type Lab, createLab } from './topology.ts';

let lab: Lab;
let agent: Agent;

beforeAll(async () => {
  lab = await createLab();
  agent = await startAgent({ config: 'uplinks:\n  lte: { interface: eth1 }\n' });
});

beforeEach(async () => {
  await lab.relay.lte.set({ delayMs: 10, duplicatePercent: 0 });
});

afterAll(async () => {
  await agent[Symbol.asyncDispose]();
  await lab.stop();
});

const ping = async (options: string) => {
  const { body } = await agent.get(`/ping?target=1.1.1.1&via=lte&${options}`);
  return body.probe;
};

it('copies of answers are counted, and are no answers of their own', async () => {
  await lab.relay.lte.set({ duplicatePercent: 100 });
  // Each request comes twice, and each of its two answers too; those to the last echo may come after the end.
  const probe = await ping('count=4&intervalMs=100');
  expect(probe?.ping).toMatchObject({ sent: 4, received: 4, lossPercent: 0, reordered: 0, late: 0 });
  expect(probe?.ping?.duplicates).toBeGreaterThanOrEqual(9);
  expect(probe?.ping?.duplicates).toBeLessThanOrEqual(12);
  expect(probe?.traffic.packetsReceived).toBe(4 + (probe?.ping?.duplicates ?? 0));
});

it('an answer that was overtaken by that to a later echo is counted', async () => {
  await lab.relay.lte.set({ delayMs: 400 });
  await using capture = await startCapture('eth1');
  const pinged = ping('count=2&intervalMs=300');
  await expect.poll(() => capture.packets.length).toBeGreaterThan(0);
  await lab.relay.lte.set({ delayMs: 1 });
  expect((await pinged)?.ping).toMatchObject({ received: 2, reordered: 1, duplicates: 0, late: 0 });
});

it('an answer that comes when its wait is over is lost, and counted as late', async () => {
  await lab.relay.lte.set({ delayMs: 75 });
  const probe = await ping('count=4&intervalMs=100&waitMs=100&minLatencyMs=1');
  expect(probe?.ping).toMatchObject({ sent: 4, received: 0, lossPercent: 100, rttsMs: [], duplicates: 0 });
  expect(probe?.ping?.late).toBeGreaterThanOrEqual(2);
  expect(probe?.verdict).toBe('fail');
});
