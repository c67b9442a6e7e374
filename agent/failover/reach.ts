// Names and single echoes, for the targets of health and for what a switch has to be confirmed by.
import { Failure } from '../../shared/failure.ts';
import { type Family, familyOf } from '../../shared/ip.ts';
import type { Exit } from '../../shared/way.ts';
import type { Packets } from '../packet/index.ts';
import { createLookup } from '../probe/lookup.ts';
import { createResolver } from '../probe/resolve.ts';
import type { Uplinks } from '../uplink/index.ts';

const echo = { hopLimit: 64, payloadBytes: 8, waitMs: 1000 };
const patienceMs = 5000;

export interface Reach {
  /** A name's addresses, through an uplink or by the system's own resolver. Rejects with Failure where it has none. */
  resolve(name: string, family: Family, exit: Exit | null, signal: AbortSignal): Promise<string[]>;
  /** Whether one echo in a family, sent by the kernel's own way, is answered. Never rejects. */
  answers(target: string, family: Family): Promise<boolean>;
}

export function createReach({ packets, uplinks }: { packets: Packets; uplinks: Uplinks }): Reach {
  const resolver = createResolver(createLookup({ packets, ...uplinks }), uplinks.epoch, uplinks.metered);
  const resolve: Reach['resolve'] = (name, family, exit, signal) => resolver(name, family, exit, signal);

  async function addressOf(target: string, family: Family): Promise<string> {
    if (familyOf(target) !== null) return target;
    const [address] = await resolve(target, family, null, AbortSignal.timeout(patienceMs));
    if (address === undefined) throw new Failure('nameUnresolved', `${target} has no address`);
    return address;
  }

  return {
    resolve,
    async answers(target, family) {
      try {
        const destination = await addressOf(target, family);
        const way = await uplinks.way(null, destination);
        const { type } = await packets.echo({ ...way, ...echo, destination });
        return type === 'reply';
      } catch {
        // Whatever keeps it from being asked: it does not answer.
        return false;
      }
    },
  };
}
