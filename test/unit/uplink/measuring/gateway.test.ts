import { expect, it } from 'vitest';
import type { Came, EchoOrder } from '../../../../agent/uplink/measuring/echo.ts';
import { createGateway } from '../../../../agent/uplink/measuring/gateway.ts';
import { silence } from './kit.ts';

function begin() {
  const open: { to: string; come: (came: Came) => void }[] = [];
  const gateway = createGateway(
    ({ destination }: EchoOrder) =>
      new Promise((resolve) => void open.push({ to: destination, come: resolve })),
  );
  async function asked(came: Came) {
    const over = gateway.ask('192.0.2.1');
    open.at(-1)?.come(came);
    await over;
    return gateway.signs();
  }
  return { gateway, open, asked };
}

const reply: Came = { type: 'reply', rttMs: 1 };

it.each<[what: string, came: Came[], neighbour: string, echoes: string]>([
  ['answers', [reply], 'found', 'answered'],
  ['refuses, which is an answer', [{ type: 'refused' }], 'found', 'answered'],
  ['has never answered', [silence], 'found', 'never'],
  ['does not answer any more', [reply, silence], 'found', 'stopped'],
  ['does not answer ARP', [{ type: 'silence', left: false }], 'failed', 'never'],
  ['could not be asked', [reply, { type: 'local', why: 'no buffer' }], 'found', 'answered'],
])('one that %s', async (_what, all, neighbour, echoes) => {
  const { gateway, asked } = begin();
  for (const came of all) await asked(came);
  expect(gateway.signs()).toEqual({ neighbour, echoes });
});

it('one that nothing could leave by is not found, until it answers', async () => {
  const { gateway, asked } = begin();
  await asked(silence);
  gateway.unresolved();
  expect(gateway.signs().neighbour).toBe('failed');
  expect((await asked(reply)).neighbour).toBe('found');
});

it('is asked once at a time', () => {
  const { gateway, open } = begin();
  void gateway.ask('192.0.2.1');
  void gateway.ask('192.0.2.1');
  expect(open).toHaveLength(1);
});

it('another one is asked at once, and is not judged by what comes from the former', async () => {
  const { gateway, open } = begin();
  const former = gateway.ask('192.0.2.1');
  gateway.changed();
  const other = gateway.ask('192.0.2.254');
  expect(open.map(({ to }) => to)).toEqual(['192.0.2.1', '192.0.2.254']);
  open[0]?.come(reply);
  await former;
  expect(gateway.signs()).toEqual({ neighbour: 'unknown', echoes: 'never' });
  void gateway.ask('192.0.2.254');
  expect(open).toHaveLength(2);
  open[1]?.come({ type: 'silence', left: false });
  await other;
  expect(gateway.signs().neighbour).toBe('failed');
});
