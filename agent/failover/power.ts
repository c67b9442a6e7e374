// The power over the kernel's default routes: taken before anything is touched, used by failover alone, given back whole.
import { Failure } from '../../shared/failure.ts';
import type { Family } from '../../shared/ip.ts';
import { messageOf } from '../../shared/thrown.ts';
import { type FailoverSettings, defaultFailover } from '../config/failover.ts';
import type { FileSettings } from '../config/file.ts';
import type { Log } from '../log.ts';
import type { Reconciled } from '../uplink/deciding.ts';
import type { RouteEntry } from '../uplink/network.ts';
import {
  type Desired,
  type ForeignDefault,
  type Routes,
  canChangeRoutes,
  cleanup,
  conflictsOf,
  createRoutes,
  isLockHeld,
  leftovers,
  rivals,
  tableConflictsOf,
  takeLock,
} from '../uplink/routes/index.ts';
import type { Teaching } from '../uplink/taught.ts';

const needsCapability =
  'changing routes needs CAP_NET_ADMIN: `pathproof install-service --failover` gives it to the systemd unit, or run with ' +
  'sudo; failover.mode observe needs none';

const leftoversMend = 'run `sudo pathproof cleanup`';

export interface PowerParts {
  file(): Pick<FileSettings, 'uplinks' | 'failover'>;
  stateDir: string;
  log: Log;
}

export interface Power {
  /**
   * Rejects with Failure, with nothing touched: no capability, another holder, a foreign route that ours would be behind.
   * Not to be called beside another call, as little as what else is here.
   */
  take(): Promise<void>;
  /** Rejects with Failure where it can't be had, or `ip` not be run. */
  reconcile(desired: Desired): Promise<Reconciled>;
  /** What among the kernel's routes is failover's doing. */
  teaching(): Teaching;
  /**
   * For who only observes: takes out what a failover left that was killed, and puts back what it captured. Where that can't
   * be done, says what to do. Never rejects.
   */
  clearLeftovers(): Promise<void>;
  /** Takes out what is ours, unless it is to stay, and lets others have the power. Rejects with Failure. */
  release(stays: boolean): Promise<void>;
}

/** As the parts that read routes know them. */
const entryOf = ({ family, interfaceName, gateway, metric, protocol }: ForeignDefault): RouteEntry[] =>
  interfaceName === null
    ? []
    : [
        {
          ...{ family, prefix: null, interfaceName, gateway, metric },
          ...{ table: 'main', protocol: String(protocol) },
        },
      ];

const kernel = { canChangeRoutes, isLockHeld, takeLock, createRoutes, rivals, leftovers, cleanup };

/** `by` is how the kernel is reached. */
export function createPower({ file, stateDir, log }: PowerParts, by = kernel): Power {
  const settings = (): FailoverSettings => file().failover ?? defaultFailover;
  const interfaces = (): string[] => Object.values(file().uplinks).map((uplink) => uplink.interface);
  let holding: { routes: Routes; giveBack: () => Promise<void> } | null = null;

  /** With the lock held; all that may be refused. */
  async function takeRoutes(): Promise<Routes> {
    const own = settings();
    const routes = by.createRoutes({ settings: own, stateDir, log });
    const captures = own.mode === 'capture' ? interfaces() : [];
    const tables = { ...own, count: interfaces().length };
    const { main, elsewhere } = await routes.others();
    const conflicts = [
      ...conflictsOf(main, own, captures),
      ...tableConflictsOf(elsewhere, tables).map(({ reason }) => reason),
    ];
    if (conflicts.length > 0) throw new Failure('internal', conflicts.join('; '));
    await routes.open();
    for (const warning of await by.rivals()) log.warn({}, warning);
    return routes;
  }

  async function take(): Promise<Routes> {
    if (holding !== null) return holding.routes;
    if (!(await by.canChangeRoutes())) throw new Failure('internal', needsCapability);
    const giveBack = await by.takeLock();
    try {
      const routes = await takeRoutes();
      holding = { routes, giveBack };
      return routes;
    } catch (error) {
      await giveBack();
      throw error;
    }
  }

  async function clearLeftovers(): Promise<void> {
    const proto = settings().routeProto;
    const left = await by.leftovers({ stateDir, proto });
    if (left.own.length + left.captured.length === 0 || (await by.isLockHeld())) return;
    if (!(await by.canChangeRoutes())) {
      const sentence = 'a former failover left routes here, and to take them out needs CAP_NET_ADMIN';
      return log.warn({ ...left }, `${sentence}: ${leftoversMend}`);
    }
    const done = await by.cleanup({ stateDirs: [stateDir], proto, spareLast: true, log });
    log.info({ ...done }, 'what a former failover left here is taken out');
  }

  return {
    async take() {
      await take();
    },
    async reconcile(desired) {
      // The file has been read anew since this was decided, and what was ours has been given back.
      if (desired.mode !== settings().mode) return { failed: new Set<Family>([4, 6]), problems: [] };
      const routes = await take();
      const { problems, failed } = await routes.reconcile(desired);
      return { failed: new Set<Family>(failed), problems: problems.map(({ reason }) => reason) };
    },
    teaching: () => ({
      ownProtocol: file().failover === null ? null : String(settings().routeProto),
      captured: (holding?.routes.captured() ?? []).flatMap(entryOf),
    }),
    async clearLeftovers() {
      try {
        await clearLeftovers();
      } catch (error) {
        const why = messageOf(error);
        log.error({ err: error }, `what a former failover left here stays (${why}): ${leftoversMend}`);
      }
    },
    async release(stays) {
      const held = holding;
      if (held === null) return;
      try {
        if (!stays) await held.routes.restore();
      } finally {
        // What could not be taken out is found by whoever takes the power next.
        await held.routes.close();
        await held.giveBack();
        holding = null;
      }
    },
  };
}

/** What is ours bears the numbers that it was made with, and in observe mode nothing is. */
export function needsNewPower(former: FailoverSettings | null, now: FailoverSettings | null): boolean {
  if (former === null || now === null || now.mode === 'observe') return true;
  const numbers = [
    'mode',
    'routeProto',
    'metricActive',
    'metricStandbyBase',
    'tableBase',
    'rulePriorityBase',
  ] as const;
  return numbers.some((key) => former[key] !== now[key]);
}

/**
 * Taken at once where the file wants the routes changed: refused, if it is, before anything is touched. Who observes begins
 * without what a killed agent left. Rejects with Failure.
 */
export async function openPower(parts: PowerParts): Promise<Power> {
  const power = createPower(parts);
  const { failover } = parts.file();
  if (failover?.mode === 'observe') await power.clearLeftovers();
  else if (failover !== null) await power.take();
  return power;
}
