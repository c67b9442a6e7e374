// What is kept of names: for how long nobody is asked again, and what is in reserve. Where every byte costs it is kept
// for longer than it counts, until a probe meets nobody there.
import { keepLatest } from '../../../shared/remember.ts';

export interface Found {
  addresses: string[];
  /** How long they may be kept. */
  ttlSeconds: number;
}

const mostRemembered = 1000;
const longestKeptMs = 86_400_000;
/** That a name has no address of a family: RFC 2308 would take the time from the zone, which few do. */
const noneKeptMs = 60_000;
/** By a metered uplink a name in doubt is asked for once in so long. */
const doubtMs = 3_600_000;

interface Kept {
  addresses: string[];
  /** On the monotonic clock: until then nobody is asked again. */
  untilMs: number;
  epoch: number;
  /** Asking for newer ones failed. */
  stale: boolean;
  /** Something says that they are no longer right. */
  doubted: boolean;
  /** On the monotonic clock: doubts have to wait until then. */
  doubtableMs: number;
}

export interface KeptNames {
  /** The last good answer, whether it still counts or not. */
  reserve(key: string): readonly string[] | null;
  /** What may be given without asking; null where somebody is to be asked. */
  current(key: string, metered: boolean): Pick<Kept, 'addresses' | 'stale'> | null;
  keep(key: string, found: Found, metered: boolean): void;
  /** Asking failed. */
  failed(key: string, metered: boolean): void;
  /** Nobody answers by those addresses: the next is to ask anew, once an hour. */
  doubt(key: string): void;
}

/** `epoch` changes when what was answered may no longer count. */
export function createKeptNames(epoch: () => number): KeptNames {
  const known = new Map<string, Kept>();
  const put = (key: string, one: Kept): void => keepLatest(known, key, one, mostRemembered);

  function doubt(key: string): void {
    const one = known.get(key);
    if (one === undefined) return;
    one.doubted = true;
    one.untilMs = Math.min(one.untilMs, Math.max(performance.now(), one.doubtableMs));
  }

  function failed(key: string, metered: boolean): void {
    const one = known.get(key);
    if (one === undefined || !metered) return;
    const untilMs = performance.now() + doubtMs;
    put(key, { ...one, untilMs, doubtableMs: untilMs, epoch: epoch(), stale: true });
  }

  return {
    reserve: (key) => known.get(key)?.addresses ?? null,
    current(key, metered) {
      const one = known.get(key);
      if (one === undefined || (one.epoch !== epoch() && !metered)) return null;
      // The other lines of a box may come and go all day: that is a doubt, no more.
      if (one.epoch !== epoch()) doubt(key);
      one.epoch = epoch();
      return one.untilMs > performance.now() ? one : null;
    },
    keep(key, { addresses, ttlSeconds }, metered) {
      const [before, nowMs] = [known.get(key), performance.now()];
      const none = addresses.length === 0;
      // A name that had addresses a while ago and has none now is as likely to be badly answered.
      if (none && (before?.addresses.length ?? 0) > 0) return failed(key, metered);
      const keptMs = Math.max(none ? noneKeptMs : 0, Math.min(ttlSeconds * 1000, longestKeptMs));
      const doubtableMs = before?.doubted === true ? nowMs + doubtMs : nowMs;
      const fresh = { stale: false, doubted: false, doubtableMs };
      put(key, { addresses, untilMs: nowMs + keptMs, epoch: epoch(), ...fresh });
    },
    failed,
    doubt,
  };
}
