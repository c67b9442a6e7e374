// Which events an action asks for. Pure.
import type { Event, EventKind } from '../../shared/event.ts';

/** What an action of the configuration asks for. */
interface Asks {
  on: readonly string[];
  subject: string | null;
}

/** A kind, `monitor.*`, or `*`: that is all but each probe's result, which has to be asked for by name. */
function covers(pattern: string, kind: EventKind): boolean {
  if (pattern === '*') return kind !== 'probe.result';
  return pattern.endsWith('.*') ? kind.startsWith(pattern.slice(0, -1)) : kind === pattern;
}

export const asksFor = ({ on, subject }: Asks, event: Pick<Event, 'kind' | 'subject'>): boolean =>
  (subject === null || subject === event.subject) && on.some((pattern) => covers(pattern, event.kind));
