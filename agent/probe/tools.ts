// What probes are given to work with. A probe reaches nothing else.
import type { Failure } from '../../shared/failure.ts';
import type { Kind } from '../../shared/request.ts';
import type { Exit, Way } from '../../shared/way.ts';
import type { Packets } from '../packet/index.ts';
import type { Resolve } from './resolve.ts';
import type { SharedEchoes } from './trace/shared.ts';
import type { TraceMemory } from './trace/memory.ts';
import type { TraceTurns } from './trace/turns.ts';

export interface ProbeTools {
  packets: Packets;
  traces: TraceMemory;
  turns: TraceTurns;
  shared: SharedEchoes;
  /** Addresses of a host of one family, through the exit where one is given. */
  resolve: Resolve;
  /** Why a host at an address must not be probed; null where it may. */
  refusal(kind: Kind, host: string, address: string): Failure | null;
  /** How a packet leaves now by an exit (or by the kernel's choice). Rejects with Failure of the uplink. */
  way(exit: Exit | null, destination: string): Promise<Way>;
  /**
   * That what is bound to the way's interface alone (TCP) finds a route there. Rejects with Failure noRoute.
   */
  mustRoute(way: Way, destination: string): Promise<void>;
  /**
   * Where this machine may drop the answers to packets that go this way: a look that gives the Failure once it has
   * dropped some from now on, and never rejects. Null where it drops none.
   */
  watchDrops(way: Way, destination: string): (() => Promise<Failure | null>) | null;
  /** Addresses of those to ask for names through an exit, in order. Never rejects; may be empty. */
  nameServers(exit: Exit): Promise<string[]>;
  /** Whether every byte by an exit costs: the uplink is set so. */
  metered(exit: Exit): boolean;
  /** Whom to ask for the public address, in order: `stun:HOST:PORT` and URLs. */
  egressServers(): readonly string[];
}
