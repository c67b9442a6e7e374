// A line for the tests of health, by the second: what its targets answer is drawn as text, and its track is looked at
// whenever a look is due. Bursts are answered by whoever answers in that second.
import type { Transition } from '../../../../agent/uplink/health/condition.ts';
import { type Facts, type Outcome, look } from '../../../../agent/uplink/health/look.ts';
import type { HealthSettings } from '../../../../agent/uplink/health/settings.ts';
import {
  type Track,
  answered,
  answeredBurst,
  failedLocally,
  newTrack,
  sent,
} from '../../../../agent/uplink/health/track.ts';
import { noVotes } from '../../../../agent/uplink/health/votes.ts';
import { flapSettings, settings } from './settings.ts';

export const facts = (other: Partial<Facts> = {}): Facts => ({
  link: 'ready',
  askable: 'ready',
  gateway: { neighbour: 'found', echoes: 'answered' },
  votes: noVotes,
  burst: null,
  ...other,
});

export interface Line {
  track: Track;
  nowMs: number;
  last: Outcome | null;
  transitions: (Transition & { atMs: number })[];
  /** When each burst began. */
  bursts: number[];
}

export const newLine = (targets: readonly string[]): Line => ({
  ...{ track: newTrack(targets, 0), nowMs: 0, last: null, transitions: [], bursts: [] },
});

const burstMs = 500;

export function lookAt(line: Line, given: Facts, by: HealthSettings): void {
  const outcome = look(line.track, given, by, flapSettings, line.nowMs);
  line.track = outcome.track;
  line.last = outcome;
  if (outcome.transition !== null) line.transitions.push({ ...outcome.transition, atMs: line.nowMs });
  if (outcome.burst !== null) line.bursts.push(line.nowMs);
}

/** Looks on until `untilMs`; a burst that began in between is over before. */
function waitUntil(
  line: Line,
  untilMs: number,
  answers: readonly string[],
  given: Facts,
  by: HealthSettings,
) {
  for (;;) {
    const begun = line.bursts.at(-1);
    const overMs = line.track.suspicion.burst === null || begun === undefined ? Infinity : begun + burstMs;
    const nextMs = Math.min(line.last?.lookAgainMs ?? Infinity, overMs);
    if (nextMs >= untilMs) break;
    line.nowMs = nextMs;
    const heard = (line.last?.track.suspicion.burst?.targets ?? []).filter((one) => answers.includes(one));
    if (nextMs < overMs) lookAt(line, given, by);
    else {
      for (const target of heard) line.track = answeredBurst(line.track, target, nextMs - 450, 20);
      lookAt(line, { ...given, burst: heard.length > 0 ? 'answered' : 'silent' }, by);
    }
  }
  line.nowMs = untilMs;
}

/** A second for each character: `.` answers after 20 ms, `x` not at all, `o`
// only what a burst asks, `!` can't be asked. */
export function go(
  line: Line,
  lines: Record<string, string>,
  given: Facts = facts(),
  by: HealthSettings = settings(),
): Line {
  const length = Math.max(...Object.values(lines).map((text) => text.length));
  for (let second = 0; second < length; second += 1) {
    const [round, startMs] = [Math.round(line.nowMs / 1000), line.nowMs];
    const letters = Object.entries(lines).map(([target, text]) => ({ target, letter: text[second] ?? ' ' }));
    for (const { target } of letters) line.track = sent(line.track, { round, target }, by, startMs);
    lookAt(line, given, by);
    const answering = letters.filter(({ letter }) => '.o'.includes(letter)).map(({ target }) => target);
    line.nowMs += 20;
    for (const { target, letter } of letters) {
      if (letter === '.') line.track = answered(line.track, { round, target }, 20);
      if (letter === '!') line.track = failedLocally(line.track, { round, target }, 'EPERM');
    }
    lookAt(line, given, by);
    waitUntil(line, startMs + 1000, answering, given, by);
  }
  lookAt(line, given, by);
  return line;
}

export const told = ({ transitions }: Line): string[] =>
  transitions.map(({ atMs, from, to }) => `${atMs} ${from}>${to}`);
