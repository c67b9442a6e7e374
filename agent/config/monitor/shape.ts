// A monitor's own keys, those of its probe aside: when it runs, and what makes it down.
import * as z from 'zod';
import { parseCron } from '../../../shared/cron.ts';
import { duration } from '../../../shared/duration.ts';
import { type FieldProblem, quoted, told } from '../../../shared/issues.ts';
import { type Kind, isKind, kinds } from '../../../shared/request.ts';
import { hostTarget } from '../../../shared/target.ts';

const often = duration(1000, 31 * 86_400_000);
const results = z.int().min(1).max(100);

function cronProblem(text: string): string | null {
  const read = parseCron(text);
  return read.ok ? null : read.problem;
}

function timezoneProblem(text: string): string | null {
  const message = `must be a time zone such as Europe/Berlin, not ${quoted(text)}`;
  // Intl takes +01:00 too, which knows no summer.
  if (!/^[A-Za-z]/.test(text)) return message;
  try {
    new Intl.DateTimeFormat('en', { timeZone: text });
    return null;
  } catch {
    return message;
  }
}

export const MonitorKeys = z.strictObject({
  title: z.string().min(1).max(100).optional(),
  probe: z.enum(kinds),
  warn: z.record(z.string(), z.unknown()).optional(),
  every: often.optional(),
  cron: z
    .string()
    .max(200)
    .check(told(cronProblem))
    .overwrite((text) => text.trim().replace(/\s+/g, ' '))
    .optional(),
  timezone: z.string().check(told(timezoneProblem)).optional(),
  whileDownEvery: often.optional(),
  down: results.default(2),
  up: results.default(1),
  confirm: z.array(z.record(z.string(), z.unknown())).max(4).default([]),
  alsoPing: z.array(hostTarget).max(8).default([]),
  traceOnDown: z.boolean().default(false),
  enabled: z.boolean().default(true),
});
export type MonitorKeys = z.output<typeof MonitorKeys>;

/** Null where none is named that exists. */
export const kindIn = ({ probe }: Readonly<Record<string, unknown>>): Kind | null =>
  typeof probe === 'string' && isKind(probe) ? probe : null;

/** What contradicts itself, told even where other keys can't be read. */
export function contradictions(content: Readonly<Record<string, unknown>>): FieldProblem[] {
  const has = (key: string): boolean => content[key] !== undefined;
  const problems: FieldProblem[] = [];
  const refuse = (path: string, message: string): void => void problems.push({ path, message });
  if (has('every') && has('cron')) refuse('cron', 'is given beside every; one of them says when');
  if (has('timezone') && !has('cron')) refuse('timezone', 'is for cron, which is not given');
  const kind = kindIn(content);
  if (content['traceOnDown'] === true && (kind === 'http' || kind === 'egress'))
    refuse(
      'traceOnDown',
      `needs a host as the target, which ping, traceroute and dns have; ${kind} has none`,
    );
  return problems;
}
