import { expect, it } from 'vitest';
import { createEchoes } from '../../../agent/failover/echoes.ts';
import type { EchoAnswer, Packets } from '../../../agent/packet/index.ts';
import { Failure } from '../../../shared/failure.ts';

const exit = { uplink: 'lte', interfaceName: 'eth1', source: null };
const way = { ...exit, source: '198.51.100.2', nextHop: '198.51.100.1' };

function begin(echo: Packets['echo'], dropped: Failure | null = null) {
  const spent: unknown[] = [];
  let late = 0;
  const send = createEchoes({
    packets: { echo },
    uplinks: { wayNow: () => way, watchDrops: () => () => Promise.resolve(dropped) },
    spent: (uplink, { bytesSent, bytesReceived }) => spent.push([uplink, bytesSent, bytesReceived]),
  })(exit);
  const order = { destination: '192.0.2.1', waitMs: 100, late: () => (late += 1) };
  return { came: () => send(order), spent, late: () => late };
}

const answers =
  (answer: EchoAnswer): Packets['echo'] =>
  (_echo, _signal, events) => {
    events?.sent(36);
    return Promise.resolve(answer);
  };
const silent: EchoAnswer = { type: 'silence', left: true };

it('is silent', async () => {
  const { came, spent } = begin(answers(silent));
  expect([await came(), spent]).toEqual([{ type: 'silence', left: true }, [['lte', 36, 0]]]);
});

it('says that this machine drops what comes back', async () => {
  const { came } = begin(answers(silent), new Failure('internal', 'rp_filter'));
  expect(await came()).toEqual({ type: 'local', why: 'rp_filter' });
});

it.each([
  ['the line', new Failure('noCarrier', 'no carrier')],
  ['anything else', new TypeError('no carrier')],
])('never rejects, whether it is kept from leaving by %s', async (_what, why) => {
  const { came } = begin(() => Promise.reject(why));
  expect(await came()).toEqual({ type: 'local', why: 'no carrier' });
});

it('tells of an answer that comes after the wait, and counts it', async () => {
  const { came, spent, late } = begin((_echo, _signal, events) => {
    events?.again('late', 36);
    events?.again('duplicate', 36);
    return Promise.resolve(silent);
  });
  await came();
  expect([late(), spent]).toEqual([
    1,
    [
      ['lte', 0, 36],
      ['lte', 0, 36],
    ],
  ]);
});
