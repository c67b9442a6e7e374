// A predecessor's file from the disk, made into ours, and held against our own readers before anybody sees it.
import { readFileSync, statSync } from 'node:fs';
import { type FieldProblem, sayProblems } from '../../../shared/issues.ts';
import { isRecord } from '../../../shared/record.ts';
import { codeOf, messageOf } from '../../../shared/thrown.ts';
import { defaultName } from '../../config.ts';
import { readEnvironment } from '../../config/env.ts';
import { readEnvText } from '../../config/env-file.ts';
import { readFileSettings } from '../../config/file.ts';
import { imonKeys } from './imon/shape.ts';
import { moveImon } from './imon.ts';
import { readLenientJson } from './json.ts';
import type { Circumstances, Move, Moved } from './moved.ts';
import { movePingTool, pingToolNames } from './ping-tool.ts';
import { type Predecessor, predecessors } from './predecessors.ts';
import { movePyPingu, pyPinguKeys } from './py-pingu.ts';
import { readForeignEnv } from './env-text.ts';

/** Each problem in a sentence. */
export type Reading = { ok: true; moved: Moved } | { ok: false; problems: string[] };

const refused = (...problems: string[]): Reading => ({ ok: false, problems });

const mostBytes = 1 << 20;

function textOf(file: string): { ok: true; text: string } | { ok: false; why: string } {
  const refuse = (why: string) => ({ ok: false, why }) as const;
  try {
    const stat = statSync(file);
    if (stat.isDirectory()) return refuse('is a folder');
    if (stat.size > mostBytes) return refuse(`is larger than any such file (${stat.size} bytes)`);
    return { ok: true, text: readFileSync(file, 'utf8') };
  } catch (error) {
    const code = codeOf(error);
    if (code === 'ENOENT') return refuse('is not there');
    if (code === 'EACCES') return refuse('may not be read by this user; sudo may');
    return refuse(`can't be read: ${messageOf(error)}`);
  }
}

const knownKeys: Readonly<Record<Predecessor, readonly string[]>> = {
  imon: imonKeys,
  'py-pingu': pyPinguKeys,
  'ping-tool': pingToolNames,
};

/** Why it is not this predecessor's; null where it has one of its keys at least. */
function foreignWords(predecessor: Predecessor, keys: readonly string[]): string | null {
  const knows = (one: Predecessor): boolean => knownKeys[one].some((key) => keys.includes(key));
  if (knows(predecessor)) return null;
  const other = predecessors.map(({ predecessor: one }) => one).find(knows);
  const words = `has no key of ${predecessor}'s (${knownKeys[predecessor].join(', ')})`;
  return other === undefined ? words : `${words}; it looks like ${other}'s: pathproof import ${other}`;
}

function moveJson(
  predecessor: 'imon' | 'py-pingu',
  text: string,
  circumstances: Circumstances,
): Move | string {
  const json = readLenientJson(text);
  if (!json.ok) {
    const keys = [...readForeignEnv(text).values.keys()];
    return pingToolNames.some((name) => keys.includes(name))
      ? (foreignWords(predecessor, keys) ?? json.message)
      : json.message;
  }
  if (!isRecord(json.content)) return 'is no set of keys and values';
  const foreign = foreignWords(predecessor, Object.keys(json.content));
  if (foreign !== null) return foreign;
  return predecessor === 'imon'
    ? moveImon(json.content, circumstances, json.odd)
    : movePyPingu(json.content, circumstances, json.odd);
}

const headers =
  "is JSON: ping-tool's settings are lines NAME=value (.env). The headers of a probe need no import: they go to " +
  'pathproof as they are';

function moveEnv(text: string, circumstances: Circumstances): Move | string {
  if (/^\s*\{/.test(text)) return headers;
  const { values, problems } = readForeignEnv(text);
  const foreign = problems.length > 0 ? null : foreignWords('ping-tool', [...values.keys()]);
  return foreign ?? movePingTool(text, circumstances, defaultName);
}

/** What our own reader says of it. */
function ownProblems(predecessor: Predecessor, text: string): FieldProblem[] {
  if (predecessor !== 'ping-tool') {
    const read = readFileSettings(text);
    return read.ok ? [] : read.problems;
  }
  const { variables, problems } = readEnvText(text, 'agent.env');
  const read = readEnvironment(variables);
  return [...problems, ...(read.ok ? [] : read.problems)];
}

export function readPredecessor(predecessor: Predecessor, circumstances: Circumstances): Reading {
  const { file } = circumstances;
  const read = textOf(file);
  if (!read.ok) return refused(`${file} ${read.why}`);
  const move =
    predecessor === 'ping-tool'
      ? moveEnv(read.text, circumstances)
      : moveJson(predecessor, read.text, circumstances);
  if (typeof move === 'string') return refused(`${file} ${move}`);
  if (!move.ok) return refused(...move.problems.map((problem) => `${file}: ${sayProblems([problem])}`));
  const own = ownProblems(predecessor, move.moved.text);
  if (own.length === 0) return move;
  return refused(
    ...own.map((problem) => `${file} makes what pathproof does not take: ${sayProblems([problem])}`),
  );
}
