// One echo, as those who measure an uplink ask for it, and what can come of it.

export interface EchoOrder {
  destination: string;
  waitMs: number;
  /** The answer came after the wait. */
  late(): void;
}

export type Came =
  | { type: 'reply'; rttMs: number }
  /** An ICMP error came instead. */
  | { type: 'refused' }
  /** `left`: whether it left the interface; false where the next hop did not answer ARP, null where nobody says. */
  | { type: 'silence'; left: boolean | null }
  /** This machine could not send it, or drops what comes back; says nothing of the line. */
  | { type: 'local'; why: string };

/** Never rejects. */
export type SendEcho = (order: EchoOrder) => Promise<Came>;
