// What is told of uplinks and failover as events: in the order it happened, and never before the routes are in order.
import type { Event } from '../../shared/event.ts';
import type { Uplinks } from '../config/uplinks.ts';
import { isUsable, type Transition } from '../uplink/health/condition.ts';
import type { DecisionListener } from '../uplink/deciding.ts';
import type { Measured } from '../uplink/measuring.ts';
import { type LastToldHealth, happeningEvent, healthEvent, initialEvent, suppressedEvent } from './events.ts';
import { leadingOf } from './leading.ts';
import { byPreference, linkOf } from './uplink-names.ts';

export interface TellingParts {
  uplinks(): Uplinks;
  measured(): readonly Measured[];
  emit(event: Event): void;
  epochMs(): number;
}

export interface Telling extends DecisionListener {
  changed(measured: Measured, transition: Transition | null): void;
  /** Routes are being chosen: what was seen until now is told once they are in order, what comes after it is not. */
  choosing(): void;
  /** The routes are in order: what they were chosen by is told, and what happened. */
  settled(): void;
  /** No routes are chosen: what was seen until now is told at once. */
  unchosen(): void;
}

/** Something is known of it: a name that is still looked up says nothing. */
const isFound = ({ condition: { health } }: Measured): boolean =>
  health !== 'probing' && health !== 'unknown';

export function createTelling({ uplinks, measured, emit, epochMs }: TellingParts): Telling {
  const told = new Map<string, LastToldHealth>();
  const suppressed = new Map<string, boolean>();
  const initial = new Set<string>();
  /** What the next choice is made by, and what the last one was. */
  let waiting: Event[] = [];
  let due: Event[] = [];

  const keyOf = ({ uplink, family }: Measured): string => `${family} ${uplink}`;
  const linkNow = (name: string) => linkOf(uplinks(), name, leadingOf(measured(), name)?.sources[0] ?? null);

  /** How each uplink is found at the start, once it is known. */
  function seeInitial(): void {
    for (const name of Object.keys(uplinks())) {
      const one = leadingOf(measured(), name);
      if (one === undefined || initial.has(name) || !isFound(one)) continue;
      initial.add(name);
      const online = isUsable(one.condition.health) || one.condition.health === 'recovering';
      const link = linkOf(uplinks(), name, online ? (one.sources[0] ?? null) : null);
      if (link !== null) waiting.push(initialEvent(one, link, online, epochMs()));
    }
  }

  function choose(): void {
    due.push(...waiting);
    waiting = [];
  }

  function settle(): void {
    const all = due;
    due = [];
    all.forEach(emit);
  }

  return {
    changed(one, transition) {
      const key = keyOf(one);
      if (transition !== null) {
        const news = healthEvent(one, transition, told.get(key) ?? null, epochMs());
        told.set(key, news.told);
        if (news.event !== null) waiting.push(news.event);
      }
      if (one.suppressed !== (suppressed.get(key) ?? false)) waiting.push(suppressedEvent(one, epochMs()));
      suppressed.set(key, one.suppressed);
    },
    happened(happening) {
      const all = (): ReturnType<typeof linkNow>[] => byPreference(uplinks()).map(linkNow);
      const links = { of: linkNow, all: () => all().filter((link) => link !== null) };
      due.push(happeningEvent(happening, links, epochMs()));
    },
    choosing() {
      seeInitial();
      choose();
    },
    settled: settle,
    unchosen() {
      choose();
      settle();
    },
  };
}
