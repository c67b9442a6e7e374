// A probe as it was typed, read into the body of a request; what is wrong with it is told in the options' names. Pure.
import { budgetProblem } from '../../../shared/budget.ts';
import { fields } from '../../../shared/headers.ts';
import { conclude, notOfThisKind, targetProblem } from '../../../shared/headers/conclude.ts';
import { readValues } from '../../../shared/headers/value.ts';
import type { FieldProblem } from '../../../shared/issues.ts';
import { type Kind, parseRequest } from '../../../shared/request.ts';
import { optionName, targetWord } from './options.ts';

export interface ProbeWords {
  target: string | undefined;
  /** Every value given for an option, by its name (`--via`). A switch has `true`. */
  options: Readonly<Record<string, readonly string[]>>;
}

/** The body holds what could be read in any case, so that a refusal can name its target and id. */
export type ProbeReading = { body: Record<string, unknown> } & (
  { ok: true } | { ok: false; problems: FieldProblem[] }
);

const namesFor = (kind: Kind): Map<string, string> =>
  new Map(
    fields.map((field) => [field.name, field.name === 'target' ? targetWord(kind) : optionName(field)]),
  );

/** Sentences of the contract name fields: those are options here. */
const inOptions = (message: string, names: ReadonlyMap<string, string>): string =>
  message.replace(/\b[a-z]+(?:[A-Z][a-z]+)+\b/g, (word) => names.get(word) ?? word);

/** Why its echoes don't fit into its time; nothing of what can't be read anyway. */
function timeProblems(kind: Kind, body: Record<string, unknown>, names: Map<string, string>): FieldProblem[] {
  const parsed = parseRequest(kind, body);
  if (!parsed.ok || (parsed.request.kind !== 'ping' && parsed.request.kind !== 'traceroute')) return [];
  const problem = budgetProblem(parsed.request);
  if (problem === null) return [];
  return [{ path: names.get('timeoutMs') ?? '', message: problem.replace(/^timeoutMs: /, '') }];
}

/** Reads one request of a kind. Never throws. */
export function readProbeWords(kind: Kind, { target, options }: ProbeWords): ProbeReading {
  const names = namesFor(kind);
  const body: Record<string, unknown> = {};
  const expect: Record<string, unknown> = {};
  const problems: FieldProblem[] = [];
  const bad = new Set<string>();
  for (const field of fields) {
    const isTarget = field.name === 'target';
    const written = names.get(field.name) ?? field.name;
    const values = isTarget ? (target === undefined ? undefined : [target]) : options[written];
    if (values === undefined) continue;
    const reading = readValues(field, values, 'commandLine');
    const message =
      notOfThisKind(field, kind) ??
      (reading.ok ? null : reading.message) ??
      (isTarget ? targetProblem(kind, values[0] ?? '') : null);
    if (message !== null) {
      problems.push({ path: written, message });
      bad.add(field.name);
    } else if (reading.ok) (field.part === 'expect' ? expect : body)[field.name] = reading.value;
  }
  const concluded = conclude(kind, { ...body, expect }, problems, { names, bad });
  if (concluded.ok) {
    const late = timeProblems(kind, concluded.body, names);
    return late.length === 0 ? concluded : { ok: false, body: concluded.body, problems: late };
  }
  const told = concluded.problems.map(({ path, message }) => ({ path, message: inOptions(message, names) }));
  return { ...concluded, problems: told };
}
