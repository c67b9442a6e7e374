// What failover puts into the kernel: brought to what is wanted whenever that, or the kernel, has changed.
import { Failure } from '../../../shared/failure.ts';
import type { Family } from '../../../shared/ip.ts';
import type { Log } from '../../log.ts';
import { createCaptureLimit } from './capture-limit.ts';
import { type TakenOut, withdraw } from './cleanup.ts';
import { eachFamily } from './families.ts';
import { type Journal, openJournal } from './journal.ts';
import type { Desired, ElsewhereDefault, ForeignDefault, RouteSettings } from './kinds.ts';
import { readDump } from './read.ts';
import { type Outcome, reconcile } from './reconcile.ts';

export { LastWayOut, cleanup } from './cleanup.ts';
export { canChangeRoutes } from './capability.ts';
export { conflictsOf, leastMetricActive, tableConflictsOf } from './conflicts.ts';
export type {
  Active,
  Desired,
  ElsewhereDefault,
  FamilyDesired,
  ForeignDefault,
  RouteSettings,
  UplinkWay,
} from './kinds.ts';
export { type Leftovers, leftovers } from './leftovers.ts';
export { isLockHeld, takeLock } from './lock.ts';
export type { Outcome, Problem } from './reconcile.ts';
export { overruledOf } from './overruled.ts';
export { type Rival, findRivals, rivals } from './rivals.ts';

export interface Routes {
  /**
   * Brings the kernel to what is wanted, from whatever stands there. What can't be had is told in the outcome, and
   * leaves the rest as wanted. Rejects with Failure internal where `ip` itself can't be run.
   */
  reconcile(desired: Desired): Promise<Outcome>;
  /** The default routes of others as they stand now: in the main table, and in any other. Rejects likewise. */
  others(): Promise<{ main: ForeignDefault[]; elsewhere: ElsewhereDefault[] }>;
  /** Reads the journal, if need be. Rejects where it can't be read. */
  open(): Promise<void>;
  /** Those that were taken out, or are just being: from before they go. None while the journal was never opened. */
  captured(): ForeignDefault[];
  /** Puts back what was captured, then takes out all that is ours. Rejects with Failure internal. */
  restore(): Promise<TakenOut>;
  /** Resolves when what is under way has ended; nothing is begun afterwards. */
  close(): Promise<void>;
}

export interface RoutesOptions {
  settings: RouteSettings;
  /** Where the journal of captured routes is kept. */
  stateDir: string;
  log: Log;
}

export function createRoutes({ settings, stateDir, log }: RoutesOptions): Routes {
  let journal: Promise<Journal> | null = null;
  let known: Journal | null = null;
  let last: Promise<unknown> = Promise.resolve();
  let closed = false;
  const limit = createCaptureLimit();
  const { routeProto: proto } = settings;

  /** One that could not be opened is opened again at the next call. */
  const opened = (): Promise<Journal> => {
    journal ??= openJournal(stateDir, log).then(
      (one) => (known = one),
      (error: unknown) => {
        journal = null;
        throw error;
      },
    );
    return journal;
  };
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    if (closed) return Promise.reject(new Failure('stopping', 'the agent is stopping'));
    const mine = last.then(work);
    last = mine.catch(() => undefined);
    return mine;
  };

  const said = new Map<Family, readonly string[]>();
  const warn = (family: Family, sentences: readonly string[]): void => {
    const before = said.get(family) ?? [];
    for (const sentence of sentences) if (!before.includes(sentence)) log.warn({}, sentence);
    said.set(family, sentences);
  };

  return {
    reconcile: (desired) =>
      inTurn(async () => reconcile(desired, { settings, journal: await opened(), limit, warn, log })),
    async others() {
      const dumps = await inTurn(() => eachFamily((family) => readDump(family, proto)));
      return {
        main: dumps.flatMap(({ foreign }) => foreign),
        elsewhere: dumps.flatMap((dump) => dump.elsewhere),
      };
    },
    async open() {
      await opened();
    },
    captured: () => (known?.routes() ?? []).map(({ route }) => route),
    restore: () => inTurn(async () => withdraw({ proto, journals: [await opened()], log })),
    async close() {
      closed = true;
      await last;
    },
  };
}
