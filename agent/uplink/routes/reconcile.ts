// Brings one family after another from what stands to what is wanted: ours first, then what is to make room for it.
import type { Family } from '../../../shared/ip.ts';
import type { Log } from '../../log.ts';
import { readInterfaces } from '../ip.ts';
import { type Changed, runChange, takeOut } from './apply.ts';
import { capture, fallen, giveBack } from './capture.ts';
import { conflictsOf } from './conflicts.ts';
import type { Journal } from './journal.ts';
import { type Desired, type RouteSettings, mainTable } from './kinds.ts';
import { readDump } from './read.ts';
import { type Change, type Item, planFor } from './steps.ts';
import { wantedOf } from './wanted.ts';
import { nameOf } from './words.ts';

/** What is not as wanted. */
export interface Problem {
  family: Family;
  /** Null where it is of the default routes in the main table. */
  uplink: string | null;
  /** A sentence, with iproute2's own words where it is its. */
  reason: string;
}

/** Words of `ip`, as they were carried out. */
export interface Outcome extends Changed {
  restored: string[];
  problems: Problem[];
  /** Families whose default route in the main table is not as wanted. */
  failed: Family[];
}

export interface ReconcileParts {
  settings: RouteSettings;
  journal: Journal;
  log: Log;
}

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** Carries out changes; answers the tables in which not all stands as wanted. */
async function runChanges(family: Family, changes: readonly Change[], proto: number, outcome: Outcome) {
  const broken: number[] = [];
  for (const change of changes) {
    try {
      await runChange(family, change, proto, outcome);
    } catch (error) {
      outcome.problems.push({ family, uplink: change.uplink, reason: reasonOf(error) });
      broken.push(change.table);
    }
  }
  return broken;
}

async function reconcileFamily(family: Family, desired: Desired, parts: ReconcileParts): Promise<Outcome> {
  const { settings, journal, log } = parts;
  const { proto } = settings;
  const outcome: Outcome = { added: [], removed: [], restored: [], problems: [], failed: [] };
  const failed = (reason: string) => outcome.problems.push({ family, uplink: null, reason });

  const chosen = (desired.families[family]?.active ?? null) !== null;
  const captures = desired.mode === 'capture' && chosen ? desired.interfaces : [];
  // Without a choice of failover's the system's own routes have to do, all of them.
  if (captures.length === 0) outcome.restored = await giveBack(family, journal, proto, log);

  const { own, foreign } = await readDump(family, proto);
  const { uplinks, active, standby, remove } = planFor(own, wantedOf(desired, family, settings));
  const conflicts = active === null ? [] : conflictsOf(foreign, settings, captures);
  conflicts.forEach(failed);
  const broken = await runChanges(family, uplinks, proto, outcome);
  if (active !== null) {
    const kept = conflicts.length > 0 ? [mainTable] : await runChanges(family, [active], proto, outcome);
    broken.push(...kept);
    if (kept.length === 0) {
      await runChanges(family, standby, proto, outcome);
      const { removed, left } = await capture(family, foreign, captures, journal);
      outcome.removed.push(...removed);
      for (const route of left) failed(`${nameOf(route)} is left alone: it could not be put back as it is`);
    }
  }
  // What could not be brought about leaves what was there before it.
  const goes = (item: Item): boolean => 'priority' in item || !broken.includes(item.table);
  const removing = takeOut(family, remove.filter(goes), proto);
  outcome.removed.push(...(await removing.catch((error: unknown) => (failed(reasonOf(error)), []))));
  return outcome;
}

/** Rejects with Failure internal where `ip` can't be run, or the journal not be written. */
export async function reconcile(desired: Desired, parts: ReconcileParts): Promise<Outcome> {
  const { journal, log } = parts;
  if (journal.routes().length > 0) await journal.forget(fallen(journal.routes(), await readInterfaces()));
  const families: Family[] = [4, 6];
  const outcomes = await Promise.all(families.map((family) => reconcileFamily(family, desired, parts)));
  const outcome: Outcome = {
    added: outcomes.flatMap(({ added }) => added),
    removed: outcomes.flatMap(({ removed }) => removed),
    restored: outcomes.flatMap(({ restored }) => restored),
    problems: outcomes.flatMap(({ problems }) => problems),
    failed: outcomes.flatMap(({ failed }) => failed),
  };
  const { added, removed, restored } = outcome;
  if (added.length + removed.length + restored.length > 0)
    log.info({ added, removed, restored }, 'the routes of failover were changed');
  return outcome;
}
