// What monitors do where the file does not say it. By a metered uplink so little that a whole proof of a standby line (a
// STUN answer, a DNS answer and an echo every 15 minutes, a trace a day) costs at most 1 MB a month.
import type { Kind } from '../../../shared/request.ts';

const minuteMs = 60_000;
const dayMs = 86_400_000;

const meteredEveryMs: Readonly<Record<Kind, number>> = {
  ping: 15 * minuteMs,
  dns: 15 * minuteMs,
  egress: 15 * minuteMs,
  // A page costs a TLS handshake, a trace an echo and an answer of every hop.
  http: dayMs,
  traceroute: dayMs,
};

/** How often a probe is made whose monitor does not say it. */
export const usualEveryMs = (kind: Kind, metered: boolean): number =>
  metered ? meteredEveryMs[kind] : minuteMs;

/** What a probe by a metered uplink asks for where the monitor does not say it. */
export function sparing(kind: Kind, judgesJitter: boolean): Record<string, unknown> {
  // Jitter lies between two answered echoes.
  return kind === 'ping' || kind === 'traceroute' ? { count: judgesJitter ? 2 : 1, packetBytes: 8 } : {};
}
