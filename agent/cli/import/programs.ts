// What stands behind `run` for a script that a predecessor started: itself, or what asks root to start it. Pure.
import { durationWords } from '../../../shared/duration.ts';
import { type Line, set } from './lines.ts';
import type { Circumstances, Program } from './moved.ts';
import { type Argv, asking } from './root-units.ts';

interface Run {
  /** `run` and its time limit. */
  lines: Line[];
  /** Why they can only be a comment; null where they can be more. */
  problem: string | null;
}

export function runOf(
  program: Program,
  from: string,
  { rootFolder, programProblem }: Pick<Circumstances, 'rootFolder' | 'programProblem'>,
): Run {
  const run: Argv = rootFolder === null ? [program.path] : asking(program, rootFolder);
  const above = rootFolder === null ? [] : [`asks root to run ${program.path}`];
  return {
    lines: [
      set('run', run, from, { above }),
      set('timeout', durationWords(program.timeoutMs), 'there was no limit'),
    ],
    problem: programProblem(program.path) ?? programProblem(run[0]),
  };
}

/** What is said above what a missing program turns into a comment. */
export const notYet = (problem: string): string => `A comment for now: ${problem}`;
