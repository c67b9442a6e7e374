// Many traces at once through routers with the limits their kernels have: six expired packets, then one a second.
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type Agent, startAgent } from './agent.ts';
import { startCapture } from './capture.ts';
import { type Lab, createLab } from './topology.ts';

let lab: Lab;
let agent: Agent;

beforeEach(async () => {
  // So long a line that all of them are asked while the first answer is under way.
  lab = await createLab({ icmpRateLimits: 'kernel', lte: { delayMs: 100 } });
  await lab.exec('internet', ['ip', 'route', 'add', 'local', '198.18.0.0/24', 'dev', 'lo']);
  agent = await startAgent({ config: 'uplinks:\n  lte: { interface: eth1 }\n' });
});

afterEach(async () => {
  await agent[Symbol.asyncDispose]();
  await lab.stop();
});

async function hopsTo(target: string): Promise<(string | null)[]> {
  const { body } = await agent.get(`/traceroute?target=${target}&via=lte&count=1&timeoutMs=20000`);
  return body.probe?.traceroute?.hops.map(({ address }) => address) ?? [];
}

it('twenty equal traces at once show every hop, and ask each router once', async () => {
  await using capture = await startCapture('eth1');
  const routes = await Promise.all(Array.from({ length: 20 }, () => hopsTo('1.1.1.1')));
  expect(routes).toEqual(Array(20).fill(lab.uplinks.lte.hops));
  await capture.flush();
  const limits = capture.packets.filter(({ outgoing }) => outgoing).map(({ bytes }) => bytes[8] ?? 0);
  expect(limits.filter((limit) => limit < 64).toSorted()).toEqual([1, 2, 3, 4]);
});

it('eight traces to different targets at once show every hop, spaced as the routers will answer', async () => {
  const targets = Array.from({ length: 8 }, (_, index) => `198.18.0.${index + 1}`);
  await using capture = await startCapture('eth1');
  const routes = await Promise.all(targets.map(hopsTo));
  expect(routes).toEqual(targets.map((target) => [...lab.uplinks.lte.hops.slice(0, -1), target]));
  await capture.flush();
  const limits = capture.packets.filter(({ outgoing }) => outgoing).map(({ bytes }) => bytes[8] ?? 0);
  // Five began at once and asked the gateway together.
  expect(limits.filter((limit) => limit === 1)).toHaveLength(4);
  expect(limits.filter((limit) => limit === 2)).toHaveLength(8);
});
