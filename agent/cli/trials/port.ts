// Whether a TCP port of this machine can be listened at.
import { connect, createServer } from 'node:net';
import { codeOf } from '../../../shared/thrown.ts';

export type PortState = 'free' | 'held' | { refused: string };

const connectMs = 1500;

/** Wildcard addresses are met at loopback. */
export const nearAddress = (address: string): string =>
  address === '0.0.0.0' ? '127.0.0.1' : address === '::' ? '::1' : address;

/** Whether somebody takes a connection. */
const answers = (host: string, port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect({ host: nearAddress(host), port, timeout: connectMs });
    const end = (answered: boolean): void => {
      socket.destroy();
      resolve(answered);
    };
    socket.once('connect', () => end(true));
    socket.once('timeout', () => end(false));
    socket.once('error', () => end(false));
  });

/** Listens for an instant: it is what tells most surely. */
const tryToListen = (host: string, port: number): Promise<PortState> =>
  new Promise((resolve) => {
    const server = createServer((socket) => socket.destroy());
    server.once('error', (error) => {
      const code = codeOf(error);
      resolve(code === 'EADDRINUSE' ? 'held' : { refused: code });
    });
    server.listen({ host, port, exclusive: true }, () => server.close(() => resolve('free')));
  });

/** Never rejects. A holder is asked first, so that an agent that starts just now is not kept from its port. */
export const portState = async (host: string, port: number): Promise<PortState> =>
  (await answers(host, port)) ? 'held' : tryToListen(host, port);
