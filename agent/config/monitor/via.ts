// The ways out that monitors name: what can be none, and what is none as things stand. Pure.
import { canonicalAddress } from '../../../shared/ip.ts';
import { quoted } from '../../../shared/issues.ts';
import { nearest } from '../../../shared/nearest.ts';
import { isInterfaceName } from '../uplinks.ts';
import type { ProbeSettings } from './probe.ts';

const orMeant = (via: string, known: readonly string[]): string => {
  const meant = nearest(via, known);
  return meant === null ? '' : `; did you mean ${meant}?`;
};

/** Why a via means nothing, whatever interfaces there are; null where it may mean something, or is no text. */
export function viaProblem(via: unknown, uplinks: readonly string[]): string | null {
  if (typeof via !== 'string' || uplinks.includes(via)) return null;
  if (isInterfaceName(via) || canonicalAddress(via) !== null) return null;
  return `there is no uplink ${quoted(via)}, and no interface can have this name${orMeant(via, uplinks)}`;
}

interface Probing {
  probe: ProbeSettings;
  confirm: readonly ProbeSettings[];
}

/** What is said of each monitor by a via that is neither an uplink, nor an address, nor one of the interfaces. */
export function unknownVias(
  monitors: Readonly<Record<string, Probing>>,
  uplinks: readonly string[],
  interfaces: readonly string[],
): { monitor: string; problem: string }[] {
  const known = [...uplinks, ...interfaces];
  return Object.entries(monitors).flatMap(([monitor, { probe, confirm }]) => {
    const vias = new Set([probe, ...confirm].map(({ body }) => body['via']));
    return [...vias].flatMap((via) => {
      if (typeof via !== 'string' || known.includes(via) || canonicalAddress(via) !== null) return [];
      const words = `via: there is neither an uplink nor an interface ${via}`;
      return [{ monitor, problem: `${words}${orMeant(via, known)}` }];
    });
  });
}
