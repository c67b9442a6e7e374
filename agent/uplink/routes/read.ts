// Reads what stands in the kernel: our own default routes and rules, and the default routes that others set.
import * as z from 'zod';
import { type Family, familyOf } from '../../../shared/ip.ts';
import { askIp, runIp } from '../ip/run.ts';
import {
  type ElsewhereDefault,
  type ForeignDefault,
  type Own,
  type OwnRoute,
  type OwnRule,
  linkScope,
  mainTable,
} from './kinds.ts';

const unicast = '1';
const throwing = '9';

const Hop = z.looseObject({
  gateway: z.string().optional(),
  via: z.object({ host: z.string() }).optional(),
  dev: z.string().optional(),
});
const Row = Hop.extend({
  type: z.string().default(unicast),
  dst: z.string(),
  table: z.coerce.number().default(mainTable),
  protocol: z.coerce.number().default(0),
  scope: z.coerce.number().default(0),
  metric: z.number().default(0),
  prefsrc: z.string().nullable().default(null),
  flags: z.array(z.string()).default([]),
  nexthops: z.array(Hop).default([]),
  /** Of IPv4 for one kind of service, of IPv6 for one kind of source: no default for all. */
  tos: z.unknown().optional(),
  from: z.unknown().optional(),
  encap: z.unknown().optional(),
  nhid: z.unknown().optional(),
});
type Row = z.output<typeof Row>;

/** A rule of ours has these keys and no other. */
const RuleRow = z.strictObject({
  priority: z.number(),
  src: z.string(),
  oif: z.string().optional(),
  /** Its interface is not there. */
  oif_detached: z.unknown().optional(),
  table: z.coerce.number(),
  suppress_prefixlen: z.literal(0).optional(),
  protocol: z.coerce.number(),
});

const rowsOf = (text: string): Row[] =>
  z
    .array(Row)
    .parse(JSON.parse(text))
    .filter(({ tos, from, encap }) => from === undefined && (tos === undefined || encap !== undefined));

function ownRoutesOf(row: Row, family: Family): OwnRoute[] {
  const { table, metric, prefsrc: source } = row;
  const shared = { family, table, metric, source, onlink: row.flags.includes('onlink') };
  if (row.type === throwing) return [{ ...shared, interfaceName: null, gateway: null }];
  if (row.type !== unicast) return [];
  const hops = row.nexthops.length > 0 ? row.nexthops : [row];
  return hops.flatMap(({ dev, gateway = null }) =>
    dev === undefined ? [] : [{ ...shared, interfaceName: dev, gateway }],
  );
}

function foreignOf(row: Row, family: Family): ForeignDefault[] {
  const { type, metric, protocol, flags, scope, prefsrc: source } = row;
  const wrapped = [row.encap, row.nhid].some((value) => value !== undefined);
  const shared = { family, source, metric, protocol, onlink: flags.includes('onlink') };
  const hops = row.nexthops.length > 0 ? row.nexthops : [row];
  return hops.map(({ dev = null, gateway = null, via }) => ({
    ...shared,
    interfaceName: type === unicast ? dev : null,
    gateway: gateway !== null && familyOf(gateway) === family ? gateway : null,
    linkScope: scope === linkScope,
    plain: type === unicast && row.nexthops.length === 0 && !wrapped && via === undefined,
  }));
}

function ownRuleOf(row: unknown, family: Family, proto: number): OwnRule[] {
  const { success, data } = RuleRow.safeParse(row);
  if (!success || data.protocol !== proto) return [];
  const { priority, src, oif, table } = data;
  const shared = { family, priority, table, exceptDefault: data.suppress_prefixlen !== undefined };
  if (oif === undefined) return src === 'all' ? [] : [{ ...shared, selector: 'from', value: src }];
  return src === 'all' ? [{ ...shared, selector: 'oif', value: oif }] : [];
}

const ownRulesOf = (text: string, family: Family, proto: number): OwnRule[] =>
  z
    .array(z.unknown())
    .parse(JSON.parse(text))
    .flatMap((row) => ownRuleOf(row, family, proto));

export interface Dump {
  own: Own;
  /** Of the main table. */
  foreign: ForeignDefault[];
  elsewhere: ElsewhereDefault[];
}

/** `ip` leaves out what it was asked to select by, so a route of ours says no protocol. */
const questionsOf = (proto: number): string[][] => [
  ['route', 'show', 'table', 'all', 'proto', String(proto)],
  ['route', 'show', 'table', 'all', 'default'],
  ['rule', 'show'],
];

/** What `askIp` answered to the three questions; throws where it is no such text. */
export function parseDump(family: Family, proto: number, answers: readonly string[]): Dump {
  const [own = '', defaults = '', rules = ''] = answers;
  // Default routes were asked for. One that wraps packets says `dst` and `tos` for the wrapping, and perhaps twice.
  const others = rowsOf(defaults)
    .filter(({ protocol }) => protocol !== proto)
    .flatMap((row) => foreignOf(row, family).map((route) => ({ table: row.table, route })));
  return {
    own: {
      routes: rowsOf(own)
        .filter(({ dst }) => dst === 'default')
        .flatMap((row) => ownRoutesOf(row, family)),
      rules: ownRulesOf(rules, family, proto),
    },
    foreign: others.filter(({ table }) => table === mainTable).map(({ route }) => route),
    elsewhere: others.filter(({ table }) => table !== mainTable),
  };
}

/** As the kernel has it now. The kernel selects, so thousands of other routes cost nothing. Rejects with Failure internal. */
export const readDump = async (family: Family, proto: number): Promise<Dump> =>
  parseDump(family, proto, await askIp(family, questionsOf(proto)));

// Any address without a route of its own asks for the default one: these are for documentation (RFC 5737, RFC 3849).
const anywhere = { 4: '192.0.2.1', 6: '2001:db8::1' } as const;

/**
 * The interface of the main table's default route that the kernel would take; null where it takes none of that table, or
 * this machine has a route or a rule for the address that was asked for.
 */
export async function kernelDefault(family: Family): Promise<string | null> {
  const question = ['-json', '-details', '-N', 'route', 'get', 'fibmatch', anywhere[family]];
  const answer = await runIp(question).catch(() => '[]');
  const row = rowsOf(answer).find(({ dst }) => dst === 'default');
  return row?.table === mainTable ? (row.dev ?? null) : null;
}
