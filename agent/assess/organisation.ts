// Whether a network is one that a request names, and whether that can be said at all. Pure.
import { canonicalHost } from '../../shared/ip.ts';
import { plainWords } from '../../shared/organisation.ts';
import type { NetworkOfAddress } from '../../shared/result.ts';

const asNumber = (text: string): number | null => {
  const digits = /^AS(\d{1,10})$/i.exec(text)?.[1];
  return digits === undefined ? null : Number(digits);
};

// Upper case brings more spellings together than lower case does: ß and SS, and sigma at a word's end (Unicode §5.18).
const folded = (text: string): string => plainWords(text).normalize('NFKC').toUpperCase().normalize('NFKC');

const isPart = (wanted: string, text: string | null): boolean =>
  text !== null && folded(text).includes(folded(wanted));

/** An AS number matches whole (AS123 is not AS12345); other words as a part of the name or of the domain, case apart. */
export function organisationMatches(
  wanted: string,
  { asn, organisation, domain }: NetworkOfAddress,
): boolean {
  const number = asNumber(wanted);
  if (number !== null) return asn === number;
  return isPart(wanted, organisation) || isPart(wanted, domain);
}

export const isMetBy = (wanted: string, network: NetworkOfAddress | null): boolean =>
  network !== null && organisationMatches(wanted, network);

const isDomain = (wanted: string): boolean => canonicalHost(wanted)?.includes('.') === true;

/**
 * Whether it can be said that a network is, or is not, the one wanted. A source may know its number alone, or its name
 * and not its domain: what it does not know might be what is wanted. Words are judged by the name alone where no domain is
 * known (GeoLite2's file, Team Cymru, IPinfo's legacy answers): a name in other words passes an exclusion there, which an
 * AS number does not.
 */
export function isJudgeable(wanted: string, network: NetworkOfAddress | null): boolean {
  if (network === null) return false;
  if (asNumber(wanted) !== null) return network.asn !== null;
  if (organisationMatches(wanted, network)) return true;
  return isDomain(wanted) ? network.domain !== null : network.organisation !== null;
}

/** "AS64500 Example" */
export const sayNetwork = ({ asn, organisation, domain }: NetworkOfAddress): string =>
  `AS${asn ?? '?'} ${organisation ?? domain ?? ''}`.trim();

/** Whether two networks may be one: so much is known of neither that they are told apart. */
export function mayBeSame(one: NetworkOfAddress, other: NetworkOfAddress): boolean {
  if (one.asn !== null && other.asn !== null) return one.asn === other.asn;
  if (one.organisation === null || other.organisation === null) return true;
  return folded(one.organisation) === folded(other.organisation);
}
