// Which routes and rules of ours the kernel should have, from what failover wants. Pure.
import { type Family, isLinkLocal } from '../../../shared/ip.ts';
import {
  type Active,
  type Desired,
  type FamilyDesired,
  type OwnRoute,
  type OwnRule,
  type RouteSettings,
  type UplinkWay,
  type Wanted,
  mainTable,
} from './kinds.ts';

export const nothingWanted: Wanted = { uplinks: [], active: null, standby: [] };

/**
 * What is bound to an interface goes before what comes from an address. Before both, every route but a default one of
 * the main table: neighbours and networks with a route of their own are reached as ever.
 */
const priorities = ({ rulePriorityBase: base }: RouteSettings) => ({
  exceptDefault: base,
  oif: base + 1,
  from: base + 2,
});

const tableOf = ({ index }: UplinkWay, { tableBase }: RouteSettings): number => tableBase + index;

/** The route of an uplink; in its own table it has the metric of the one in force too. */
const routeOf = (family: Family, way: UplinkWay, table: number, metric: number): OwnRoute => {
  const { interfaceName, gateway, source, onlink } = way;
  return { family, table, metric, interfaceName, gateway, source, onlink: onlink && gateway !== null };
};

/**
 * A `throw` one (ip-route(8)): whoever comes to it in the main table has no route, at once, before the default routes of
 * others. An `unreachable` one would also end what is bound: no rule passes over that (measured).
 */
const refusing = (family: Family, metric: number): OwnRoute => ({
  family,
  table: mainTable,
  metric,
  interfaceName: null,
  gateway: null,
  source: null,
  onlink: false,
});

/** Of several uplinks (two sticks of one make, say): what comes from such an address says nothing of the uplink it is to take. */
function sharedAddresses(ways: readonly UplinkWay[]): ReadonlySet<string> {
  const all = ways.flatMap(({ addresses }) => [...new Set(addresses)]);
  return new Set(all.filter((address, index) => all.indexOf(address) !== index));
}

function rulesOf(
  family: Family,
  way: UplinkWay,
  shared: ReadonlySet<string>,
  settings: RouteSettings,
): OwnRule[] {
  // A link-local address may be that of several interfaces, and leads to neighbours alone.
  const sources = [...new Set(way.addresses)].filter(
    (address) => !isLinkLocal(address) && !shared.has(address),
  );
  const selectors = [
    { selector: 'oif' as const, value: way.interfaceName },
    ...sources.map((value) => ({ selector: 'from' as const, value })),
  ];
  const priority = priorities(settings);
  const table = tableOf(way, settings);
  return selectors.flatMap((selected) => [
    { family, ...selected, priority: priority.exceptDefault, table: mainTable, exceptDefault: true },
    { family, ...selected, priority: priority[selected.selector], table, exceptDefault: false },
  ]);
}

const isActive = (active: Active, { uplink }: UplinkWay): boolean =>
  active !== null && active !== 'unreachable' && active.uplink === uplink;

function routeInForce(family: Family, { active, ways }: FamilyDesired, settings: RouteSettings) {
  if (active === null) return null;
  if (active === 'unreachable') return refusing(family, settings.metricActive);
  const way = ways.find(({ uplink }) => uplink === active.uplink);
  return way === undefined ? 'held' : routeOf(family, way, mainTable, settings.metricActive);
}

/** Rules come in the order that they have to be added in. */
export function wantedOf(desired: Desired, family: Family, settings: RouteSettings): Wanted {
  const one = desired.families[family];
  if (desired.mode === 'observe' || one === undefined) return nothingWanted;
  const { active, ways } = one;
  const shared = sharedAddresses(ways);
  const { metricActive, metricStandbyBase } = settings;
  const standby = active === null || desired.mode !== 'capture' ? [] : ways.filter(({ healthy }) => healthy);
  return {
    uplinks: ways.map((way) => ({
      uplink: way.uplink,
      route: routeOf(family, way, tableOf(way, settings), metricActive),
      rules: rulesOf(family, way, shared, settings),
    })),
    active: routeInForce(family, one, settings),
    standby: standby
      .filter((way) => !isActive(active, way))
      .map((way) => routeOf(family, way, mainTable, metricStandbyBase + way.index)),
  };
}
