// Echoes that expire on the way and are under way already: whoever wants the same one waits for the answer that is coming,
// so that a router is asked once for many traces.
import type { Echo } from '../../packet/index.ts';
import type { Outcome } from '../outcomes.ts';

export interface SharedEchoes {
  /** The outcome of an equal echo that is under way; else, or where that one was given up, of `send`. */
  share(echo: Echo, send: () => Promise<Outcome>): Promise<Outcome>;
}

/** A packet with a hop limit of 1 expires at the next hop, wherever it was to go. */
const sameFor = ({ destination, nextHop, hopLimit }: Echo): string =>
  hopLimit === 1 && nextHop !== null ? 'all' : destination;

/** The next hop may refuse one destination and not another; that it let a packet expire holds for all. */
const holdsFor = (echo: Echo, outcome: Outcome): boolean =>
  outcome !== null && (sameFor(echo) !== 'all' || outcome.type === 'timeExceeded');

export function createSharedEchoes(): SharedEchoes {
  const underWay = new Map<string, Promise<Outcome>>();
  return {
    async share(echo, send) {
      const { interfaceName, source, nextHop, hopLimit, payloadBytes, waitMs } = echo;
      const key = [interfaceName, source, nextHop, sameFor(echo), hopLimit, payloadBytes, waitMs].join(' ');
      const other = underWay.get(key);
      const outcome = other === undefined ? null : await other.catch(() => null);
      if (holdsFor(echo, outcome)) return outcome;
      const sent = send();
      underWay.set(key, sent);
      try {
        return await sent;
      } finally {
        if (underWay.get(key) === sent) underWay.delete(key);
      }
    },
  };
}
