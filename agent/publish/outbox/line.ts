// Which of the outbox's messages is sent next, and which goes when there are too many. Pure: what they say lies elsewhere.
import { type Instant, elapsedMs } from '../../../shared/instant.ts';

export type Kind = 'event' | 'measurement';

export interface Entry {
  /** Grows from message to message, also from start to start. */
  readonly seq: number;
  readonly kind: Kind;
  readonly bytes: number;
  readonly keptAt: Instant;
  /** How long it is worth sending; null: for ever. */
  readonly expirySeconds: number | null;
  /** How often a broker would not take it for what it is. */
  refusals: number;
  /** An event is not sent before it is on the disk. */
  mayGo: boolean;
}

/** How long it is still worth sending; null: for ever. */
export const leftSeconds = ({ keptAt, expirySeconds }: Entry, now: Instant): number | null =>
  expirySeconds === null ? null : expirySeconds - elapsedMs(keptAt, now) / 1000;

export interface LineLimits {
  maxMessages: number;
  maxBytes: number;
  /** Measurements sent and not yet acknowledged. */
  window: number;
}

export interface Depth {
  events: number;
  measurements: number;
}

export interface Line {
  add(entry: Entry): void;
  /** The oldest of the kinds that may be sent, now on its way; null while it has to wait: an event goes alone, so that the order is kept. */
  take(isOpen?: (kind: Kind) => boolean): Entry | null;
  putBack(entry: Entry): void;
  remove(entry: Entry): void;
  /** Takes out what is too much: the oldest measurement, where there is none the oldest event; never what is on its way; so that there is `room`. */
  overflow(room?: { messages: number; bytes: number }): Entry[];
  /** Takes out the oldest measurements that are not worth sending any more. */
  expired(now: Instant): Entry[];
  depth(): Depth;
}

function insert(row: Entry[], entry: Entry): void {
  let at = row.length;
  while (at > 0 && (row[at - 1]?.seq ?? 0) > entry.seq) at -= 1;
  row.splice(at, 0, entry);
}

export function createLine({ maxMessages, maxBytes, window }: LineLimits): Line {
  const rows = { event: new Array<Entry>(), measurement: new Array<Entry>() };
  const known = new Set<number>();
  const flying = new Set<Entry>();
  let bytes = 0;

  const eventFlies = (): boolean => [...flying].some(({ kind }) => kind === 'event');
  const oldest = (isOpen: (kind: Kind) => boolean): Entry | undefined => {
    const event = isOpen('event') ? rows.event[0] : undefined;
    const measurement = isOpen('measurement') ? rows.measurement[0] : undefined;
    if (event === undefined || measurement === undefined) return event ?? measurement;
    return event.seq < measurement.seq ? event : measurement;
  };
  const forget = (entry: Entry): void => {
    if (known.delete(entry.seq)) bytes -= entry.bytes;
  };

  return {
    add(entry) {
      insert(rows[entry.kind], entry);
      known.add(entry.seq);
      bytes += entry.bytes;
    },
    take(isOpen = () => true) {
      const next = oldest(isOpen);
      if (next === undefined || !next.mayGo || flying.size >= window || eventFlies()) return null;
      if (next.kind === 'event' && flying.size > 0) return null;
      rows[next.kind].shift();
      flying.add(next);
      return next;
    },
    putBack(entry) {
      if (flying.delete(entry)) insert(rows[entry.kind], entry);
    },
    remove(entry) {
      const at = flying.delete(entry) ? -1 : rows[entry.kind].indexOf(entry);
      if (at >= 0) rows[entry.kind].splice(at, 1);
      forget(entry);
    },
    overflow(room = { messages: 0, bytes: 0 }) {
      const tooMany = (): boolean =>
        known.size + room.messages > maxMessages || bytes + room.bytes > maxBytes;
      const gone: Entry[] = [];
      while (tooMany()) {
        const entry = rows.measurement.shift() ?? rows.event.shift();
        if (entry === undefined) return gone;
        forget(entry);
        gone.push(entry);
      }
      return gone;
    },
    expired(now) {
      const isOver = (entry: Entry): boolean => (leftSeconds(entry, now) ?? Infinity) <= 0;
      const alive = rows.measurement.findIndex((entry) => !isOver(entry));
      const gone = rows.measurement.splice(0, alive < 0 ? Infinity : alive);
      gone.forEach(forget);
      return gone;
    },
    depth() {
      const events = rows.event.length + (eventFlies() ? 1 : 0);
      return { events, measurements: known.size - events };
    },
  };
}
