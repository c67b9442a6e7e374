// A UDP port of this machine's, held while a question is out: else the kernel refuses the answer (port unreachable), or
// somebody else may take the port.
import { randomInt } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { Failure } from '../../../shared/failure.ts';
import { type Family, isLinkLocal } from '../../../shared/ip.ts';

export interface HeldPort {
  port: number;
  release(): void;
}

// Linux's own range for such ports (ip(7), ip_local_port_range) and what lies above it: firewalls know it.
const first = 32_768;
const last = 65_535;
const mostAttempts = 16;

function hold(family: Family, address: string, port: number): Promise<HeldPort> {
  return new Promise((resolve, reject) => {
    const socket = createSocket(family === 4 ? 'udp4' : 'udp6');
    socket.once('error', (error) => {
      socket.close();
      reject(error);
    });
    socket.bind({ address, port, exclusive: true }, () => {
      // What comes to it is read by the raw socket beside it; this one's copy is of no use.
      socket.removeAllListeners('error').on('error', () => undefined);
      resolve({ port, release: () => void socket.close() });
    });
  });
}

const isTaken = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';

/**
 * Holds a random port of an interface's address. Rejects with Failure: noAddress where the interface has lost it,
 * tooManyInFlight where hardly a port is free.
 */
export async function holdPort(family: Family, source: string, interfaceName: string): Promise<HeldPort> {
  const address = isLinkLocal(source) ? `${source}%${interfaceName}` : source;
  for (let attempt = 0; attempt < mostAttempts; attempt++) {
    try {
      return await hold(family, address, randomInt(first, last + 1));
    } catch (error) {
      if (isTaken(error)) continue;
      const sentence = `no UDP port of ${source} on ${interfaceName} can be held`;
      throw new Failure('noAddress', sentence, { cause: error });
    }
  }
  throw new Failure('tooManyInFlight', `no UDP port of ${source} is free`);
}
