// What failover wants of the kernel, and the routes and rules that it is made of. Plain data.
import * as z from 'zod';
import type { Mode } from '../../../shared/failover.ts';
import type { Family } from '../../../shared/ip.ts';

export interface RouteSettings {
  /** The protocol number (rtm_protocol) that marks what is ours. */
  routeProto: number;
  /** Of the default route in force, 2 or more; the metric before it is the spare one that a switch goes by. */
  metricActive: number;
  metricStandbyBase: number;
  /** The first uplink's table; the next one's follows. */
  tableBase: number;
  /** The first of the three that our rules have (wanted.ts). */
  rulePriorityBase: number;
}

/** Where an uplink's default route leads in one family. */
export interface UplinkWay {
  uplink: string;
  interfaceName: string;
  /** Its place in the file, from 0: its table and its standby metric go by it. */
  index: number;
  /** Null where the far end of the link is the neighbour (PPP). */
  gateway: string | null;
  /** The gateway stands in none of the interface's networks, as the route that it was learned from said. */
  onlink: boolean;
  /** The address that the kernel is to send from; null leaves that to it. */
  source: string | null;
  /** The interface's own of this family. */
  addresses: readonly string[];
  healthy: boolean;
}

/**
 * `unreachable` refuses what is bound to no uplink at once; null leaves the choice to the system's own routes. An uplink that there is no way of now
 * keeps what stands in the main table: no other was chosen.
 */
export type Active = { uplink: string } | 'unreachable' | null;

export interface FamilyDesired {
  active: Active;
  /** Those that something can be sent by: link up, an address, a gateway. */
  ways: readonly UplinkWay[];
}

/** A family that is left out is none of failover's: what is ours there goes. */
export interface Desired {
  mode: Mode;
  /** Those of all uplinks, whatever their state: other default routes by them are captured in that mode. */
  interfaces: readonly string[];
  families: Partial<Record<Family, FamilyDesired>>;
}

/** RT_TABLE_MAIN and RT_SCOPE_LINK (rtnetlink(7)). */
export const mainTable = 254;
export const linkScope = 253;

/** A default route of ours. */
export interface OwnRoute {
  family: Family;
  table: number;
  metric: number;
  /** Null where it is a `throw` one. */
  interfaceName: string | null;
  gateway: string | null;
  source: string | null;
  onlink: boolean;
}

/** A rule of ours, for what is bound to an interface or comes from an address. */
export interface OwnRule {
  family: Family;
  priority: number;
  selector: 'oif' | 'from';
  /** The interface or the address. */
  value: string;
  table: number;
  /** Passes over the table's default routes. */
  exceptDefault: boolean;
}

export interface Own {
  routes: OwnRoute[];
  rules: OwnRule[];
}

/** All that is to be ours in one family. */
export interface Wanted {
  /** Each uplink's table, which has a single route, and the rules that lead there. */
  uplinks: { uplink: string; route: OwnRoute; rules: OwnRule[] }[];
  /** The one in force, and those behind it, in the main table. `held` leaves that table as it is. */
  active: OwnRoute | 'held' | null;
  standby: OwnRoute[];
}

/** A default route of the main table that somebody else set, for all traffic. One over several gateways is several. */
export const ForeignDefault = z.strictObject({
  family: z.union([z.literal(4), z.literal(6)]),
  /** Null where it leads nowhere (unreachable, blackhole, prohibit, throw). */
  interfaceName: z.string().nullable(),
  gateway: z.string().nullable(),
  source: z.string().nullable(),
  metric: z.number(),
  /** As a number (rtm_protocol). */
  protocol: z.number(),
  onlink: z.boolean(),
  /** IPv4 by a link without a gateway (PPP). */
  linkScope: z.boolean(),
  /** It has a single next hop, in its own family, and nothing wrapped around the packets. */
  plain: z.boolean(),
});
export type ForeignDefault = z.output<typeof ForeignDefault>;

/** A default route that somebody else set in another table than the main one. */
export interface ElsewhereDefault {
  table: number;
  route: ForeignDefault;
}

/** RTPROT_RA, of routes that router advertisements made: they come back with the next one. */
export const advertised = 9;
