// Team Cymru's map of addresses to networks, over DNS (team-cymru.com, "IP to ASN Mapping"): a TXT question for the
// address, and one for the name of the network.
import { NODATA, NOTFOUND } from 'node:dns';
import { type Network, familyOf, networkContains, parseNetwork } from '../../shared/ip.ts';
import { keepLatest } from '../../shared/remember.ts';
import { reversedLabels } from '../../shared/reverse.ts';
import {
  type NetworkAnswer,
  type NetworkSource,
  asNumberIn,
  countryIn,
  networkWith,
  wordsIn,
} from './source.ts';
import type { AskUnmetered } from './unmetered.ts';

interface Origin {
  asn: number;
  prefix: Network;
  country: string | null;
}

const mostNames = 500;

const fieldsIn = (text: string): string[] => text.split('|').map((field) => field.trim());

/** "15169 | 8.8.8.0/24 | US | arin | 2023-12-28"; a network announced by several has all their numbers, by blanks. */
export function originIn(text: string, address: string): Origin | null {
  const [numbers = '', prefixText = '', country, ...rest] = fieldsIn(text);
  const asn = asNumberIn(numbers.split(' ')[0]);
  const prefix = parseNetwork(prefixText);
  if (asn === null || prefix === null || rest.length < 2 || !networkContains(prefix, address)) return null;
  return { asn, prefix, country: countryIn(country) };
}

/** "15169 | US | arin | 2000-03-30 | GOOGLE, US", which gives GOOGLE. */
export function nameIn(text: string): string | null {
  const words = wordsIn(fieldsIn(text).slice(4).join(' | '));
  return wordsIn(words?.replace(/,\s*[A-Z]{2}$/, ''));
}

const isNone = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && (error.code === NOTFOUND || error.code === NODATA);

export function createCymru(ask: AskUnmetered): NetworkSource {
  const names = new Map<number, string | null>();

  /** The texts of a name, of which there may be none; null: not asked. Rejects where it can't be told. */
  async function textsOf(name: string, signal: AbortSignal): Promise<string[] | null> {
    try {
      const asked = await ask((resolver) => resolver.resolveTxt(name), signal);
      return asked === null ? null : asked.answer.map((parts) => parts.join(''));
    } catch (error) {
      if (isNone(error)) return [];
      throw error;
    }
  }

  async function nameOf(asn: number, signal: AbortSignal): Promise<string | null> {
    const known = names.get(asn);
    if (known !== undefined) return known;
    const texts = await textsOf(`AS${asn}.asn.cymru.com`, signal);
    if (texts === null) throw new Error('not asked');
    const name = texts.map(nameIn).find((one) => one !== null) ?? null;
    keepLatest(names, asn, name, mostNames);
    return name;
  }

  async function answerFor(address: string, signal: AbortSignal): Promise<NetworkAnswer> {
    const zone = familyOf(address) === 4 ? 'origin' : 'origin6';
    const texts = await textsOf(`${reversedLabels(address)}.${zone}.asn.cymru.com`, signal);
    if (texts === null) return { outcome: 'notAsked' };
    if (texts.length === 0) return { outcome: 'unknown' };
    const [origin] = texts
      .flatMap((text) => originIn(text, address) ?? [])
      .sort((a, b) => b.prefix.prefixLength - a.prefix.prefixLength);
    if (origin === undefined) return { outcome: 'failed' };
    const { asn, country } = origin;
    // Without the name, which could not be told now, the answer would be kept for a week.
    const organisation = await nameOf(asn, signal);
    const prefix = `${origin.prefix.address}/${origin.prefix.prefixLength}`;
    const network = networkWith({ asn, organisation, domain: null, prefix, country, source: 'cymru' });
    return network === null ? { outcome: 'unknown' } : { outcome: 'known', network };
  }

  return {
    name: 'cymru',
    lookUp: (address, signal) =>
      answerFor(address, signal).catch((): NetworkAnswer => ({ outcome: 'failed' })),
  };
}
