// Failover: the capability, who has the power over routes, and what of others would be in its way.
import { messageOf } from '../../../shared/thrown.ts';
import type { Mode } from '../../../shared/failover.ts';
import type { Config } from '../../config.ts';
import type { FailoverSettings } from '../../config/failover.ts';
import { silentLog } from '../../log.ts';
import {
  type ForeignDefault,
  type Rival,
  canChangeRoutes,
  conflictsOf,
  createRoutes,
  findRivals,
  isLockHeld,
  leastMetricActive,
} from '../../uplink/routes/index.ts';
import type { Installation } from '../installation.ts';
import type { Box } from './box.ts';
import { examinedService, installMend } from './service.ts';
import type { ServiceSeen } from './service/look.ts';
import { type Finding, ok, unknown, warning, wrong } from './report.ts';

/** Whose power over routes counts: the service's where these are its settings, else this user's. */
export interface RoutePower {
  isAble: boolean;
  service: ServiceSeen | null;
}

const netAdmin = 'cap_net_admin';

function judgeServicePower(service: ServiceSeen, mode: Mode, installation: Installation): Finding {
  const { name, granted, held } = service;
  const observe = 'failover.mode: observe';
  if (!granted.includes(netAdmin)) {
    return wrong(
      null,
      `the service ${name} has no CAP_NET_ADMIN, which failover.mode ${mode} needs`,
      installMend(service, installation, true),
      observe,
    );
  }
  if (held?.includes(netAdmin) === false) {
    const seen = `the unit of ${name} gives it CAP_NET_ADMIN, and it still runs without, which failover.mode ${mode} needs`;
    return wrong(null, seen, `sudo systemctl restart ${name}`, observe);
  }
  return ok(null, `the service ${name} has CAP_NET_ADMIN`);
}

export function judgeRoutes(
  failover: FailoverSettings | null,
  { isAble, service }: RoutePower,
  installation: Installation,
): Finding {
  if (failover === null) return ok(null, 'CAP_NET_ADMIN is not needed: the file has no failover');
  if (failover.mode === 'observe') return ok(null, 'CAP_NET_ADMIN is not needed: failover observes');
  if (service !== null) return judgeServicePower(service, failover.mode, installation);
  if (isAble) return ok(null, 'CAP_NET_ADMIN is there');
  return wrong(
    null,
    `CAP_NET_ADMIN is missing, which failover.mode ${failover.mode} needs`,
    `sudo ${installation.start}`,
    `sudo ${installation.command} install-service --failover`,
    'failover.mode: observe',
  );
}

/** CAP_NET_ADMIN. */
export async function routes(box: Box, config: Config): Promise<Finding[]> {
  const power = { isAble: await canChangeRoutes(), service: await examinedService(box) };
  return [judgeRoutes(config.file.failover, power, box.installation)];
}

export interface FailoverSeen {
  settings: FailoverSettings;
  /** Of all uplinks. */
  interfaces: readonly string[];
  foreign: readonly ForeignDefault[];
  rivals: readonly Rival[];
  lockHeld: boolean;
  /** An agent runs with these settings: at the bridge's port, or at the broker. */
  agentRuns: boolean;
}

/** Of a route that is behind failover's own. */
const metricBehind = 100;

function routeWords({ family, interfaceName, gateway, metric, onlink }: ForeignDefault): [string, string] {
  const by = interfaceName === null ? '' : ` dev ${interfaceName}`;
  const way = `${gateway === null ? '' : ` via ${gateway}`}${by}`;
  const program = `sudo ip -${family} route`;
  return [
    `${program} add default${way} metric ${metric + metricBehind}${onlink ? ' onlink' : ''}`,
    `${program} del default${way} metric ${metric}`,
  ];
}

function conflictFinding(route: ForeignDefault, { mode, metricActive }: FailoverSettings): Finding {
  const { family, interfaceName, metric } = route;
  const way = interfaceName === null ? 'leads nowhere' : `by ${interfaceName}`;
  const seen =
    `the IPv${family} default route ${way}, metric ${metric}, is not behind failover's own (metric ${metricActive}): ` +
    'failover refuses to act';
  const [add, del] = routeWords(route);
  const mend = [
    ...(metric > leastMetricActive ? [`failover.metricActive: ${metric - 1}`] : []),
    `${add} && ${del}  # and where it is set: DHCP client, network configuration`,
  ];
  return (mode === 'observe' ? warning : wrong)(null, seen, ...mend);
}

export function judgeFailover(seen: FailoverSeen): Finding[] {
  const { settings, interfaces, foreign, rivals, lockHeld, agentRuns } = seen;
  const { mode } = settings;
  const captures = mode === 'capture' ? interfaces : [];
  const conflicts = foreign
    .filter((route) => conflictsOf([route], settings, captures).length > 0)
    .map((route) => conflictFinding(route, settings));
  const others = rivals.map(({ program, does, mend }) =>
    warning(program, does, ...(mend === '' ? [] : [mend])),
  );
  const lock: Finding[] =
    lockHeld && !agentRuns && mode !== 'observe'
      ? [
          wrong(
            null,
            'another pathproof is in charge of the default routes here, and not the one of this configuration',
            'sudo systemctl stop pathproof',
            'failover.mode: observe',
          ),
        ]
      : [];
  const findings = [...lock, ...conflicts, ...others];
  if (findings.some(({ status }) => status === 'wrong')) return findings;
  const who = lockHeld ? 'a running agent is in charge of the routes' : 'nobody has the routes';
  return [ok(null, `mode ${mode}; ${who}, and no default route of others is in the way`), ...findings];
}

async function doesAgentRun(box: Box, config: Config): Promise<boolean> {
  if ((await box.bridge(config)).port === 'pathproof') return true;
  const broker = await box.broker(config);
  return 'asked' in broker && broker.asked.agentStatus === 'online';
}

export async function failover(box: Box, config: Config): Promise<Finding[]> {
  const { failover: settings, uplinks } = config.file;
  if (settings === null) return [ok(null, 'the file has none')];
  try {
    const [{ main: foreign }, rivals, lockHeld] = await Promise.all([
      createRoutes({ settings, stateDir: config.STATE_DIR, log: silentLog }).others(),
      findRivals(),
      isLockHeld(),
    ]);
    const agentRuns = lockHeld && (await doesAgentRun(box, config));
    const interfaces = Object.values(uplinks).map((uplink) => uplink.interface);
    return judgeFailover({ settings, interfaces, foreign, rivals, lockHeld, agentRuns });
  } catch (error) {
    return [unknown(null, `the routes can't be read: ${messageOf(error)}`)];
  }
}
