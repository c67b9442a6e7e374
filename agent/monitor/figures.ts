// What a result says in a monitor's words. Pure.
import type { Figures, MonitorState } from '../../shared/monitor.ts';
import type { Result } from '../../shared/result.ts';

export const noFigures: Figures = {
  minMs: null,
  rttMs: null,
  maxMs: null,
  jitterMs: null,
  lossPercent: null,
  hopCount: null,
  publicAddress: null,
  network: null,
  statusCode: null,
  certificateDaysLeft: null,
};

const measuredAs = ({ ping, dns, http, egress }: Result): number | null =>
  ping?.avgMs ?? dns?.rttMs ?? http?.totalMs ?? egress?.rttMs ?? null;

const linesFault = ['uplink', 'target'];

/** Of a line that is dead before an echo leaves it all is lost; where the fault is elsewhere nobody knows. */
function lossOf({ kind, ping, failure }: Result): number | null {
  if (ping !== null && ping.sent > 0) return ping.lossPercent;
  const echoes = kind === 'ping' || kind === 'traceroute';
  return echoes && failure !== null && linesFault.includes(failure.source) ? 100 : null;
}

/** It lies between two answered echoes. */
const jitterOf = ({ ping }: Result): number | null =>
  ping !== null && ping.received > 1 ? ping.jitterMs : null;

/** The figures of any kind of probe: null where it has none of that kind, or measured none. */
export const figuresOf = (result: Result): Figures => ({
  minMs: result.ping?.minMs ?? null,
  rttMs: measuredAs(result),
  maxMs: result.ping?.maxMs ?? null,
  jitterMs: jitterOf(result),
  lossPercent: lossOf(result),
  hopCount: result.traceroute?.hops.length ?? null,
  publicAddress: result.egress?.address ?? null,
  network: result.egress?.network ?? null,
  statusCode: result.http?.statusCode ?? null,
  certificateDaysLeft: result.http?.certificateDaysLeft ?? null,
});

/** The trace of a result, hop by hop; null where there is none. */
export const routeOf = ({ traceroute }: Result): MonitorState['route'] =>
  traceroute?.hops.map(({ ttl, address, name, rttMs, network }) => ({
    ttl,
    address,
    name,
    rttMs,
    organisation: network?.organisation ?? null,
  })) ?? null;
