// What the tests of failover's routes share: the lab's two uplinks as failover would have them, and the kernel's whole state.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Mode } from '../../../shared/failover.ts';
import type { Family } from '../../../shared/ip.ts';
import { runIp } from '../../../agent/uplink/ip/run.ts';
import {
  type Active,
  type Desired,
  type FamilyDesired,
  type Routes,
  type RouteSettings,
  type UplinkWay,
  createRoutes,
} from '../../../agent/uplink/routes/index.ts';
import { type RecordedLog, recordLog } from '../../unit/mqtt/kit.ts';
import type { Lab, UplinkName } from '../topology.ts';

export const settings: RouteSettings = {
  routeProto: 136,
  metricActive: 5,
  metricStandbyBase: 20_000,
  tableBase: 13_600,
  rulePriorityBase: 13_600,
};

export interface Wish {
  mode?: Mode;
  active?: UplinkName | 'unreachable' | null;
  families?: readonly Family[];
  ways?: readonly UplinkName[];
  unhealthy?: readonly UplinkName[];
  other?: Partial<Record<UplinkName, Partial<UplinkWay>>>;
}

const names = ['fibre', 'lte'] as const;

function wayOf(
  lab: Lab,
  name: UplinkName,
  family: Family,
  { unhealthy = [], other = {} }: Wish,
): UplinkWay[] {
  const uplink = lab.uplinks[name];
  const shared = {
    uplink: name,
    interfaceName: uplink.interface,
    index: names.indexOf(name),
    onlink: false,
    source: null,
    healthy: !unhealthy.includes(name),
  };
  if (family === 4)
    return [{ ...shared, gateway: uplink.gateway, addresses: [uplink.address], ...other[name] }];
  if (uplink.ipv6 === null) return [];
  const { linkLocalGateway: gateway, address } = uplink.ipv6;
  return [{ ...shared, gateway, addresses: [address, 'fe80::2'] }];
}

/** By default: overlay of IPv4, both uplinks healthy, the fibre in force. */
export function desire(lab: Lab, wish: Wish = {}): Desired {
  const { mode = 'overlay', active = 'fibre', families = [4], ways = names } = wish;
  const choice: Active = active === null || active === 'unreachable' ? active : { uplink: active };
  const one = (family: Family): FamilyDesired => ({
    active: choice,
    ways: ways.flatMap((name) => wayOf(lab, name, family, wish)),
  });
  return {
    mode,
    interfaces: Object.values(lab.uplinks).map((uplink) => uplink.interface),
    families: Object.fromEntries(families.map((family) => [family, one(family)])),
  };
}

export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'pathproof-routes-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return folder;
}

export interface Kit {
  routes: Routes;
  log: RecordedLog;
  stateDir: string;
}

export function routesKit(stateDir = temporaryFolder()): Kit {
  const log = recordLog();
  return { routes: createRoutes({ settings, stateDir, log }), log, stateDir };
}

const show = async (words: string): Promise<string[]> =>
  (await runIp(words.split(' '))).split('\n').filter((line) => line !== '');

/** Every route and rule there is, in iproute2's words. */
export async function kernelState(): Promise<string[]> {
  const families = ['-4', '-6'];
  const lines = families.flatMap((family) => [
    show(`-N ${family} route show table all`),
    show(`-N ${family} rule show`),
  ]);
  return (await Promise.all(lines))
    .flat()
    .map((line) => line.replace(/\s+/g, ' ').trim())
    .sort();
}

export const isOurs = (line: string): boolean => /\bproto 136\b/.test(line);

/** All but what is ours. */
export const foreignState = async (): Promise<string[]> =>
  (await kernelState()).filter((line) => !isOurs(line));

export const ip = (words: string): Promise<string> => runIp(words.split(' '));

export const nothingDone = { added: [], removed: [], restored: [], problems: [], failed: [] };

/** The default routes of the main table. */
export const defaults = async (family: Family = 4): Promise<string[]> =>
  (await show(`-N -${family} route show table main default`)).map((line) => line.trim());

/** The interface that the kernel would take. */
export async function leavesBy(address: string, ...how: string[]): Promise<string | undefined> {
  return / dev (\S+)/.exec(await runIp(['route', 'get', address, ...how]))?.[1];
}
