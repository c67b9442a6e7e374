// How a packet leaves this machine: what a request's `via` named, and what it takes to leave by it.

export interface Exit {
  /** The configured uplink on that interface; null where it is none. */
  uplink: string | null;
  interfaceName: string;
  /** Set where `via` was a local address; the way's own otherwise. */
  source: string | null;
}

export interface Way extends Exit {
  source: string;
  /** The neighbour that frames go to; null where the destination is one. */
  nextHop: string | null;
}

/** The uplink that is configured on an interface; null where none is. */
export const uplinkOn = (
  uplinks: Readonly<Record<string, { interface: string }>>,
  interfaceName: string,
): string | null =>
  Object.entries(uplinks).find(([, uplink]) => uplink.interface === interfaceName)?.[0] ?? null;
