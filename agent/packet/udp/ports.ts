// UDP ports of this machine's, held while a question is out and for a while after: to an answer that comes to a free port
// the kernel says "port unreachable", and it sends that by whatever uplink has the default route (measured).
import { randomInt } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { Failure } from '../../../shared/failure.ts';
import { type Family, isLinkLocal } from '../../../shared/ip.ts';
import { codeOf, messageOf } from '../../../shared/thrown.ts';

export interface HeldPort {
  port: number;
  /** Nobody waits for anything any more: it is free after some seconds. */
  release(): void;
}

export interface Ports {
  /**
   * Holds a random port of an interface's address, which no other question has. Rejects with Failure: noAddress where
   * the interface has lost the address, tooManyInFlight where no port (or no descriptor) is to be had.
   */
  hold(family: Family, source: string, interfaceName: string): Promise<HeldPort>;
  /** Frees all at once. */
  close(): void;
}

// Linux's own range for such ports (ip(7), ip_local_port_range) and what lies above it: firewalls know it.
const first = 32_768;
const last = 65_535;
const mostAttempts = 16;
const lingerMs = 5000;
const mostLingering = 256;

type Close = () => void;

function bind(family: Family, address: string, port: number): Promise<Close> {
  return new Promise((resolve, reject) => {
    const socket = createSocket(family === 4 ? 'udp4' : 'udp6');
    socket.once('error', (error) => {
      socket.close();
      reject(error);
    });
    socket.bind({ address, port, exclusive: true }, () => {
      // What comes to it is read by the raw socket beside it; this one's copy is of no use.
      socket.removeAllListeners('error').on('error', () => undefined);
      socket.unref();
      resolve(() => void socket.close());
    });
  });
}

function holdFailure(error: unknown, source: string, interfaceName: string): Failure {
  if (codeOf(error) === 'EADDRNOTAVAIL') {
    const sentence = `${interfaceName} does not have the address ${source} (any more)`;
    return new Failure('noAddress', sentence, { cause: error });
  }
  return new Failure('tooManyInFlight', `no UDP port can be held (${messageOf(error)})`, { cause: error });
}

export function createPorts(): Ports {
  const held = new Map<number, Close>();
  /** In the order in which they were released. */
  const lingering = new Map<number, NodeJS.Timeout>();
  let closed = false;

  const free = (port: number): void => {
    clearTimeout(lingering.get(port));
    lingering.delete(port);
    held.get(port)?.();
    held.delete(port);
  };
  const release = (port: number): void => {
    if (closed || !held.has(port)) return free(port);
    lingering.set(port, setTimeout(free, lingerMs, port).unref());
    const oldest = lingering.size > mostLingering ? lingering.keys().next() : null;
    if (oldest?.done === false) free(oldest.value);
  };
  const random = (): number => {
    for (;;) {
      const port = randomInt(first, last + 1);
      if (!held.has(port)) return port;
    }
  };

  return {
    async hold(family, source, interfaceName) {
      const address = isLinkLocal(source) ? `${source}%${interfaceName}` : source;
      for (let attempt = 1; ; attempt++) {
        const port = random();
        // Taken before it is bound: another question must not choose it meanwhile.
        held.set(port, () => undefined);
        try {
          held.set(port, await bind(family, address, port));
          return { port, release: () => release(port) };
        } catch (error) {
          held.delete(port);
          if (codeOf(error) === 'EADDRINUSE' && attempt < mostAttempts) continue;
          throw holdFailure(error, source, interfaceName);
        }
      }
    },
    close() {
      closed = true;
      for (const port of [...held.keys()]) free(port);
    },
  };
}
