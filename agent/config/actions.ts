// The actions of the YAML file: the user's programs, run on events.
import * as z from 'zod';
import { duration } from '../../shared/duration.ts';
import { eventKinds } from '../../shared/event.ts';
import { type FieldProblem, parseWith, quoted, told } from '../../shared/issues.ts';
import { nearest } from '../../shared/nearest.ts';
import { isRecord } from '../../shared/record.ts';
import { commandLine } from './program.ts';

export interface ActionSettings {
  /** Kinds of events, or patterns of them such as `monitor.*`. */
  on: string[];
  /** Only events of this subject; null: of all. */
  subject: string | null;
  /** The program and its arguments; no shell. */
  run: [string, ...string[]];
  format: 'json' | 'imon';
  /** What imon's format calls the instance. */
  instance: string;
  timeoutMs: number;
}

const groups = [...new Set(eventKinds.map((kind) => `${kind.split('.')[0] ?? ''}.*`))];
const patterns: readonly string[] = [...eventKinds, ...groups, '*'];

// As parts of a wider pattern they are passed over.
const unknownToImon = /^(monitor\.degraded|failover\.rolledBack|(uplink|budget|outbox|store)\.(\*|[a-z]+))$/;

function eventProblem(text: string): string | null {
  if (patterns.includes(text)) return null;
  const meant = nearest(text, patterns);
  return `there is no event ${quoted(text)}${meant === null ? '' : `; did you mean ${meant}?`}`;
}

const Action = z.strictObject({
  on: z
    .array(z.string().check(told(eventProblem)))
    .min(1)
    .max(32),
  subject: z.string().min(1).max(100).optional(),
  run: commandLine,
  format: z.enum(['json', 'imon']).default('json'),
  instance: z.string().min(1).max(64).optional(),
  timeout: duration(1000, 3_600_000).default(30_000),
});
type Action = z.output<typeof Action>;

const settingsOf = ({ on, subject, run, format, instance, timeout }: Action): ActionSettings => ({
  on,
  subject: subject ?? null,
  run,
  format,
  instance: instance ?? 'main',
  timeoutMs: timeout,
});

/** What contradicts itself, told even where other keys can't be read. */
function contradictions(action: unknown, place: string): FieldProblem[] {
  if (!isRecord(action)) return [];
  const { format, instance, on } = action;
  if (format !== 'imon') {
    const message = 'is for format imon, which is not given';
    return instance === undefined ? [] : [{ path: `${place}.instance`, message }];
  }
  const events: unknown[] = Array.isArray(on) ? on : [];
  return events.flatMap((event, index) =>
    typeof event === 'string' && unknownToImon.test(event)
      ? [{ path: `${place}.on.${index}`, message: `imon knows no event like ${event}` }]
      : [],
  );
}

const mostActions = 100;

/** The file's actions, and what is wrong with them. Looks whether their programs are there. */
export function readActions(content: unknown): {
  actions: readonly ActionSettings[];
  problems: FieldProblem[];
} {
  const parsed = parseWith(z.object({ actions: z.array(Action).max(mostActions) }), { actions: content });
  const problems = [
    ...(parsed.ok ? [] : parsed.problems),
    ...(Array.isArray(content) ? content : []).flatMap((action: unknown, index) =>
      contradictions(action, `actions.${index}`),
    ),
  ];
  return { actions: parsed.ok ? parsed.value.actions.map(settingsOf) : [], problems };
}
