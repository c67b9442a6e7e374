// One echo, and what can come back for it, the same for IPv4 and IPv6.
import type { unreachableReasons } from '../../shared/result.ts';

export interface Echo {
  interfaceName: string;
  /** An address of that interface; it stands in the packet's own header. */
  source: string;
  /** Of the same family as the source. */
  destination: string;
  /** The neighbour the frame goes to; null where the destination is one. */
  nextHop: string | null;
  hopLimit: number;
  /** ICMP payload, 8 to 1472. */
  payloadBytes: number;
  /** How long an answer may take; one that took longer is silence, even if it is there by then. */
  waitMs: number;
}

/** What is told of an echo beside its answer. */
export interface EchoEvents {
  /** It was handed to the kernel; its length, IP header included. */
  sent(bytes: number): void;
  /** Something else came back for it: a copy of its answer, or an answer after its wait was over. */
  again(what: FurtherAnswer, bytes: number): void;
}

export type FurtherAnswer = 'duplicate' | 'late';

/** What "destination unreachable" was said for (RFC 792, RFC 1812 §5.2.7.1, RFC 4443 §3.1 and §3.2). */
export type UnreachableReason = (typeof unreachableReasons)[number];

/** An MPLS label stack entry that a router showed (RFC 4950). */
export interface MplsLabel {
  label: number;
  trafficClass: number;
  ttl: number;
}

export type EchoAnswer =
  | {
      type: 'reply' | 'timeExceeded' | 'unreachable';
      from: string;
      /** Why the destination can't be reached; null for the other types. */
      reason: UnreachableReason | null;
      /** The largest packet that would have passed, where a router said so (RFC 1191, RFC 8201). */
      mtuBytes: number | null;
      mpls: MplsLabel[];
      rttMs: number;
      /** Other than `kernel`: the clock was stepped, so no latency may be judged by this RTT. */
      clock: 'kernel' | 'monotonic';
      /** Hop limit left in the answer; null where the kernel did not say. */
      hopLimit: number | null;
      /** Its length, IP header included. */
      bytes: number;
    }
  | {
      type: 'silence';
      /** Whether the packet left the interface: false where ARP or a queue still holds it; null where nobody says. */
      left: boolean | null;
    };
