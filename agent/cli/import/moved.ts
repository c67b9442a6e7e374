// What a predecessor's settings become here: the same for all three. Pure.
import type { FieldProblem } from '../../../shared/issues.ts';

/** A setting that has no counterpart, and why that is no loss, or what to do instead. */
export interface Lost {
  key: string;
  why: string;
}

/** A program that ran as root so far. */
export interface Program {
  path: string;
  /** What it was for: "the reset script of eno2". */
  use: string;
  /** A name for what is made for it. */
  name: string;
  /** It is told something by its arguments. */
  hasArguments: boolean;
  timeoutMs: number;
}

export interface Moved {
  /** The text of the file that is to be written. */
  text: string;
  lost: readonly Lost[];
  /** What is otherwise than before, in sentences. */
  otherwise: readonly string[];
  programs: readonly Program[];
}

/** How the user wants it, and what the machine has. */
export interface Circumstances {
  /** As the user named it. */
  file: string;
  /** Null where the user gave none. */
  instance: string | null;
  /** Programs are run by root, on being asked through a file in this folder; null: by the agent itself. */
  rootFolder: string | null;
  /** Why a program can't be run; null where it can. */
  programProblem(path: string): string | null;
}

export type Move = { ok: true; moved: Moved } | { ok: false; problems: FieldProblem[] };

/** Of every failover. */
export const needsNetAdmin =
  'The agent is not root: to change routes its service needs CAP_NET_ADMIN beside CAP_NET_RAW (README: Keep the best uplink ' +
  'as default route).';

/** The list at the end of a file: what was not taken over, and what is otherwise. */
export function endWords(lost: readonly Lost[], otherwise: readonly string[]): string[] {
  const words = lost.map(({ key, why }) => `  ${key}: ${why}`);
  return [
    ...(lost.length === 0 ? [] : ['Without a counterpart here:', ...words]),
    ...(otherwise.length === 0 ? [] : ['Otherwise than before:', ...otherwise.map((text) => `  ${text}`)]),
  ];
}

/** Keys that a predecessor did not know either. */
export const strangers = (content: object, known: readonly string[], place: string, whose: string): Lost[] =>
  Object.keys(content)
    .filter((key) => !known.includes(key))
    .map((key) => ({ key: `${place}${key}`, why: `no key of ${whose}'s` }));
