// What the bridge says: ping-tool's keys first, so that its users' keyword checks keep working, then ours.
import type { Result } from '../../../shared/result.ts';

/** `reason` stands early: Uptime Kuma keeps only the beginning of a failing answer. */
export interface BridgeBody {
  result: 'OK' | 'error';
  reason: string;
  ping: { host: string | null; rtts: number[] } | null;
  verdict: Result['verdict'];
  probe: Result | null;
}

export function bodyOf(result: Result): BridgeBody {
  const pings = result.ping !== null || result.kind === 'ping' || result.kind === 'traceroute';
  return {
    result: result.verdict === 'pass' ? 'OK' : 'error',
    reason: result.reason,
    ping: pings ? { host: result.address ?? result.target, rtts: result.ping?.rttsMs ?? [] } : null,
    verdict: result.verdict,
    probe: result,
  };
}

/** For what never became a probe. */
export const refusalBody = (reason: string): BridgeBody => ({
  result: 'error',
  reason,
  ping: null,
  verdict: 'error',
  probe: null,
});
