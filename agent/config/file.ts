// The YAML file: uplinks, and what later parts add. Read strictly; every problem names its path.
import * as z from 'zod';
import { type FieldProblem, parseWith } from '../../shared/issues.ts';
import { isRecord } from '../../shared/record.ts';
import { egressTarget } from '../../shared/target.ts';
import { type ActionSettings, readActions } from './actions.ts';
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
  monitors: z.unknown().optional(),
  actions: z.unknown().optional(),
});

// Failover, and the keys of an uplink that say when it is healthy.
const ofLaterVersions = [
  ...['failover', 'targets', 'require', 'types', 'reliability', 'sendInterval', 'standbyInterval'],
  ...['timeout', 'window', 'down', 'up', 'loss', 'latency', 'jitter', 'carrierDebounce', 'reset'],
];
const notYet = (key: string): string | null =>
  ofLaterVersions.includes(key) ? `${key} is not in this version` : null;

export interface FileSettings {
  uplinks: Uplinks;
  egress: z.output<typeof Egress>;
  monitors: Monitors;
  actions: readonly ActionSettings[];
}

export const emptyFile: FileSettings = { uplinks: {}, egress: { servers: null }, monitors: {}, actions: [] };

/** Reads the file's text. */
export function readFileSettings(
  text: string,
): { ok: true; settings: FileSettings } | { ok: false; problems: FieldProblem[] } {
  const read = readYaml(text);
  if (!read.ok) return read;
  const content = read.content ?? {};
  const parsed = parseWith(ConfigFile, content, notYet);
  const uplinks = parsed.ok ? parsed.value.uplinks : {};
  const { monitors, problems: ofMonitors } = readMonitors(
    sectionOf(content, 'monitors') ?? {},
    uplinks,
    Object.keys(recordIn(content, 'uplinks')),
  );
  const { actions, problems: ofActions } = readActions(sectionOf(content, 'actions') ?? []);
  const problems = [
    ...(parsed.ok ? [] : parsed.problems),
    ...uplinkContradictions(content),
    ...ofMonitors,
    ...ofActions,
  ];
  if (!parsed.ok || problems.length > 0) return { ok: false, problems };
  return { ok: true, settings: { uplinks, egress: parsed.value.egress, monitors, actions } };
}

const sectionOf = (content: unknown, name: string): unknown =>
  isRecord(content) ? content[name] : undefined;

function recordIn(content: unknown, name: string): Readonly<Record<string, unknown>> {
  const section = sectionOf(content, name);
  return isRecord(section) ? section : {};
}
