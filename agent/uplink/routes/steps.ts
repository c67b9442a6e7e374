// From what stands in the kernel to what is wanted, in steps of which none leaves a hole. Pure.
import { type Own, type OwnRoute, type OwnRule, type Wanted, mainTable } from './kinds.ts';

export type Item = OwnRoute | OwnRule;

/** Taken out first, then put in: what is taken out carries nothing, or has something beside it that does. */
export interface Phase {
  remove: Item[];
  add: Item[];
}

/** Each phase is begun only when all of the one before stands in the kernel. */
export interface Change {
  /** Null for the main table's route in force. */
  uplink: string | null;
  table: number;
  phases: Phase[];
}

export interface Plan {
  /** Each stands for itself: where one fails the others go on. */
  uplinks: Change[];
  active: Change | null;
  /** Only once the route in force stands. */
  standby: Change[];
  /** What is wanted no more, in the order that it goes: what carries traffic first, the ways to each uplink last. */
  remove: Item[];
}

const fieldsOf = (item: Item): string =>
  'priority' in item
    ? [item.family, item.priority, item.selector, item.value, item.table, item.exceptDefault].join(' ')
    : [item.family, item.table, item.metric, item.interfaceName, item.gateway, item.source, item.onlink].join(
        ' ',
      );

export const sameItem = (a: Item, b: Item): boolean => fieldsOf(a) === fieldsOf(b);
export const holds = (items: readonly Item[], item: Item): boolean =>
  items.some((one) => sameItem(one, item));
export const itemsOf = ({ routes, rules }: Own): Item[] => [...routes, ...rules];

/**
 * Puts a route in the place of whatever of ours stands there. The kernel takes no second route of one metric, and to
 * replace one is to hit whosever it is; so the new one goes to the spare metric before it first, takes the traffic from
 * there, and moves when the old one has gone.
 */
function phasesTo(route: OwnRoute, standing: readonly OwnRoute[]): Phase[] {
  if (holds(standing, route)) return [];
  const inItsPlace = standing.filter(({ metric }) => metric === route.metric);
  if (inItsPlace.length === 0) return [{ remove: [], add: [route] }];
  const spare = { ...route, metric: route.metric - 1 };
  const inSpare = standing.filter(({ metric }) => metric === spare.metric);
  const left = inSpare.filter((one) => !sameItem(one, spare));
  return [
    ...(left.length === 0 ? [] : [{ remove: left, add: [] }]),
    ...(holds(inSpare, spare) ? [] : [{ remove: [], add: [spare] }]),
    { remove: inItsPlace, add: [route] },
    { remove: [spare], add: [] },
  ];
}

/** A route behind the one in force carries nothing, and needs no spare metric. */
function standbyPhases(route: OwnRoute, standing: readonly OwnRoute[]): Phase[] {
  if (holds(standing, route)) return [];
  return [{ remove: standing.filter(({ metric }) => metric === route.metric), add: [route] }];
}

const removalRank = (item: Item): number => {
  if (!('priority' in item)) return item.table === mainTable ? 0 : 3;
  return item.exceptDefault ? 2 : 1;
};

/** Of one family, whatever a former agent left of it included. */
export function planFor(own: Own, { uplinks, active, standby }: Wanted): Plan {
  const inTable = (table: number): OwnRoute[] => own.routes.filter((route) => route.table === table);
  const main = inTable(mainTable);
  const changes: Change[] = uplinks.map(({ uplink, route, rules }) => {
    const missing = rules.filter((rule) => !holds(own.rules, rule));
    const add = missing.length === 0 ? [] : [{ remove: [], add: missing }];
    return { uplink, table: route.table, phases: [...phasesTo(route, inTable(route.table)), ...add] };
  });
  const inMain = (phases: Phase[]): Change => ({ uplink: null, table: mainTable, phases });
  const inForce = active === 'held' ? null : active;
  const toActive = inForce === null ? null : inMain(phasesTo(inForce, main));
  const behind = active === 'held' ? [] : standby.map((route) => inMain(standbyPhases(route, main)));
  const goes = [...changes, ...(toActive === null ? [] : [toActive]), ...behind].flatMap(({ phases }) =>
    phases.flatMap(({ remove }) => remove),
  );
  const spoken: Item[] = [
    ...uplinks.flatMap(({ route, rules }) => [route, ...rules]),
    ...(active === 'held' ? main : standby),
    ...(inForce === null ? [] : [inForce]),
    ...goes,
  ];
  return {
    uplinks: changes,
    active: toActive,
    standby: behind,
    remove: itemsOf(own)
      .filter((item) => !holds(spoken, item))
      .toSorted((a, b) => removalRank(a) - removalRank(b)),
  };
}
