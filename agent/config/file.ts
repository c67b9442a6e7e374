// The YAML file: uplinks, failover, monitors, actions. Read strictly; every problem names its path.
import * as z from 'zod';
import { type FieldProblem, parseWith } from '../../shared/issues.ts';
import { isRecord } from '../../shared/record.ts';
import { egressTarget } from '../../shared/target.ts';
import { type ActionSettings, readActions } from './actions.ts';
import { type FailoverSettings, readFailover } from './failover.ts';
import { type Monitors, readMonitors } from './monitors.ts';
import { Uplink, type Uplinks, uplinkContradictions } from './uplinks.ts';
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
  // Read apart: what they may hold depends on the uplinks, on the kind of each probe, on what is on the disk.
  failover: z.unknown().optional(),
  monitors: z.unknown().optional(),
  actions: z.unknown().optional(),
});

export interface FileSettings {
  uplinks: Uplinks;
  /** Null where the file has none. */
  failover: FailoverSettings | null;
  egress: z.output<typeof Egress>;
  monitors: Monitors;
  actions: readonly ActionSettings[];
}

export const emptyFile: FileSettings = {
  uplinks: {},
  failover: null,
  egress: { servers: null },
  monitors: {},
  actions: [],
};

/** Reads the file's text. */
export function readFileSettings(
  text: string,
): { ok: true; settings: FileSettings } | { ok: false; problems: FieldProblem[] } {
  const read = readYaml(text);
  if (!read.ok) return read;
  const content = read.content ?? {};
  const parsed = parseWith(ConfigFile, content);
  const uplinks = parsed.ok ? parsed.value.uplinks : {};
  const uplinkNames = Object.keys(recordIn(content, 'uplinks'));
  const { failover, problems: ofFailover } = readFailover(sectionOf(content, 'failover'), uplinkNames.length);
  const { monitors, problems: ofMonitors } = readMonitors(
    sectionOf(content, 'monitors') ?? {},
    uplinks,
    uplinkNames,
  );
  const { actions, problems: ofActions } = readActions(sectionOf(content, 'actions') ?? []);
  const problems = [
    ...(parsed.ok ? [] : parsed.problems),
    ...uplinkContradictions(content),
    ...ofFailover,
    ...ofMonitors,
    ...ofActions,
  ];
  if (!parsed.ok || problems.length > 0) return { ok: false, problems };
  return { ok: true, settings: { uplinks, failover, egress: parsed.value.egress, monitors, actions } };
}

const sectionOf = (content: unknown, name: string): unknown =>
  isRecord(content) ? content[name] : undefined;

function recordIn(content: unknown, name: string): Readonly<Record<string, unknown>> {
  const section = sectionOf(content, name);
  return isRecord(section) ? section : {};
}
