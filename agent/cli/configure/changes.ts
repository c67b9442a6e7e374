// What would change, as a unified diff in which no secret stands. Pure. The only importer of diff.
import { createTwoFilesPatch, diffArrays } from 'diff';
import { withoutPassword } from '../../../shared/issues.ts';
import { secrets } from '../../config.ts';

export interface Change {
  path: string;
  /** Null where the file is not there. */
  before: string | null;
  after: string;
  mode: number;
}

const assignment = /^(\s*(?:export\s+)?)([A-Za-z_][A-Za-z0-9_]*)(\s*=\s*)(.+)$/;

/** A line without what is shown to nobody. What is hidden bears a mark that differs where it does. */
function shown(line: string, isOther: (name: string, value: string) => boolean): string {
  const [, before = '', name = '', equals = '', value = ''] = assignment.exec(line) ?? [];
  if (!secrets.includes(name)) return line;
  if (name.endsWith('_URL') && withoutPassword(value) === value) return line;
  return `${before}${name}${equals}${isOther(name, value) ? '(hidden, another one)' : '(hidden)'}`;
}

function hideSecrets({ before, after, ...rest }: Change): Change {
  const linesOf = (text: string | null): string[] => (text ?? '').split('\n');
  const were = new Set(linesOf(before));
  const never = (): boolean => false;
  const hidden = (text: string, isNew: boolean): string =>
    linesOf(text)
      .map((line) => shown(line, isNew ? () => before !== null && !were.has(line) && hadOne(line) : never))
      .join('\n');
  const hadOne = (line: string): boolean => {
    const name = assignment.exec(line)?.[2];
    return [...were].some((one) => assignment.exec(one)?.[2] === name);
  };
  return { ...rest, before: before === null ? null : hidden(before, false), after: hidden(after, true) };
}

/** The diff's lines; none where nothing changes. */
export function diffOf(change: Change): string[] {
  if (change.before === change.after) return [];
  const { path, before, after } = hideSecrets(change);
  const patch = createTwoFilesPatch(before === null ? '/dev/null' : path, path, before ?? '', after, '', '', {
    context: 3,
  });
  const lines = patch.trimEnd().split('\n');
  return lines.slice(lines.findIndex((line) => line.startsWith('--- '))).map((line) => line.trimEnd());
}

/** Its lines, those of which only the first is written of several blank ones being one. */
function unitsOf(text: string): string[] {
  const units: string[] = [];
  let wasBlank = false;
  for (const line of text.split('\n')) {
    const isBlank = line.trim() === '';
    if (isBlank && wasBlank) units.push(`${units.pop()}\n${line}`);
    else units.push(line);
    wasBlank = isBlank;
  }
  return units;
}

/**
 * What was changed from one writing of a text to another, in the text as a person wrote it: lines that are the same in
 * both writings are the person's own. Null where that can't be told line by line.
 */
export function inOwnHand(text: string, plain: string, changed: string): string | null {
  const own = unitsOf(text);
  const written = unitsOf(plain);
  if (own.length !== written.length) return null;
  let at = 0;
  const lines = diffArrays(written, unitsOf(changed)).flatMap(({ added, removed, value }) => {
    if (added) return value;
    at += value.length;
    return removed ? [] : own.slice(at - value.length, at);
  });
  return lines.join('\n');
}
