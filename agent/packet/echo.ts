// One echo, and what can come back for it.

export interface Echo {
  interfaceName: string;
  /** An address of that interface; it stands in the packet's own header. */
  source: string;
  destination: string;
  /** The neighbour the frame goes to; null where the destination is one. */
  nextHop: string | null;
  hopLimit: number;
  /** ICMP payload, 8 to 1472. */
  payloadBytes: number;
  /** How long an answer may take; one that took longer is silence, even if it is there by then. */
  waitMs: number;
}

export type EchoAnswer =
  | {
      type: 'reply' | 'timeExceeded' | 'unreachable';
      from: string;
      /** ICMP code (RFC 792); 0 for a reply. */
      code: number;
      rttMs: number;
      /** Other than `kernel`: the clock was stepped, so no latency may be judged by this RTT. */
      clock: 'kernel' | 'monotonic';
      /** Hop limit left in the answer. */
      hopLimit: number;
      /** Its length, IP header included. */
      bytes: number;
    }
  | {
      type: 'silence';
      /** Whether the packet left the interface: false where ARP or a queue still holds it; null where nobody says. */
      left: boolean | null;
    };
