// The kernel's own counters, on the loopback interface that every machine has.
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { expect, it } from 'vitest';
import { interfaceCounters } from '../../agent/counters.ts';

it('count what an interface carries, each way', async () => {
  const before = interfaceCounters('lo');
  const [from, to] = [createSocket('udp4'), createSocket('udp4')];
  to.bind(0, '127.0.0.1');
  await once(to, 'listening');
  from.send(Buffer.alloc(1000), to.address().port, '127.0.0.1');
  await once(to, 'message');
  from.close();
  to.close();
  const after = interfaceCounters('lo');
  expect((after?.rxBytes ?? 0) - (before?.rxBytes ?? 0)).toBeGreaterThanOrEqual(1028);
  expect((after?.txBytes ?? 0) - (before?.txBytes ?? 0)).toBeGreaterThanOrEqual(1028);
});

it('are none where there is no such interface', () => {
  expect(interfaceCounters('gone0')).toBeNull();
});
