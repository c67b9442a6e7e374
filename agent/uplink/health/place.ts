// Where an outage lies, from near to far. Pure.
import type { Place } from '../../../shared/failover.ts';
import type { Link } from './link.ts';

/** Whether there is anybody to ask: `nobody` on a line that has no gateway and is given no targets. */
export type Askable = 'ready' | 'names unknown' | 'nobody';

/** What is known of the gateway beside the targets. */
export interface GatewaySigns {
  /** Whether the kernel found its link-layer address; `unknown` too where there is no gateway (PPP). */
  neighbour: 'found' | 'failed' | 'unknown';
  /** Its answers to echoes; many a gateway answers `never`. */
  echoes: 'answered' | 'stopped' | 'never';
}

export interface Clues {
  link: Link;
  askable: Askable;
  gateway: GatewaySigns;
  /** All its targets are silent on other uplinks, too, which hear from others. */
  targetsAtFault: boolean;
}

/** Where it lies if something is wrong at all. */
export function placeOf({ link, askable, gateway, targetsAtFault }: Clues): Place {
  if (link === 'no address' || link === 'no gateway') return 'dhcp';
  if (link !== 'ready') return 'carrier';
  if (askable === 'names unknown') return 'dns';
  if (gateway.neighbour === 'failed' || gateway.echoes === 'stopped') return 'gateway';
  return targetsAtFault ? 'target' : 'isp';
}
