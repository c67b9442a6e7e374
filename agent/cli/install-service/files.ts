// What is to be done at the places of the service's files: nobody else's is touched.
import { lstatSync, readFileSync } from 'node:fs';
import type { Plan } from '../write-files.ts';
import { type WantedFile, isOwn } from './texts.ts';

/** Nothing is done where the file is as it should be, or a person's own by now. */
export interface Step {
  file: WantedFile;
  what: 'write' | 'replace' | 'keep';
  /** The former text; null where nothing is there. */
  before: string | null;
}

/** What is to be done for a file; a sentence where it must not. */
export function stepFor(file: WantedFile): Step | string {
  const { path, text, once } = file;
  const there = lstatSync(path, { throwIfNoEntry: false });
  if (there === undefined) return { file, what: 'write', before: null };
  if (once) return { file, what: 'keep', before: null };
  if (!there.isFile()) return `${path} is no plain file (a masked unit is a link): it is left as it is`;
  const before = readFileSync(path, 'utf8');
  if (before === text) return { file, what: 'keep', before };
  if (!isOwn(before)) return `${path} was not written by pathproof: move it away, or put it into a drop-in`;
  return { file, what: 'replace', before };
}

/** How the steps are taken; none for what is kept. */
export const plansFor = (steps: readonly Step[]): Plan[] =>
  steps.flatMap(({ file: { path, text, mode }, what, before }): Plan[] =>
    what === 'keep' ? [] : [{ path, text, mode, ifThere: 'replace', before }],
  );
