// Takes out whatever failover put into the kernel, its own or that of an agent that was killed.
import type { Family } from '../../../shared/ip.ts';
import type { Log } from '../../log.ts';
import { takeOut } from './apply.ts';
import { giveBack } from './capture.ts';
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

async function withdrawFamily(family: Family, { proto, journal, log }: WithdrawOptions): Promise<TakenOut> {
  // First what was there before, or nothing would lead out in between.
  const restored = await giveBack(family, journal, proto, log);
  const { own } = await readDump(family, proto);
  const removed = await takeOut(family, planFor(own, nothingWanted).remove, proto);
  return { restored, removed };
}

/** Puts back what was captured, then takes out all that is ours. Rejects with Failure internal where something stays. */
export async function withdraw(options: WithdrawOptions): Promise<TakenOut> {
  const four = await withdrawFamily(4, options);
  const six = await withdrawFamily(6, options);
  return {
    restored: [...four.restored, ...six.restored],
    removed: [...four.removed, ...six.removed],
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
