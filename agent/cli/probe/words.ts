// What is said of figures, the same wherever it is printed. Pure.
import type { NetworkOfAddress, Via } from '../../../shared/result.ts';

/** As ping writes them: three digits that tell something. */
export function msWords(ms: number): string {
  const digits = ms >= 100 ? 0 : ms >= 10 ? 1 : ms >= 1 ? 2 : 3;
  return `${ms.toFixed(digits)} ms`;
}

/** "AS64500 Example, DE"; null where nothing is known. */
export function networkWords(network: NetworkOfAddress | null): string | null {
  if (network === null) return null;
  const { asn, organisation, domain, country } = network;
  const who = [asn === null ? null : `AS${asn}`, organisation ?? domain]
    .filter((part) => part !== null)
    .join(' ');
  const words = [who, country].filter((part) => part !== null && part !== '').join(', ');
  return words === '' ? null : words;
}

/** "by lte, eth1, from 192.168.2.10"; empty where nothing is known of the way. */
export function viaWords({ uplink, interface: name, source }: Via): string {
  const by = [uplink, name === uplink ? null : name].filter((part) => part !== null).join(', ');
  const from = source === null ? null : `from ${source}`;
  const words = [by === '' ? null : `by ${by}`, from].filter((part) => part !== null);
  return words.join(', ');
}

/** "one.example (192.0.2.1)", an address by itself. */
export const targetWords = (target: string | null, address: string | null): string => {
  if (target === null) return address ?? 'the configured servers';
  return address === null || address === target ? target : `${target} (${address})`;
};
