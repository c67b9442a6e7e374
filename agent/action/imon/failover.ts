// imon's words for failover: its script knows a primary network and a standby one. Pure.
import type { Event } from '../../../shared/event.ts';
import { type FailoverLink, failoverEvidence } from '../../../shared/failover.ts';

/**
 * `NAME:Primary:INTERFACE:ADDRESS`. Its readers split it at colons, so the name has none; an IPv6 address comes last. Nor
 * can an argument hold a NUL.
 */
const networkInfo = ({ name, role, interface: device, address }: FailoverLink): string =>
  [name.replaceAll(/[:\0]/g, '-'), role, device, address ?? ''].join(':');

const answer = (online: boolean): string => (online ? 'online' : 'offline');

function initial({ evidence }: Event): string[] | null {
  const read = failoverEvidence['failover.initial'].safeParse(evidence);
  if (!read.success) return null;
  const { link, online } = read.data;
  return ['failover-initial', networkInfo(online ? link : { ...link, address: null }), answer(online)];
}

/** A switch that is taken back is one to the other network. */
function switched({ evidence }: Event): string[] | null {
  const read = failoverEvidence['failover.switched'].safeParse(evidence);
  if (!read.success) return null;
  const { link } = read.data;
  return [link.role === 'Primary' ? 'failover-primary' : 'failover-standby', networkInfo(link)];
}

function confirmed({ evidence }: Event): string[] | null {
  const read = failoverEvidence['failover.confirmed'].safeParse(evidence);
  return read.success ? ['failover-postping', networkInfo(read.data.link), answer(read.data.online)] : null;
}

/** imon has no failover of a single network, so its script always hears of two; of more than two it hears of the first. */
function allDown({ evidence }: Event): string[] | null {
  const read = failoverEvidence['failover.allDown'].safeParse(evidence);
  const [primary, standby] = read.success ? read.data.links : [];
  return primary === undefined || standby === undefined
    ? null
    : ['failover-bothdown', networkInfo(primary), networkInfo(standby)];
}

const wordsOf: Partial<Record<Event['kind'], (event: Event) => string[] | null>> = {
  'failover.initial': initial,
  'failover.switched': switched,
  'failover.rolledBack': switched,
  'failover.confirmed': confirmed,
  'failover.allDown': allDown,
};

/**
 * Null for an event of another kind, for one that lacks what the words are made from, and for one of IPv6: imon knew IPv4
 * alone, and its scripts would hear everything twice, of networks that are not the ones in question.
 */
export const failoverWords = (event: Event): string[] | null =>
  event.evidence['family'] === 'ipv6' ? null : (wordsOf[event.kind]?.(event) ?? null);
