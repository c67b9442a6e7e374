// A program of the user's as the file names it: an argument list, no shell.
import { accessSync, constants, statSync } from 'node:fs';
import { isAbsolute } from 'node:path';
import * as z from 'zod';
import { quoted, told } from '../../shared/issues.ts';

/** Why it can't be run; null where it can. */
export function programProblem(path: string): string | null {
  if (!isAbsolute(path)) return `must be the absolute path of a program, not ${quoted(path)}`;
  try {
    if (!statSync(path).isFile()) return `${path} is not a program`;
  } catch {
    return `there is no program ${path}`;
  }
  try {
    accessSync(path, constants.X_OK);
    return null;
  } catch {
    return `${path} is not executable (chmod +x ${path})`;
  }
}

// execve(2) ends a text at a NUL.
const argument = z.string().refine((text) => !text.includes('\0'), { error: 'must not hold a NUL' });

/** The program and its arguments. Looks whether it is there and may be run. */
export const commandLine = z.tuple([argument.check(told(programProblem))], argument);
