// Connections that stand by an uplink that the default route has left: the agent's own move, others' are ended where that
// is configured.
import type { Log } from '../log.ts';
import type { Happening } from '../uplink/deciding.ts';
import type { Measured } from '../uplink/measuring.ts';
import { canEndConnections, endConnections } from '../uplink/ss.ts';

export interface FlowParts {
  uplinks(): Readonly<Record<string, { metered: boolean; priority: number }>>;
  flush(): 'none' | 'metered' | 'all';
  /** The agent's own connection to its broker: anew where it is bound to one of these addresses. */
  leave(addresses: readonly string[]): void;
  log: Log;
  canEnd?: typeof canEndConnections;
  end?: typeof endConnections;
}

export interface Flows {
  /** The addresses by which connections stand: the last that an uplink had. */
  seen(measured: Pick<Measured, 'uplink' | 'family' | 'sources'>): void;
  /** Where an uplink was left, what stood by it is moved. Never rejects. */
  happened(happening: Happening): Promise<void>;
}

const cannot =
  "others' connections are not reset: this kernel can't end connections (it wants CONFIG_INET_DIAG_DESTROY)";

export function createFlows(parts: FlowParts): Flows {
  const { uplinks, flush, leave, log, canEnd = canEndConnections, end = endConnections } = parts;
  const addressesOf = new Map<string, readonly string[]>();
  let able: Promise<boolean> | null = null;

  /** Only a return to a preferred uplink moves others: away from a dead one they end by themselves. */
  function mayFlush(from: string, to: string): boolean {
    const [left, taken] = [uplinks()[from], uplinks()[to]];
    if (left === undefined || taken === undefined || taken.priority >= left.priority) return false;
    return flush() === 'all' || (flush() === 'metered' && left.metered && !taken.metered);
  }

  async function move(from: string | null, to: string, addresses: readonly string[]): Promise<void> {
    try {
      leave(addresses);
      if (from === null || addresses.length === 0 || !mayFlush(from, to)) return;
      able ??= canEnd().catch((error: unknown) => {
        // It may be installed by the next time.
        able = null;
        throw error;
      });
      if (!(await able)) return log.warn({ from, to }, cannot);
      const ended = await end(addresses);
      log.info({ from, to, ended }, 'connections by the former uplink are reset');
    } catch (error) {
      log.error({ from, to, err: error }, "others' connections could not be reset");
    }
  }

  return {
    seen({ uplink, family, sources }) {
      if (sources.length > 0) addressesOf.set(`${family} ${uplink}`, sources);
    },
    async happened(happening) {
      if (happening.kind !== 'switched' && happening.kind !== 'rolledBack') return;
      const { family, from, to } = happening;
      await move(from, to, addressesOf.get(`${family} ${from}`) ?? []);
    },
  };
}
