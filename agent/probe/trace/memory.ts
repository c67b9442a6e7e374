// How long paths were a while ago, so that the next trace needs one round trip and no packet too many.
import { keepLatest } from '../../../shared/remember.ts';

const freshMs = 3_600_000;
const mostPaths = 1000;

export interface TraceMemory {
  /** Hops to an address by an interface when it was last traced; null where that is unknown or too long ago. */
  recall(interfaceName: string, address: string): number | null;
  remember(interfaceName: string, address: string, hops: number): void;
}

export function createTraceMemory(nowMs: () => number = () => performance.now()): TraceMemory {
  const paths = new Map<string, { hops: number; atMs: number }>();
  const keyOf = (interfaceName: string, address: string): string => `${interfaceName} ${address}`;
  return {
    recall(interfaceName, address) {
      const path = paths.get(keyOf(interfaceName, address));
      return path !== undefined && nowMs() - path.atMs < freshMs ? path.hops : null;
    },
    remember(interfaceName, address, hops) {
      keepLatest(paths, keyOf(interfaceName, address), { hops, atMs: nowMs() }, mostPaths);
    },
  };
}
