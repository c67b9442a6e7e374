// Default routes of others that would make ours useless, and what to do about each. Pure.
import { type ElsewhereDefault, type ForeignDefault, type RouteSettings, advertised } from './kinds.ts';
import { nameOf } from './words.ts';

/** Whether it leads out by one of the interfaces; advertised ones would be back with the next advertisement. */
export const isRival = (
  { protocol, interfaceName }: ForeignDefault,
  interfaces: readonly string[],
): boolean => protocol !== advertised && interfaceName !== null && interfaces.includes(interfaceName);

const isCapturable = (route: ForeignDefault, interfaces: readonly string[]): boolean =>
  route.plain && isRival(route, interfaces);

/** The spare one before it has to be one too, and 0 is none (ip-route(8)). */
export const leastMetricActive = 2;

function sentenceOf(route: ForeignDefault, metricActive: number): string {
  const lower = route.metric > leastMetricActive ? ', or set failover.metricActive below it' : '';
  return (
    `${nameOf(route)} is not behind failover's own, metric ${metricActive}: give it a greater metric where it is set ` +
    `(DHCP client, network configuration)${lower}`
  );
}

/**
 * A sentence for each route of others that goes before the one in force, or has its metric or the spare one. `captures`
 * has the interfaces whose default routes are taken out (capture mode), and is empty in the other modes.
 */
export function conflictsOf(
  foreign: readonly ForeignDefault[],
  { metricActive }: Pick<RouteSettings, 'metricActive'>,
  captures: readonly string[],
): string[] {
  // Of those that are taken out, one before ours goes once ours stands; one in its place would not let it come.
  const inTheWay = (route: ForeignDefault): boolean =>
    !isCapturable(route, captures) || route.metric >= metricActive - 1;
  return foreign
    .filter((route) => route.metric <= metricActive && inTheWay(route))
    .map((route) => sentenceOf(route, metricActive));
}

/** The tables of this many uplinks. */
export interface OwnTables extends Pick<RouteSettings, 'metricActive' | 'tableBase'> {
  count: number;
}

/** A sentence for each default route of others in one of our tables that is not behind ours there, by its table. */
export const tableConflictsOf = (
  elsewhere: readonly ElsewhereDefault[],
  { metricActive, tableBase, count }: OwnTables,
): { table: number; reason: string }[] =>
  elsewhere
    .filter(
      ({ table, route }) => table >= tableBase && table < tableBase + count && route.metric <= metricActive,
    )
    .map(({ table, route }) => ({
      table,
      reason:
        `${nameOf(route)} in table ${table} is not behind failover's own there, metric ${metricActive}: take it out, or ` +
        'set failover.tableBase to where no other program has tables',
    }));
