// The uplinks' ledgers as they stand now, and what is told once of them.
import { type Event, newEvent } from '../../shared/event.ts';
import type { Instant } from '../../shared/instant.ts';
import type { Change } from '../../shared/store.ts';
import type { Log } from '../log.ts';
import { Ledger, type Threshold, crossed, newLedger, settled, usedBytes } from './ledger.ts';

export const part = 'budget';
const megabyte = 1_000_000;

export interface BudgetedUplink {
  interface: string;
  /** Null where no limit is set. */
  data: { monthlyMegabytes: number; resetDay: number } | null;
}

export interface BookOptions {
  /** The uplinks by name, as they are set now. */
  settings: () => Readonly<Record<string, BudgetedUplink>>;
  /** `alongside` is written with the event, or neither is. */
  emit: (event: Event, alongside: Change[]) => void;
  now: () => Instant;
  log: Log;
}

/** An uplink's billing period so far. */
export interface DataView {
  usedBytes: number;
  probesBytes: number;
  limitBytes: number;
  leftBytes: number;
  /** When it began, in ms since 1970; null while the clock can't be believed. */
  since: number | null;
}

interface Standing {
  ledger: Ledger;
  view: DataView;
}

export interface Books {
  /** Null where no limit is set. */
  now(uplink: string): Standing | null;
  /** Takes what has changed of a ledger, and tells of the thresholds that are crossed by it. */
  take(uplink: string, changed: (ledger: Ledger) => Ledger): void;
  /** What is to be kept. */
  changes(): Change[];
  /** Takes what was kept; false where it can't be read. */
  restore(uplink: string, value: unknown): boolean;
}

function viewOf(ledger: Ledger, limitBytes: number): DataView {
  const { probesBytes, since } = ledger;
  const used = usedBytes(ledger);
  return { usedBytes: used, probesBytes, limitBytes, leftBytes: Math.max(0, limitBytes - used), since };
}

export function createBooks({ settings, emit, now, log }: BookOptions): Books {
  const ledgers = new Map<string, Ledger>();

  const change = (uplink: string): Change => ({ part, key: uplink, value: ledgers.get(uplink) });

  function standing(uplink: string): Standing | null {
    const data = new Map(Object.entries(settings())).get(uplink)?.data ?? null;
    if (data === null) return null;
    const ledger = settled(ledgers.get(uplink) ?? newLedger(data.resetDay), now(), data.resetDay);
    ledgers.set(uplink, ledger);
    return { ledger, view: viewOf(ledger, Math.round(data.monthlyMegabytes * megabyte)) };
  }

  function tell(uplink: string, news: readonly Threshold[], { leftBytes, ...evidence }: DataView): void {
    const { usedBytes: used, limitBytes } = evidence;
    for (const threshold of news) {
      log.warn({ uplink, usedBytes: used, limitBytes, leftBytes }, `data budget: ${threshold}`);
      // That all is told is kept with the last: rather one comes twice than never.
      const alongside = threshold === news.at(-1) ? [change(uplink)] : [];
      emit(newEvent(`budget.${threshold}`, uplink, { evidence }, now().epochMs), alongside);
    }
  }

  return {
    now: standing,
    take(uplink, changed) {
      const before = standing(uplink);
      if (before === null) return;
      const { limitBytes } = before.view;
      const { ledger, news } = crossed(changed(before.ledger), limitBytes);
      ledgers.set(uplink, ledger);
      tell(uplink, news, viewOf(ledger, limitBytes));
    },
    changes: () => [...ledgers.keys()].map(change),
    restore(uplink, value) {
      const kept = Ledger.safeParse(value);
      if (kept.success) ledgers.set(uplink, kept.data);
      return kept.success;
    },
  };
}
