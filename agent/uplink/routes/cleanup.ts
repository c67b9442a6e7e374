// Takes out whatever failover put into the kernel, its own or that of an agent that was killed.
import { Failure } from '../../../shared/failure.ts';
import type { Log } from '../../log.ts';
import { takeOut } from './apply.ts';
import { giveBack } from './capture.ts';
import { eachFamily } from './families.ts';
import { type CapturedRoute, type Journal, lookIntoJournal, openJournal } from './journal.ts';
import { mainTable } from './kinds.ts';
import { takeLock } from './lock.ts';
import { type Dump, readDump } from './read.ts';
import { planFor } from './steps.ts';
import { nothingWanted } from './wanted.ts';

/** Words of `ip`, as they were carried out. */
export interface TakenOut {
  restored: string[];
  removed: string[];
}

/** What would be taken out is the only way out there is. */
export class LastWayOut extends Error {
  override readonly name = 'LastWayOut';
}

/** Whether this machine would have no default route without ours. */
export const leadsOutByOursAlone = ({ own, foreign }: Dump): boolean =>
  own.routes.some(({ table, interfaceName }) => table === mainTable && interfaceName !== null) &&
  foreign.every(({ interfaceName }) => interfaceName === null);

interface WithdrawOptions {
  proto: number;
  journals: readonly Journal[];
  /** Rejects with LastWayOut rather than take that out; what could be put back has been. */
  spareLast?: boolean;
  log: Log;
}

/** Puts back what was captured, then takes out all that is ours. Rejects with Failure internal where something stays. */
export async function withdraw(options: WithdrawOptions): Promise<TakenOut> {
  const { proto, journals, spareLast = false, log } = options;
  const done = await eachFamily(async (family) => {
    // First what was there before, or nothing would lead out in between.
    const restored: string[] = [];
    for (const journal of journals) restored.push(...(await giveBack(family, journal, { proto, log })));
    const dump = await readDump(family, proto);
    if (spareLast && leadsOutByOursAlone(dump))
      throw new LastWayOut(
        `ours is the last IPv${family} default route there is, and none could be put back`,
      );
    return { restored, ...(await takeOut(family, planFor(dump.own, nothingWanted).remove, proto)) };
  });
  const left = done.flatMap(({ failures }) => failures.map(({ message }) => message));
  if (left.length > 0) throw new Failure('internal', left.join('; '));
  return {
    restored: done.flatMap(({ restored }) => restored),
    removed: done.flatMap(({ removed }) => removed),
  };
}

interface Kept {
  folder: string;
  routes: readonly CapturedRoute[];
}

/** Of the folders those that keep routes. What can't be read is told. */
async function keepersAmong(folders: readonly string[], log: Log): Promise<Kept[]> {
  const looked = folders.map(async (folder): Promise<Kept> => {
    const routes = await lookIntoJournal(folder).catch((error: unknown) => {
      log.warn({ err: error, folder }, "the journal of captured routes can't be read");
      return [];
    });
    return { folder, routes };
  });
  return (await Promise.all(looked)).filter(({ routes }) => routes.length > 0);
}

/** Rejects with LastWayOut where taking ours out would leave no default route, and nothing is known to put back. */
async function refuseToStrand(proto: number, kept: readonly CapturedRoute[]): Promise<void> {
  await eachFamily(async (family) => {
    if (kept.some(({ route }) => route.family === family)) return;
    if (leadsOutByOursAlone(await readDump(family, proto)))
      throw new LastWayOut(
        `ours is the last IPv${family} default route there is, and nothing is known of one that was before`,
      );
  });
}

export interface CleanupOptions {
  /** Of all agents that may have kept a journal. */
  stateDirs: readonly string[];
  proto: number;
  /** Rejects with LastWayOut rather than leave the machine without a default route. */
  spareLast?: boolean;
  log: Log;
}

/**
 * The same without a running agent; done again it finds nothing. Rejects with Failure internal where an agent holds the
 * lock, or something stays.
 */
export async function cleanup(options: CleanupOptions): Promise<TakenOut> {
  const { stateDirs, proto, spareLast = false, log } = options;
  const release = await takeLock();
  try {
    const keepers = await keepersAmong(stateDirs, log);
    if (spareLast)
      await refuseToStrand(
        proto,
        keepers.flatMap(({ routes }) => routes),
      );
    // No other is opened: it may be that of an agent in another network namespace, and would be taken away.
    const journals = await Promise.all(keepers.map(({ folder }) => openJournal(folder, log)));
    return await withdraw({ proto, log, journals, spareLast });
  } finally {
    await release();
  }
}
