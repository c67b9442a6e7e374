// What a source of networks says, and how a record of one is read, whoever it is from. Pure.
import { countryCode } from '../../shared/country.ts';
import { plainWords } from '../../shared/organisation.ts';
import type { NetworkOfAddress } from '../../shared/result.ts';

/**
 * `unknown`: the source knows of none; `failed`: it could not tell; `notAsked`: only a metered uplink leads to it.
 */
export type NetworkAnswer =
  { outcome: 'known'; network: NetworkOfAddress } | { outcome: 'unknown' | 'failed' | 'notAsked' };

/** Asked about public addresses only, in their canonical spelling. */
export interface NetworkSource {
  name: 'ipinfo' | 'cymru';
  /** Takes its own time and no longer; ends at once with the signal. */
  lookUp(address: string, signal: AbortSignal): Promise<NetworkAnswer>;
}

const longestText = 200;

/** Strangers' words, to be shown and compared: one line without control characters; null where there are none. */
export function wordsIn(value: unknown): string | null {
  if (typeof value !== 'string') return null;
  const words = plainWords(value);
  return words === '' ? null : words.slice(0, longestText);
}

/** `AS15169` or 15169. */
export function asNumberIn(value: unknown): number | null {
  const digits = typeof value === 'string' ? /^(?:AS)?(\d{1,10})$/i.exec(value)?.[1] : value;
  const number = Number(digits ?? Number.NaN);
  return Number.isInteger(number) && number > 0 && number < 2 ** 32 ? number : null;
}

/** Null too for what sources say in place of a country (EU, AP, ZZ): it might be any. */
export const countryIn = (value: unknown): string | null =>
  typeof value === 'string' ? countryCode(value) : null;

/** Null where neither a number nor a name nor a country is known. */
export function networkWith(network: NetworkOfAddress): NetworkOfAddress | null {
  const { asn, organisation, country } = network;
  return asn === null && organisation === null && country === null ? null : network;
}
