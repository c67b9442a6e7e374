// Takes out whatever failover put into the kernel, its own or that of an agent that was killed.
import { Failure } from '../../../shared/failure.ts';
import type { Log } from '../../log.ts';
import { takeOut } from './apply.ts';
import { giveBack } from './capture.ts';
import { eachFamily } from './families.ts';
import { type Journal, openJournal } from './journal.ts';
import { takeLock } from './lock.ts';
import { readDump } from './read.ts';
import { planFor } from './steps.ts';
import { nothingWanted } from './wanted.ts';

/** Words of `ip`, as they were carried out. */
export interface TakenOut {
  restored: string[];
  removed: string[];
}

interface WithdrawOptions {
  proto: number;
  journal: Journal;
  log: Log;
}

/** Puts back what was captured, then takes out all that is ours. Rejects with Failure internal where something stays. */
export async function withdraw({ proto, journal, log }: WithdrawOptions): Promise<TakenOut> {
  const done = await eachFamily(async (family) => {
    // First what was there before, or nothing would lead out in between.
    const restored = await giveBack(family, journal, proto, log);
    const { own } = await readDump(family, proto);
    return { restored, ...(await takeOut(family, planFor(own, nothingWanted).remove, proto)) };
  });
  const left = done.flatMap(({ failures }) => failures.map(({ message }) => message));
  if (left.length > 0) throw new Failure('internal', left.join('; '));
  return {
    restored: done.flatMap(({ restored }) => restored),
    removed: done.flatMap(({ removed }) => removed),
  };
}

/**
 * The same without a running agent; done again it finds nothing. Rejects with Failure internal where an agent holds the
 * lock, or something stays.
 */
export async function cleanup(options: { stateDir: string; proto: number; log: Log }): Promise<TakenOut> {
  const { stateDir, proto, log } = options;
  const release = await takeLock();
  try {
    return await withdraw({ proto, log, journal: await openJournal(stateDir, log) });
  } finally {
    await release();
  }
}
