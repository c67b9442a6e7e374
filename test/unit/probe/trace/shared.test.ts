// Which echoes under way serve whom: equal ones, and those that expire at the next hop.
import { expect, it } from 'vitest';
import type { Echo } from '../../../../agent/packet/index.ts';
import type { Outcome } from '../../../../agent/probe/outcomes.ts';
import { createSharedEchoes } from '../../../../agent/probe/trace/shared.ts';
import { reply, silence } from '../tools.ts';

const echo: Echo = {
  interfaceName: 'eth1',
  source: '192.168.2.10',
  destination: '1.1.1.1',
  nextHop: '192.168.2.1',
  hopLimit: 3,
  payloadBytes: 56,
  waitMs: 1000,
};
const expired = reply(5, { type: 'timeExceeded', from: '192.168.2.1' });
const refused = reply(5, { type: 'unreachable', from: '192.168.2.1', reason: 'prohibited' });

/** Asks for one echo and, while it is under way, for another; how many were sent, and what both got. */
async function askTwice(first: Echo, second: Echo, outcome: Outcome): Promise<[number, Outcome, Outcome]> {
  const shared = createSharedEchoes();
  let sent = 0;
  const send = async (): Promise<Outcome> => {
    const number = ++sent;
    await new Promise((resolve) => setImmediate(resolve));
    return number === 1 ? outcome : silence;
  };
  const [one, other] = await Promise.all([shared.share(first, send), shared.share(second, send)]);
  return [sent, one, other];
}

it('an equal echo is sent once, whatever comes of it', async () => {
  expect(await askTwice(echo, { ...echo }, expired)).toEqual([1, expired, expired]);
  expect(await askTwice(echo, { ...echo }, refused)).toEqual([1, refused, refused]);
  expect(await askTwice(echo, { ...echo }, silence)).toEqual([1, silence, silence]);
});

it.each<[what: string, given: Partial<Echo>]>([
  ['another destination', { destination: '8.8.8.8' }],
  ['another hop limit', { hopLimit: 4 }],
  ['another interface', { interfaceName: 'eth0' }],
  ['another source', { source: '192.168.2.11' }],
  ['another next hop', { nextHop: '192.168.2.2' }],
  ['another size', { payloadBytes: 57 }],
  ['another wait', { waitMs: 999 }],
])('%s is another echo', async (_what, given) => {
  expect(await askTwice(echo, { ...echo, ...given }, expired)).toEqual([2, expired, silence]);
});

it('one that expires at the next hop serves all destinations behind it', async () => {
  const first = { ...echo, hopLimit: 1 };
  const other = { ...first, destination: '8.8.8.8' };
  expect(await askTwice(first, other, expired)).toEqual([1, expired, expired]);
});

it.each([
  ['refused', refused],
  ['answered with silence', silence],
])('one that the next hop %s says nothing of other destinations', async (_what, outcome) => {
  const first = { ...echo, hopLimit: 1 };
  const other = { ...first, destination: '8.8.8.8' };
  expect(await askTwice(first, other, outcome)).toEqual([2, outcome, silence]);
});

it('one to a neighbour is for that neighbour alone', async () => {
  const first = { ...echo, hopLimit: 1, nextHop: null };
  expect((await askTwice(first, { ...first, destination: '192.168.2.7' }, expired))[0]).toBe(2);
});

it('one that was given up is sent by who still wants it', async () => {
  expect(await askTwice(echo, { ...echo }, null)).toEqual([2, null, silence]);
});

it('one that could not be sent is tried by the other for itself', async () => {
  const shared = createSharedEchoes();
  const failed = shared.share(echo, () => Promise.reject(new Error('down')));
  const other = shared.share(echo, () => Promise.resolve(expired));
  await expect(failed).rejects.toThrow('down');
  expect(await other).toBe(expired);
});

it('one that is answered is over: the next is sent anew', async () => {
  const shared = createSharedEchoes();
  await shared.share(echo, () => Promise.resolve(expired));
  expect(await shared.share(echo, () => Promise.resolve(silence))).toBe(silence);
});
