// A syslog server in a test: a UDP socket on loopback that shows what comes.
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { onTestFinished } from 'vitest';

export interface Server {
  port: number;
  /** The next datagram, as text. */
  next(): Promise<string>;
}

export async function listening(address = '127.0.0.1', port = 0): Promise<Server> {
  const socket = createSocket(address.includes(':') ? 'udp6' : 'udp4');
  onTestFinished(() => void socket.close());
  socket.bind(port, address);
  await once(socket, 'listening');
  return {
    port: socket.address().port,
    next: () => new Promise((resolve) => socket.once('message', (message) => resolve(message.toString()))),
  };
}
