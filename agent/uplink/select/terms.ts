// What a selection is made from and what comes of it, in one family of addresses.
import type { Health } from '../../../shared/failover.ts';

/** An uplink that may have the default route. */
export interface Candidate {
  name: string;
  /** The smaller wins; of equal ones, the first in the file. */
  priority: number;
  health: Health;
  /** Held back for going up and down too often. */
  suppressed: boolean;
  /** A switch to it was taken back: what had to be reached by it was not. */
  distrusted: boolean;
  /** It missed an answer just now, and whether it is down is being found out. */
  suspect: boolean;
  /** Since when it has been up without a break. */
  upSinceMs: number | null;
  lossPercent: number | null;
  /** Its link has carrier, address and gateway. */
  usable: boolean;
}

export interface Standing {
  /** By whom the default leaves now: an uplink, or an interface that is none. */
  active: string | null;
  /** Of the last switch; null where there was none yet. */
  switchedMs: number | null;
  startedMs: number;
  startupOver: boolean;
  forced: { uplink: string; untilMs: number } | null;
}

export interface SelectionSettings {
  preferPrimary: boolean;
  failbackDelayMs: number;
  minDwellMs: number;
  startupHoldMs: number;
  lastResort: 'hold' | 'bestScore' | 'os' | 'unreachable';
}

/**
 * What the selection asks for: nothing new, a default where no uplink had it, leaving a worse one, the voluntary
 * return to a preferred one, what a command says, or that no uplink has it.
 */
export type Kind = 'keep' | 'first' | 'leave' | 'return' | 'force' | 'withdraw';

export interface Choice {
  /** Null with `keep` where no uplink has it and none is to: the routes stay as they are. */
  desired: string | null;
  kind: Kind;
  /** What has the default instead of an uplink; null except with `withdraw`. */
  instead: 'os' | 'unreachable' | null;
  why: string;
  /** When to look again if nothing else happens. */
  wakeMs: number | null;
}

export interface Selection extends Choice {
  /** No uplink answers, and that is no fault of this machine. */
  allBad: boolean;
  /** To be kept: once over it does not begin again. */
  startupOver: boolean;
}
