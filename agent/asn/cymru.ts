// Team Cymru's map of addresses to networks, over DNS (team-cymru.com, "IP to ASN Mapping"): a TXT question for the
// address, and one for the name of the network.
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
import { type AskUnmetered, saysNone } from './unmetered.ts';

interface Origin {
  /** Null for an address that several networks announce: it may be any one's. */
  asn: number | null;
  prefix: Network;
  country: string | null;
}

const mostNames = 500;
/** Networks are renamed and given away. */
const nameKeptMs = 86_400_000;

const fieldsIn = (text: string): string[] => text.split('|').map((field) => field.trim());

interface Announced extends Omit<Origin, 'asn'> {
  numbers: number[];
}

/** "15169 | 8.8.8.0/24 | US | arin | 2023-12-28"; a network announced by several has all their numbers, by blanks. */
function announcedIn(text: string, address: string): Announced | null {
  const [numbersText = '', prefixText = '', country, ...rest] = fieldsIn(text);
  const numbers = numbersText.split(/\s+/).map(asNumberIn);
  const prefix = parseNetwork(prefixText);
  const known = numbers.filter((number) => number !== null);
  if (known.length < numbers.length || prefix === null || rest.length < 2) return null;
  return networkContains(prefix, address) ? { numbers: known, prefix, country: countryIn(country) } : null;
}

/** What is said of the narrowest network that an address lies in; null where nothing can be read. */
export function originIn(texts: readonly string[], address: string): Origin | null {
  const announced = texts.flatMap((text) => announcedIn(text, address) ?? []);
  const longest = Math.max(...announced.map(({ prefix }) => prefix.prefixLength));
  const narrowest = announced.filter(({ prefix }) => prefix.prefixLength === longest);
  const [first] = narrowest;
  if (first === undefined) return null;
  const only = <T>(all: readonly T[]): T | null => (new Set(all).size === 1 ? (all[0] ?? null) : null);
  const asn = only(narrowest.flatMap(({ numbers }) => numbers));
  return { asn, prefix: first.prefix, country: only(narrowest.map(({ country }) => country)) };
}

/** "15169 | US | arin | 2000-03-30 | GOOGLE, US", which gives GOOGLE. */
export function nameIn(text: string): string | null {
  const words = wordsIn(fieldsIn(text).slice(4).join(' | '));
  return wordsIn(words?.replace(/,\s*[A-Z]{2}$/, ''));
}

export function createCymru(ask: AskUnmetered): NetworkSource {
  const names = new Map<number, { name: string; untilMs: number }>();

  /** The texts of a name, of which there may be none; null: not asked. Rejects where it can't be told. */
  async function textsOf(name: string, signal: AbortSignal): Promise<string[] | null> {
    try {
      const asked = await ask((resolver) => resolver.resolveTxt(name), signal);
      return asked === null ? null : asked.answer.map((parts) => parts.join(''));
    } catch (error) {
      if (saysNone(error)) return [];
      throw error;
    }
  }

  async function nameOf(asn: number, signal: AbortSignal): Promise<string | null> {
    const known = names.get(asn);
    if (known !== undefined && known.untilMs > performance.now()) return known.name;
    const texts = await textsOf(`AS${asn}.asn.cymru.com`, signal);
    if (texts === null) throw new Error('not asked');
    const name = texts.map(nameIn).find((one) => one !== null) ?? null;
    if (name !== null) keepLatest(names, asn, { name, untilMs: performance.now() + nameKeptMs }, mostNames);
    return name;
  }

  async function answerFor(address: string, signal: AbortSignal): Promise<NetworkAnswer> {
    const zone = familyOf(address) === 4 ? 'origin' : 'origin6';
    const texts = await textsOf(`${reversedLabels(address)}.${zone}.asn.cymru.com`, signal);
    if (texts === null) return { outcome: 'notAsked' };
    if (texts.length === 0) return { outcome: 'unknown' };
    const origin = originIn(texts, address);
    if (origin === null) return { outcome: 'failed' };
    const { asn, country } = origin;
    // Without the name, which could not be told now, the answer would be kept for a week.
    const organisation = asn === null ? null : await nameOf(asn, signal);
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
