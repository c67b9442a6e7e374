// The uplinks' states: what is seen of each, what it carried and is expected to carry, and how the world sees it.
import { familyNamed } from '../../shared/failover.ts';
import { canonicalAddress } from '../../shared/ip.ts';
import type { MonitorState } from '../../shared/monitor.ts';
import type { UplinkState } from '../../shared/uplink.ts';
import { uplinkOn } from '../../shared/way.ts';
import { expectedHealthBytes, expectedMonthlyBytes } from '../budget/cost.ts';
import type { DataBudget } from '../budget/index.ts';
import { defaultFailover } from '../config/failover.ts';
import type { FileSettings } from '../config/file.ts';
import type { Retained } from '../publish/availability.ts';
import { clearedUplink, uplinkMessages } from '../publish/uplink-state.ts';
import { type KnownOfUplinks, uplinkStates } from '../uplink/states.ts';
import type { UplinkView, Uplinks } from '../uplink/index.ts';

const publishEveryMs = 60_000;

export interface UplinkStateParts {
  agent: string;
  file: () => FileSettings;
  uplinks: Pick<Uplinks, 'view'>;
  budget: Pick<DataBudget, 'view'>;
  monitors: () => readonly MonitorState[];
  egressServers: () => readonly string[];
  /** Of the uplinks whose health is measured. */
  health: () => KnownOfUplinks['health'];
  /** Publishes what the broker has otherwise. */
  show: (message: Retained) => void;
  clear: (messages: readonly Retained[]) => void;
}

/** The uplink that a via means now: by its name, its interface or an address that this has; null where it is none's. */
function uplinkMeant(
  via: string,
  settings: FileSettings['uplinks'],
  views: readonly UplinkView[],
): string | null {
  if (Object.hasOwn(settings, via)) return via;
  const address = canonicalAddress(via);
  const meant = views.find(
    (view) => view.interface === via || (address !== null && view.addresses.includes(address)),
  );
  return meant?.uplink ?? uplinkOn(settings, via);
}

/** The file's monitors as they are in force: a command may have set another interval, or turned one off. */
const inForce = ({ monitors }: FileSettings, states: readonly MonitorState[]) =>
  Object.fromEntries(
    Object.entries(monitors).map(([name, { probe, schedule, enabled }]) => {
      const state = states.find(({ monitor }) => monitor === name);
      const everyMs = state?.intervalMs ?? null;
      return [
        name,
        {
          probe,
          schedule: 'everyMs' in schedule && everyMs !== null ? { everyMs } : schedule,
          enabled: state?.enabled ?? enabled,
        },
      ];
    }),
  );

/** By uplink as the newest look at it found them, though a later one may have failed. */
const egressOf = (states: readonly MonitorState[]): KnownOfUplinks['egress'] =>
  new Map(
    states
      .filter(({ kind, publicAddress }) => kind === 'egress' && publicAddress !== null)
      .sort((a, b) => (a.at ?? 0) - (b.at ?? 0))
      .flatMap(({ uplink, publicAddress, network }) =>
        uplink === null ? [] : [[uplink, { publicAddress, network }] as const],
      ),
  );

export interface ShownUplinks {
  /** The one that a `via`, or none, means now; null where it is none's. */
  uplinkOf(via: unknown): string | null;
  /** What is expected to be spent by each uplink, as all is set now. */
  expectedBytes(): Map<string, number>;
  states(): UplinkState[];
  messages(): Retained[];
  /** Shows those that changed. */
  refresh(): void;
  /** The file is another: those that it has no more go from the broker. */
  reloaded(former: FileSettings): void;
  stop(): void;
}

export function createUplinkStates(parts: UplinkStateParts): ShownUplinks {
  const { agent, file, uplinks, budget, monitors, egressServers, health, show, clear } = parts;

  const uplinkOf = (via: unknown): string | null =>
    typeof via === 'string' ? uplinkMeant(via, file().uplinks, uplinks.view()) : null;

  function expectedBytes(): Map<string, number> {
    const settings = file();
    const all = expectedMonthlyBytes(inForce(settings, monitors()), uplinkOf, egressServers()[0] ?? '');
    const families = (settings.failover ?? defaultFailover).families.map(familyNamed);
    for (const [name, bytes] of expectedHealthBytes(settings.uplinks, families)) {
      all.set(name, (all.get(name) ?? 0) + bytes);
    }
    return all;
  }

  function states(): UplinkState[] {
    const settings = file().uplinks;
    const data = new Map(
      Object.keys(settings).flatMap((name) => {
        const view = budget.view(name);
        return view === null ? [] : [[name, view] as const];
      }),
    );
    const egress = egressOf(monitors());
    const known = { data, expectedBytes: expectedBytes(), egress, health: health() };
    return uplinkStates(uplinks.view(), settings, known);
  }

  const messages = (): Retained[] => states().flatMap((state) => uplinkMessages(agent, state));

  const refresh = (): void => messages().forEach(show);

  const timer = setInterval(refresh, publishEveryMs);
  timer.unref();

  return {
    uplinkOf,
    expectedBytes,
    states,
    messages,
    refresh,
    reloaded(former) {
      for (const name of Object.keys(former.uplinks)) {
        if (!Object.hasOwn(file().uplinks, name)) clear(clearedUplink(agent, name));
      }
      refresh();
    },
    stop: () => clearInterval(timer),
  };
}
