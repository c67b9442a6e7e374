// The addresses of targets that are names, found through the uplink that they are asked by and looked for again in time.
import { canonicalAddress, familyOf, type Family } from '../../../shared/ip.ts';
import { createLater } from './later.ts';

const againMs = 300_000;
const againUnknownMs = 10_000;

export interface Names {
  /** Of a target; null where it is not known (yet). */
  addressOf(target: string): string | null;
  /** Looks for those that are due. */
  refresh(targets: readonly string[]): void;
  stop(): void;
}

export interface NamesParts {
  family: Family;
  /** Rejects where there is none. */
  resolve(name: string, signal: AbortSignal): Promise<readonly string[]>;
  /** An address is another, or one is due to be looked for again. */
  found(): void;
  nowMs(): number;
}

export function createNames({ family, resolve, found, nowMs }: NamesParts): Names {
  const stopping = new AbortController();
  const known = new Map<string, { address: string | null; dueMs: number }>();
  const later = createLater();

  async function look(name: string): Promise<void> {
    const before = known.get(name)?.address ?? null;
    known.set(name, { address: before, dueMs: Infinity });
    // The last one is kept while the line is dead.
    const addresses = await resolve(name, stopping.signal).catch(() => []);
    const address = addresses.find((one) => familyOf(one) === family) ?? before;
    const waitMs = address === null || addresses.length === 0 ? againUnknownMs : againMs;
    known.set(name, { address, dueMs: nowMs() + waitMs });
    if (stopping.signal.aborted) return;
    later.after(waitMs, found);
    if (address !== before) found();
  }

  return {
    addressOf: (target) => canonicalAddress(target) ?? known.get(target)?.address ?? null,
    refresh(targets) {
      if (stopping.signal.aborted) return;
      for (const name of targets) {
        if (canonicalAddress(name) === null && (known.get(name)?.dueMs ?? 0) <= nowMs()) void look(name);
      }
    },
    stop() {
      stopping.abort();
      later.stop();
    },
  };
}
