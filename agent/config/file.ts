// The YAML file: uplinks, and what later parts add. Read strictly; every problem names its path.
import * as z from 'zod';
import { type FieldProblem, parseWith } from '../../shared/issues.ts';
import { egressTarget } from '../../shared/target.ts';
import { Uplink, uplinkContradictions } from './uplinks.ts';
import { readYaml } from './yaml.ts';

const Egress = z.strictObject({
  /** Null for the built-in list. */
  servers: z
    .array(egressTarget)
    .min(1)
    .max(16)
    .transform((servers): string[] | null => servers)
    .default(null),
});

const ConfigFile = z.strictObject({
  // With every uplink commented out there is nothing under it.
  uplinks: z.preprocess((value) => value ?? {}, z.record(z.string(), Uplink)).default({}),
  egress: z.preprocess((value) => value ?? {}, Egress).default({ servers: null }),
});

const ofLaterVersions = ['monitors', 'failover', 'actions', 'targets'];
const notYet = (key: string): string | null =>
  ofLaterVersions.includes(key) ? `${key} is not in this version` : null;

export type FileSettings = z.output<typeof ConfigFile>;

export const emptyFile: FileSettings = { uplinks: {}, egress: { servers: null } };

/** Reads the file's text. */
export function readFileSettings(
  text: string,
): { ok: true; settings: FileSettings } | { ok: false; problems: FieldProblem[] } {
  const read = readYaml(text);
  if (!read.ok) return read;
  const parsed = parseWith(ConfigFile, read.content ?? {}, notYet);
  const problems = [...(parsed.ok ? [] : parsed.problems), ...uplinkContradictions(read.content)];
  return parsed.ok && problems.length === 0 ? { ok: true, settings: parsed.value } : { ok: false, problems };
}
