// The service as systemd has it: its state, what it may do, and why it failed.
import { readFile } from 'node:fs/promises';
import { serviceName } from '../../../config/service.ts';
import { journalOf, systemdRuns, unitProperties } from '../../install-service/systemctl.ts';
import { capabilitiesOf, lastErrorIn, settingsOf } from './read.ts';

export interface ServiceSeen {
  /** As systemctl is told it. */
  name: string;
  /** The file that it has its settings from; null where its unit names none. */
  settings: string | null;
  /** As systemd calls them: UnitFileState, ActiveState and SubState of systemctl(1). */
  enabled: string;
  active: string;
  sub: string;
  /** How often systemd has started it again since it was last told to start it. */
  restarts: number;
  /** What its unit gives it, as capabilities(7) has them, in small letters. */
  granted: readonly string[];
  /** What its process has, where one runs; null else. */
  held: readonly string[] | null;
  /** The last error in its journal; null where none is seen, or was looked for. */
  lastError: string | null;
}

const asked = [
  ...['LoadState', 'UnitFileState', 'ActiveState', 'SubState', 'NRestarts', 'MainPID', 'EnvironmentFiles'],
  ...['User', 'DynamicUser', 'AmbientCapabilities', 'CapabilityBoundingSet'],
];

/** The service that reads a file: `install-service` gives each instance one of its name. */
export function serviceReading(settingsFile: string): string {
  const name = /^\/etc\/pathproof\/([^/]+)\.env$/.exec(settingsFile)?.[1] ?? 'agent';
  return serviceName(name === 'agent' ? null : name);
}

/** proc_pid_status(5); null where the process has gone. */
const heldBy = (pid: string): Promise<readonly string[] | null> =>
  readFile(`/proc/${pid}/status`, 'utf8').then(capabilitiesOf, () => null);

/** It may have failed; one that starts for the first time has no errors. */
const isTroubled = (active: string): boolean => active === 'failed' || active === 'activating';

/** Null where systemd does not run, or has no unit of it. Rejects with an Error where systemd does not answer. */
export async function lookAtService(settingsFile: string): Promise<ServiceSeen | null> {
  if (!systemdRuns()) return null;
  const name = serviceReading(settingsFile);
  const shown = await unitProperties(`${name}.service`, asked);
  const valueOf = (property: string): string => shown.get(property) ?? '';
  if (!/^(loaded|masked|bad-setting|error)$/.test(valueOf('LoadState'))) return null;
  const isRoot = /^(root|0)?$/.test(valueOf('User')) && valueOf('DynamicUser') !== 'yes';
  const granted = valueOf(isRoot ? 'CapabilityBoundingSet' : 'AmbientCapabilities').split(' ');
  const [active, restarts] = [valueOf('ActiveState'), Number(valueOf('NRestarts'))];
  const pid = valueOf('MainPID');
  const journal = isTroubled(active) ? await journalOf(`${name}.service`, 100).catch(() => []) : [];
  return {
    name,
    settings: settingsOf(valueOf('EnvironmentFiles')),
    enabled: valueOf('LoadState') === 'masked' ? 'masked' : valueOf('UnitFileState'),
    active,
    sub: valueOf('SubState'),
    restarts,
    granted: granted.filter((capability) => capability !== ''),
    held: pid === '' || pid === '0' ? null : await heldBy(pid),
    lastError: lastErrorIn(journal),
  };
}
