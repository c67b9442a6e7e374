// The lab's IPv6: its path, its silent hops, and addresses that do not answer.
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  createLab,
  hostAddress6,
  prohibitedAddress6,
  silentAddress6,
  unreachableAddress6,
  type Lab,
} from './topology.ts';

let lab: Lab;

beforeAll(async () => {
  lab = await createLab({ lte: { ipv6: true } });
});
afterAll(async () => {
  await lab.stop();
});

async function trace(): Promise<string[]> {
  const argv = ['traceroute', '-6', '-I', '-n', '-q', '1', '-w', '1', '-i', 'eth1', hostAddress6];
  const { stdout } = await lab.exec('agent', argv);
  return stdout.split('\n').flatMap((line) => /^ *\d+ {2}(\S+)/.exec(line)?.[1] ?? []);
}

test('lte leads by its routers to the host, and a hop can be silenced', async () => {
  expect(await trace()).toEqual(lab.uplinks.lte.ipv6?.hops);
  await lab.silenceHop('lte', 2);
  expect(await trace()).toEqual(['fd00:2::1', '*', 'fd00:2:0:1::2', hostAddress6]);
});

test.each([
  [silentAddress6, /1 .*transmitted, 0 received, 100%/],
  [unreachableAddress6, new RegExp(`From ${hostAddress6} .* unreachable: No route`)],
  [prohibitedAddress6, new RegExp(`From ${hostAddress6} .* unreachable: Administratively prohibited`)],
])('%s does not answer', async (address, words) => {
  const argv = ['ping', '-n', '-c', '1', '-W', '0.5', '-I', 'eth1', address];
  await expect(lab.exec('agent', argv)).rejects.toThrow(words);
});
