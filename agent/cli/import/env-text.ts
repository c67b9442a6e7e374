// A .env file as programs in Python read it: NAME=value, quotes, comments behind values. Pure.
import type { FieldProblem } from '../../../shared/issues.ts';

const assignment = /^\s*(?:export\s+)?([A-Za-z_][A-Za-z0-9_.]*)\s*=\s*(.*?)\s*$/s;
const inQuotes = /^(["'`])(.*?)\1\s*(?:#.*)?$/s;

/** Null where a quote is not closed. */
function valueOf(text: string): string | null {
  const quoted = inQuotes.exec(text);
  if (quoted !== null) return quoted[2] ?? '';
  return /^["'`]/.test(text) ? null : text.replace(/(^|\s+)#.*$/, '');
}

/** The last one where a name is given twice. No value is told: it may be a secret. */
export function readForeignEnv(text: string): { values: Map<string, string>; problems: FieldProblem[] } {
  const values = new Map<string, string>();
  const problems: FieldProblem[] = [];
  for (const [index, line] of text
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)
    .entries()) {
    if (/^\s*(#|$)/.test(line)) continue;
    const path = `line ${index + 1}`;
    const [, name, given = ''] = assignment.exec(line) ?? [];
    const value = valueOf(given);
    if (name === undefined)
      problems.push({ path, message: 'is neither NAME=value nor a comment (#) nor blank' });
    else if (value === null) problems.push({ path, message: 'begins with a quote and does not end with it' });
    else values.set(name, value);
  }
  return { values, problems };
}
