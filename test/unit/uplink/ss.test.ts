// Connections ended by ss, over loopback.
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { type Socket, connect, createServer } from 'node:net';
import { promisify } from 'node:util';
import { expect, it, onTestFinished } from 'vitest';
import { canEndConnections, endConnections } from '../../../agent/uplink/ss.ts';

interface Connection {
  /** Whether what is said arrives at the other end; false once it was ended. */
  alive(): Promise<boolean>;
  port: number;
}

async function connected(host: string): Promise<Connection> {
  const server = createServer();
  const accepted = new Promise<Socket>((resolve) => server.once('connection', resolve));
  server.listen(0, host);
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('it listens at no port');
  const caller = connect(address.port, host);
  const answerer = await accepted;
  for (const socket of [caller, answerer]) socket.on('error', () => undefined);
  const over = new Promise<boolean>((resolve) => caller.once('close', () => resolve(false)));
  onTestFinished(() => {
    for (const socket of [caller, answerer]) socket.destroy();
    server.close();
  });
  return {
    port: address.port,
    alive() {
      caller.write('still there?');
      return Promise.race([
        over,
        new Promise<boolean>((resolve) => answerer.once('data', () => resolve(true))),
      ]);
    },
  };
}

it.each(['127.0.0.1', '::1'])('a connection with a neighbour lives on: %s', async (host) => {
  const connection = await connected(host);
  expect(await endConnections([host])).toBe(0);
  expect(await connection.alive()).toBe(true);
});

it('takes addresses of both families, here or not', async () => {
  expect(await endConnections(['192.0.2.77', '2001:db8::77', '127.0.0.1', '::1'])).toBe(0);
});

it('finds out whether this kernel can end connections, as ss by hand does', async () => {
  const connection = await connected('127.0.0.1');
  expect(await connection.alive()).toBe(true);
  await promisify(execFile)('ss', ['-t', '-K', 'state', 'established', 'dport', '=', `:${connection.port}`]);
  expect(await canEndConnections()).toBe(!(await connection.alive()));
});
