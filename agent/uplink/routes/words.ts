// Routes and rules as the words that iproute2 is given, and as a person reads them. Pure.
import type { Family } from '../../../shared/ip.ts';
import { type ForeignDefault, type OwnRoute, type OwnRule, linkScope, mainTable } from './kinds.ts';

interface Key {
  interfaceName: string | null;
  gateway: string | null;
  table: number;
  metric: number;
  proto: number;
}

/** All that tells a default route from others of its table: nothing else is ever deleted by these words (ip-route(8)). */
const keyWords = ({ interfaceName, gateway, table, metric, proto }: Key): string[] => [
  'default',
  ...(gateway === null ? [] : ['via', gateway]),
  ...(interfaceName === null ? [] : ['dev', interfaceName]),
  ...['table', String(table), 'metric', String(metric), 'proto', String(proto)],
];

/** IPv4 wants to be told that there is no gateway; IPv6 knows no scope. */
const scopeWords = (family: Family, isLink: boolean): string[] =>
  family === 4 && isLink ? ['scope', String(linkScope)] : [];

function ownWords(route: OwnRoute, proto: number): string[] {
  const { family, interfaceName, gateway } = route;
  const type = interfaceName === null ? ['throw'] : [];
  const isLink = interfaceName !== null && gateway === null;
  return [...type, ...keyWords({ ...route, proto }), ...scopeWords(family, isLink)];
}

const ruleWords = ({ priority, selector, value, table, exceptDefault }: OwnRule, proto: number): string[] => [
  ...['priority', String(priority), selector, value, 'lookup', String(table)],
  ...(exceptDefault ? ['suppress_prefixlength', '0'] : []),
  ...['protocol', String(proto)],
];

const isRule = (one: OwnRoute | OwnRule): one is OwnRule => 'priority' in one;

/** What adds it where it is not there yet: `add` is refused where something stands in its place. */
export function addWords(one: OwnRoute | OwnRule, proto: number): string[] {
  if (isRule(one)) return ['rule', 'add', ...ruleWords(one, proto)];
  const source = one.source === null ? [] : ['src', one.source];
  return ['route', 'add', ...ownWords(one, proto), ...source, ...(one.onlink ? ['onlink'] : [])];
}

export const deleteWords = (one: OwnRoute | OwnRule, proto: number): string[] =>
  isRule(one) ? ['rule', 'del', ...ruleWords(one, proto)] : ['route', 'del', ...ownWords(one, proto)];

export const foreignKeyWords = (route: ForeignDefault): string[] => [
  ...keyWords({ ...route, table: mainTable, proto: route.protocol }),
  ...scopeWords(route.family, route.linkScope),
];

export const foreignDeleteWords = (route: ForeignDefault): string[] => [
  ...['route', 'del'],
  ...foreignKeyWords(route),
];

/** As in a sentence: `the IPv4 default route via 192.0.2.1 dev eth0 metric 100 proto 16`. */
export function nameOf(route: ForeignDefault): string {
  const { family, gateway, interfaceName, metric, protocol } = route;
  const via = gateway === null ? '' : ` via ${gateway}`;
  const dev = interfaceName === null ? ' to nowhere' : ` dev ${interfaceName}`;
  return `the IPv${family} default route${via}${dev} metric ${metric} proto ${protocol}`;
}
