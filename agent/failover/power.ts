// The power over the kernel's default routes: taken before anything is touched, used by failover alone, given back whole.
import { Failure } from '../../shared/failure.ts';
import type { Family } from '../../shared/ip.ts';
import { type FailoverSettings, defaultFailover } from '../config/failover.ts';
import type { FileSettings } from '../config/file.ts';
import type { Log } from '../log.ts';
import type { Reconciled } from '../uplink/failover.ts';
import type { RouteEntry } from '../uplink/network.ts';
import {
  type Desired,
  type Routes,
  canChangeRoutes,
  conflictsOf,
  createRoutes,
  rivals,
  takeLock,
} from '../uplink/routes/index.ts';
import type { Teaching } from '../uplink/taught.ts';

const needsCapability =
  'changing routes needs CAP_NET_ADMIN: add it to AmbientCapabilities and CapabilityBoundingSet of the systemd unit, or ' +
  'run with sudo; failover.mode observe needs none';

export interface PowerParts {
  file(): Pick<FileSettings, 'uplinks' | 'failover'>;
  stateDir: string;
  log: Log;
}

export interface Power {
  /** Rejects with Failure, with nothing touched: no capability, another holder, a foreign route that ours would be behind. */
  take(): Promise<void>;
  held(): boolean;
  /** Rejects with Failure where it can't be had, or `ip` not be run. */
  reconcile(desired: Desired): Promise<Reconciled>;
  /** What among the kernel's routes is failover's doing. */
  teaching(): Teaching;
  /** Takes out what is ours, unless it is to stay, and lets others have the power. Rejects with Failure. */
  release(stays: boolean): Promise<void>;
}

export function createPower({ file, stateDir, log }: PowerParts): Power {
  const settings = (): FailoverSettings => file().failover ?? defaultFailover;
  const interfaces = (): string[] => Object.values(file().uplinks).map((uplink) => uplink.interface);
  let holding: { routes: Routes; giveBack: () => Promise<void> } | null = null;
  let captured: readonly RouteEntry[] = [];
  let released: Promise<void> = Promise.resolve();

  /** As the parts that read routes know them. */
  async function readCaptured(routes: Routes): Promise<void> {
    const all = await routes.captured();
    captured = all.flatMap(({ family, interfaceName, gateway, metric, protocol }) =>
      interfaceName === null
        ? []
        : [
            {
              family,
              prefix: null,
              interfaceName,
              gateway,
              metric,
              table: 'main',
              protocol: String(protocol),
            },
          ],
    );
  }

  async function take(): Promise<void> {
    // What is being given back has to be back, or its lock would look like another's.
    await released.catch(() => undefined);
    if (holding !== null) return;
    if (!(await canChangeRoutes())) throw new Failure('internal', needsCapability);
    const giveBack = await takeLock();
    const {
      routeProto: proto,
      metricActive,
      metricStandbyBase,
      tableBase,
      rulePriorityBase,
      mode,
    } = settings();
    const own = { proto, metricActive, metricStandbyBase, tableBase, rulePriorityBase };
    const routes = createRoutes({ settings: own, stateDir, log });
    try {
      const foreign = await routes.foreignDefaults();
      const conflicts = conflictsOf(foreign, own, mode === 'capture' ? interfaces() : []);
      if (conflicts.length > 0) throw new Failure('internal', conflicts.join('; '));
      await readCaptured(routes);
    } catch (error) {
      await giveBack();
      throw error;
    }
    for (const warning of await rivals()) log.warn({}, warning);
    holding = { routes, giveBack };
  }

  async function release(stays: boolean): Promise<void> {
    const held = holding;
    if (held === null) return;
    holding = null;
    captured = [];
    try {
      if (!stays) await held.routes.restore();
    } finally {
      await held.routes.close();
      await held.giveBack();
    }
  }

  return {
    take,
    held: () => holding !== null,
    async reconcile(desired) {
      // The file has been read anew since this was decided, and what was ours has been given back.
      if (desired.mode !== settings().mode) return { failed: new Set<Family>([4, 6]), problems: [] };
      await take();
      if (holding === null) throw new Failure('internal', 'the power over routes was not had');
      const { problems, failed } = await holding.routes.reconcile(desired);
      await readCaptured(holding.routes);
      return { failed: new Set<Family>(failed), problems: problems.map(({ reason }) => reason) };
    },
    teaching: () => ({
      ownProtocol: file().failover === null ? null : String(settings().routeProto),
      captured,
    }),
    release(stays) {
      released = release(stays);
      return released;
    },
  };
}

/** Taken at once where the file wants the routes changed: refused, if it is, before anything is touched. Rejects with Failure. */
export async function openPower(parts: PowerParts): Promise<Power> {
  const power = createPower(parts);
  const { failover } = parts.file();
  if (failover !== null && failover.mode !== 'observe') await power.take();
  return power;
}
