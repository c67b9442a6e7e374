// One uplink (or an interface, where none is configured) as it stands, and what comes back by it: its gateway and its
// health targets are really asked.
import { Failure, type FailureCode } from '../../../../shared/failure.ts';
import { type Family, canonicalAddress, familyOf } from '../../../../shared/ip.ts';
import { messageOf } from '../../../../shared/thrown.ts';
import type { Exit, Way } from '../../../../shared/way.ts';
import type { FileSettings } from '../../../config/file.ts';
import type { Packets } from '../../../packet/index.ts';
import type { UplinkView, Uplinks } from '../../../uplink/index.ts';
import { kernelKnowsNeighbour } from '../../../uplink/ip.ts';
import { mendedBy, wouldDrop } from '../../../uplink/reverse-path.ts';
import type { Network } from '../box.ts';

/** What came of echoes to one address. */
export type Reply =
  | { came: 'reply'; rttMs: number }
  | { came: 'silence' }
  /** It never left: the next hop answered no ARP, or neighbour discovery. */
  | { came: 'noNeighbour' }
  | { came: 'error' }
  | { came: 'failure'; code: FailureCode; why: string };

export interface Asked {
  target: string;
  reply: Reply;
}

export interface UplinkSeen extends UplinkView {
  /** A line without a gateway: set so, or its route says so. */
  direct: boolean;
  /** Why this machine drops answers from beyond the gateway, and what mends it; null where it does not. */
  drops: { why: string; mend: string[] } | null;
  /** Null where there is none to be asked. */
  gatewayAsked: Asked | null;
  targetsAsked: readonly Asked[];
  /** How many of them must answer. */
  reliability: number;
}

export interface LookParts {
  network: Network;
  packets: Pick<Packets, 'echo'>;
  resolve(host: string, family: Family, exit: Exit, signal: AbortSignal): Promise<readonly string[]>;
  settings: FileSettings['uplinks'];
}

const tries = 3;
const waitMs = 900;
const hopLimit = 64;
/** The shortest: on a capped line each byte counts. */
const payloadBytes = 8;
/** Beyond every gateway, and nobody's (RFC 5737): the kernel is asked about it, nothing is sent to it. */
const beyond = '192.0.2.1';

async function echoOnce(packets: LookParts['packets'], uplinks: Uplinks, way: Way, destination: string) {
  const dropped = uplinks.watchDrops(way, destination);
  const answer = await packets.echo({ ...way, destination, hopLimit, payloadBytes, waitMs });
  const filtered = answer.type === 'silence' ? ((await dropped?.()) ?? null) : null;
  if (filtered !== null) throw filtered;
  return answer;
}

/** That nothing came says little; where the neighbour itself was not found, that is the reason. */
async function silenceOf({ interfaceName, nextHop }: Way, destination: string): Promise<Reply> {
  const found = await kernelKnowsNeighbour(interfaceName, nextHop ?? destination).catch(() => null);
  return { came: found === false ? 'noNeighbour' : 'silence' };
}

/** A lost packet is no broken line: up to three are sent. Never rejects. */
export async function ask(
  { network: { uplinks }, packets }: Pick<LookParts, 'network' | 'packets'>,
  exit: Exit,
  destination: string,
): Promise<Reply> {
  try {
    const way = await uplinks.way(exit, destination);
    for (let number = 0; number < tries; number += 1) {
      const answer = await echoOnce(packets, uplinks, way, destination);
      if (answer.type === 'reply') return { came: 'reply', rttMs: answer.rttMs };
      // This machine's own word for a neighbour that it does not find.
      if (answer.type === 'unreachable' && answer.from === way.source) return { came: 'noNeighbour' };
      if (answer.type !== 'silence') return { came: 'error' };
    }
    return await silenceOf(way, destination);
  } catch (error) {
    const code = error instanceof Failure ? error.code : 'internal';
    return { came: 'failure', code, why: messageOf(error) };
  }
}

async function askTarget(
  parts: LookParts,
  exit: Exit,
  { target, family }: { target: string; family: Family },
  signal: AbortSignal,
): Promise<Asked> {
  try {
    const [address] =
      canonicalAddress(target) === null ? await parts.resolve(target, family, exit, signal) : [target];
    return { target, reply: await ask(parts, exit, address ?? target) };
  } catch (error) {
    const code = error instanceof Failure ? error.code : 'internal';
    return { target, reply: { came: 'failure', code, why: messageOf(error) } };
  }
}

/** The sentence apart from what mends it, which it names itself. A table's number is chosen that nobody uses. */
function splitMend(
  message: string,
  way: Way,
  usedTables: ReadonlySet<string>,
): { why: string; mend: string[] } {
  const [why = message, words = ''] = message.split(mendedBy);
  let table = 1000;
  while (usedTables.has(String(table))) table += 1;
  const by =
    way.nextHop === null ? `dev ${way.interfaceName}` : `via ${way.nextHop} dev ${way.interfaceName}`;
  const rule = `sudo ip route add default ${by} table ${table} && sudo ip rule add from ${way.source} lookup ${table}`;
  const setting = /^sysctl -w (\S+), or/.exec(words)?.[1];
  if (setting === undefined) return { why, mend: [rule] };
  const file = '/etc/sysctl.d/90-pathproof.conf';
  const forGood = `echo ${setting} | sudo tee -a ${file} && sudo sysctl -p ${file}  # for good`;
  return { why, mend: [`sudo sysctl -w ${setting}`, forGood, rule] };
}

/** Whether answers from beyond the gateway would be dropped. Never rejects: what can't be told is no fault. */
async function dropsOf(
  parts: LookParts,
  exit: Exit,
  targets: readonly string[],
): Promise<UplinkSeen['drops']> {
  const { watch, uplinks } = parts.network;
  const destinations = targets.filter((target) => canonicalAddress(target) !== null);
  for (const destination of destinations.length > 0 ? destinations : [beyond]) {
    try {
      const way = await uplinks.way(exit, destination);
      const failure = await wouldDrop(way, destination, watch.wayBack);
      const tables = new Set(watch.current().routes.map(({ table }) => table));
      if (failure === null) continue;
      const message = failure.message.replaceAll(beyond, 'what lies beyond the gateway');
      return splitMend(message, way, tables);
    } catch {
      // No way there: its gateway's line says so.
    }
  }
  return null;
}

const leadsDirectly = ({ network }: LookParts, name: string): boolean =>
  network.watch
    .current()
    .routes.some(
      ({ prefix, interfaceName, gateway }) => prefix === null && interfaceName === name && gateway === null,
    );

/** Asks by one uplink, all of it at once. Never rejects. */
export async function lookAtUplink(
  parts: LookParts,
  view: UplinkView,
  signal: AbortSignal,
): Promise<UplinkSeen> {
  const { uplink, interface: interfaceName, gateway, state } = view;
  const settings = uplink === null ? undefined : parts.settings[uplink];
  const targets = settings?.health.targets ?? [];
  const exit: Exit = { uplink, interfaceName, source: null };
  const seen: UplinkSeen = {
    ...view,
    direct: settings?.pointToPoint === true || leadsDirectly(parts, interfaceName),
    drops: null,
    gatewayAsked: null,
    targetsAsked: [],
    reliability: settings?.health.reliability ?? 1,
  };
  if (state !== 'up') return seen;
  const hasOut = gateway !== null || seen.direct;
  const family: Family = view.addresses.some((address) => familyOf(address) === 4) ? 4 : 6;
  const [drops, gatewayReply, targetsAsked] = await Promise.all([
    hasOut ? dropsOf(parts, exit, targets) : null,
    gateway === null || seen.direct ? null : ask(parts, exit, gateway),
    hasOut ? Promise.all(targets.map((target) => askTarget(parts, exit, { target, family }, signal))) : [],
  ]);
  const gatewayAsked = gatewayReply === null ? null : { target: gateway ?? '', reply: gatewayReply };
  return { ...seen, drops, gatewayAsked, targetsAsked };
}
