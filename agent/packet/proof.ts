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

/** The round trip in ms, or why no packet can be sent or none comes back. Never rejects. */
export async function proveLoopback(packets: Packets): Promise<{ rttMs: number } | { refused: Failure }> {
  try {
    // The first echo of a process takes milliseconds in code that has never run (3.5 ms measured); it does not count.
    await packets.echo(loopbackEcho);
    const answer = await packets.echo(loopbackEcho);
    if (answer.type === 'reply') return { rttMs: answer.rttMs };
    const sentence = 'an echo over loopback was not answered (is lo up, is ICMP filtered?)';
    return { refused: new Failure('noRawSockets', sentence) };
  } catch (error) {
    return { refused: error instanceof Failure ? error : new Failure('noRawSockets', String(error)) };
  }
}
