// Two clocks and the time between a send and the kernel's arrival stamp.
import { realtimeUs } from '@pathproof/packet-native';

/** Read together: the clock that stamps arrivals (it can be stepped) and the one that can't. */
export interface Instant {
  realtimeUs: number;
  monotonicUs: number;
}

const apartUs = 100;
const stepUs = 500;

/** Both clocks at once; a reading torn apart by the scheduler is taken again (measured: milliseconds, under load). */
export function now(): Instant {
  for (let attempt = 0; ; attempt++) {
    const before = performance.now() * 1000;
    const realtime = realtimeUs();
    const after = performance.now() * 1000;
    if (after - before <= apartUs || attempt === 3) {
      return { realtimeUs: realtime, monotonicUs: (before + after) / 2 };
    }
  }
}

export interface Elapsed {
  ms: number;
  /** `monotonic`: the real-time clock was stepped on the way, so the stamp says nothing and the loop's delay is in. */
  clock: 'kernel' | 'monotonic';
}

/**
 * Time from a packet's leaving to its answer's arrival, both stamped by the kernel (microseconds of CLOCK_REALTIME; null
 * or 0 where it gave none: the leaving is then the call that sent it, ARP and queues included). Stamps count only if the
 * two clocks moved alike since the send and the RTT lies between 0 and the time that passed.
 */
export function elapsedSince(
  sent: Instant,
  leftRealtimeUs: number | null,
  arrivedRealtimeUs: number,
  read: Instant,
): Elapsed {
  const passedUs = read.monotonicUs - sent.monotonicUs;
  const drift = Math.abs(read.realtimeUs - sent.realtimeUs - passedUs);
  const rttUs = arrivedRealtimeUs - (leftRealtimeUs ?? sent.realtimeUs);
  const plausible = arrivedRealtimeUs > 0 && rttUs >= 0 && rttUs <= passedUs + apartUs;
  return drift <= stepUs && plausible
    ? { ms: rttUs / 1000, clock: 'kernel' }
    : { ms: Math.max(0, Math.round(passedUs)) / 1000, clock: 'monotonic' };
}
