// One echo over loopback: raw sockets are to be had, the kernel stamps arrivals, the bytes are right.
import { Failure } from '../../shared/failure.ts';
import type { Echo } from './echo.ts';
import type { Packets } from './index.ts';

const loopbackEcho: Echo = {
  interfaceName: 'lo',
  source: '127.0.0.1',
  destination: '127.0.0.1',
  nextHop: null,
  hopLimit: 64,
  payloadBytes: 56,
  waitMs: 1000,
};

/** `rttMs` is null where the echo was sent and not answered: packets can be sent, but loopback proves nothing. */
export type Proof = { rttMs: number | null } | { refused: Failure };

/** Sends an echo over loopback. Never rejects; refused is why no packet can be sent. */
export async function proveLoopback(packets: Packets): Promise<Proof> {
  try {
    // The first echo of a process takes milliseconds in code that has never run (3.5 ms measured); it does not count.
    await packets.echo(loopbackEcho);
    const answer = await packets.echo(loopbackEcho);
    return { rttMs: answer.type === 'reply' ? answer.rttMs : null };
  } catch (error) {
    return { refused: error instanceof Failure ? error : new Failure('noRawSockets', String(error)) };
  }
}
