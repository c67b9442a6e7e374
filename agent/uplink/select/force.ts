// What a command makes of the selection: never that the last working way is given up. Pure.
import { going, staying } from './choice.ts';
import { type Situation, worksBeside } from './judged.ts';
import type { Choice, Standing } from './terms.ts';
import { predicate, told } from './words.ts';

interface Forced {
  /** Null where the command is not followed. */
  choice: Choice | null;
  /** Why it is not, if there is one. */
  remark: string | null;
}

/** The command that holds now; null where none does. */
export const forcedNow = ({ forced }: Standing, nowMs: number): Standing['forced'] =>
  forced !== null && nowMs < forced.untilMs ? forced : null;

/** What the command that holds now makes of it. */
export function byForce(situation: Situation): Forced {
  const { judged, standing, nowMs } = situation;
  const forced = forcedNow(standing, nowMs);
  if (forced === null) return { choice: null, remark: null };
  const { uplink } = forced;
  const remark = (why: string): Forced => ({ choice: null, remark: `${uplink} is forced but ${why}` });
  const wanted = judged.find(({ name }) => name === uplink);
  if (wanted === undefined) return remark('is not configured');
  const other = wanted.answers > 0 ? undefined : worksBeside(judged, uplink);
  if (!wanted.usable || other !== undefined) return remark(predicate(wanted));
  const why = `${told(wanted)} and is forced`;
  if (wanted.active) return { choice: staying(situation, why), remark: null };
  return wanted.suspect
    ? remark('must first answer again')
    : { choice: going(wanted, 'force', why), remark: null };
}
