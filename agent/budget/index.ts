// The data budget of each uplink that has one: what was carried is counted and kept, its end told of and held to.
import { Failure } from '../../shared/failure.ts';
import { elapsedMs } from '../../shared/instant.ts';
import type { Traffic } from '../../shared/result.ts';
import type { KeepsState } from '../../shared/store.ts';
import { type BookOptions, type DataView, createBooks, part } from './books.ts';
import { withProbe, withReading } from './ledger.ts';

export type { BudgetedUplink, DataView } from './books.ts';

const readEveryMs = 10_000;
/** A card wears out by being written to. */
const saveEveryMs = 60_000;

export interface DataBudgetOptions extends BookOptions {
  /** What the kernel has counted on an interface; null where it has no such. */
  counters: (interfaceName: string) => { rxBytes: number; txBytes: number } | null;
  store: KeepsState;
}

export interface DataBudget {
  /** Never rejects; to be awaited before anything else is called. */
  start(): Promise<void>;
  /** Why nothing more may be sent by an uplink: budgetExhausted. Null where something may, and where none is named. */
  refusal(uplink: string | null): Failure | null;
  /** What a probe put on an uplink. */
  spent(uplink: string | null, traffic: Traffic): void;
  /** Null where no limit is set. */
  view(uplink: string): DataView | null;
  /** Reads and keeps it all once more. Never rejects. */
  stop(): Promise<void>;
}

/** By the machine's own time zone, as the period is. */
const whenText = (epochMs: number): string => new Date(epochMs).toLocaleString('sv-SE').slice(0, 16);

function exhausted(uplink: string, limitBytes: number, until: number | null): Failure {
  const anew = until === null ? '' : `; it begins anew on ${whenText(until)}`;
  const sentence = `the data budget of uplink ${uplink}, ${limitBytes / 1_000_000} MB, is used up${anew}`;
  return new Failure('budgetExhausted', sentence);
}

export function createDataBudget(options: DataBudgetOptions): DataBudget {
  const { settings, counters, store, now, log } = options;
  const books = createBooks(options);
  let timer: NodeJS.Timeout | null = null;
  let savedAt = now();

  function read(): void {
    for (const [uplink, { interface: name }] of Object.entries(settings())) {
      const counted = counters(name);
      const { boot } = now();
      books.take(uplink, (ledger) =>
        counted === null ? ledger : withReading(ledger, { interface: name, ...counted }, boot),
      );
    }
  }

  async function save(): Promise<void> {
    savedAt = now();
    // The store says itself what keeps it from writing.
    await store.write(books.changes(), { sync: false }).catch(() => undefined);
  }

  async function load(): Promise<void> {
    for await (const [uplink, value] of store.sub(part).entries()) {
      if (!books.restore(uplink, value)) {
        log.warn({ uplink }, "what was kept of the data used can't be read; it is counted anew");
      }
    }
  }

  const tick = (): void => {
    read();
    if (elapsedMs(savedAt, now()) >= saveEveryMs) void save();
  };

  return {
    async start() {
      await load().catch((error: unknown) =>
        log.warn({ err: error }, "what was kept of the data used can't be had; it is counted anew"),
      );
      read();
      timer = setInterval(tick, readEveryMs);
    },
    refusal(uplink) {
      const standing = uplink === null ? null : books.now(uplink);
      if (uplink === null || standing === null || standing.view.leftBytes > 0) return null;
      return exhausted(uplink, standing.view.limitBytes, standing.ledger.until);
    },
    spent(uplink, { bytesSent, bytesReceived }) {
      if (uplink !== null) books.take(uplink, (ledger) => withProbe(ledger, bytesSent + bytesReceived));
    },
    view: (uplink) => books.now(uplink)?.view ?? null,
    async stop() {
      if (timer !== null) clearInterval(timer);
      timer = null;
      read();
      await save();
    },
  };
}
