// A target that is silent on every uplink is at fault itself, and no uplink is judged by it. Pure.
import type { Sign } from './reading.ts';

/** What one uplink sees of its targets, in the family that is judged. */
export interface Seen {
  /** Its link is ready: silence by another says nothing. */
  working: boolean;
  signs: ReadonlyMap<string, Sign>;
}

export interface Votes {
  /** Without a vote until an uplink hears from them again. */
  excluded: ReadonlySet<string>;
  /** Silent on all uplinks that asked them lately, one of which at least hears from another target. */
  atFault: ReadonlySet<string>;
}

export const noVotes: Votes = { excluded: new Set(), atFault: new Set() };

const latelyMs = 60_000;
// One on each of two uplinks may be chance.
const fewestSilent = 3;

interface Witness {
  sign: Sign;
  /** Something else answers by the same uplink. */
  othersAnswer: boolean;
}

function witnessesOf(target: string, uplinks: readonly Seen[]): Witness[] {
  return uplinks.flatMap(({ signs }) => {
    const sign = signs.get(target);
    if (sign === undefined) return [];
    const othersAnswer = [...signs].some(([other, { silentInRow }]) => other !== target && silentInRow === 0);
    return [{ sign, othersAnswer }];
  });
}

function isSilentOnAll(witnesses: readonly Witness[]): boolean {
  const silent = witnesses.map(({ sign }) => sign.silentInRow);
  const sum = silent.reduce((total, count) => total + count, 0);
  return silent.length >= 2 && !silent.includes(0) && sum >= fewestSilent;
}

/** Which targets have no vote, given what all uplinks of a family see and who had none before. */
export function votesOf(before: Votes, uplinks: readonly Seen[], nowMs: number): Votes {
  const working = uplinks.filter((uplink) => uplink.working);
  const targets = new Set(working.flatMap(({ signs }) => [...signs.keys()]));
  const excluded = new Set<string>();
  const atFault = new Set<string>();
  for (const target of targets) {
    const witnesses = witnessesOf(target, working);
    const lately = witnesses.filter(({ sign }) => nowMs - sign.sentMs <= latelyMs);
    if (isSilentOnAll(lately)) {
      if (lately.some(({ othersAnswer }) => othersAnswer)) atFault.add(target);
      if (lately.every(({ othersAnswer }) => othersAnswer)) excluded.add(target);
    }
    const heard = witnesses.some(({ sign }) => sign.silentInRow === 0);
    if (before.excluded.has(target) && !heard) excluded.add(target);
  }
  return { excluded, atFault };
}
