// IPinfo's answers in all their forms: Lite's, the legacy one, and the legacy one of those who pay. Pure.
import { canonicalAddress, networkContains, parseNetwork, unmapped } from '../../../shared/ip.ts';
import { isRecord } from '../../../shared/record.ts';
import { type NetworkAnswer, asNumberIn, countryIn, networkWith, wordsIn } from '../source.ts';

type Fields = Readonly<Record<string, unknown>>;

interface Origin {
  asn: number | null;
  organisation: string | null;
  domain: string | null;
  prefix: string | null;
}

const liteOrigin = (answer: Fields): Origin => ({
  asn: asNumberIn(answer['asn']),
  organisation: wordsIn(answer['as_name']),
  domain: wordsIn(answer['as_domain']),
  prefix: null,
});

function paidOrigin(asn: Fields, address: string): Origin {
  const route = parseNetwork(wordsIn(asn['route']) ?? '');
  const holds = route !== null && networkContains(route, address);
  return {
    asn: asNumberIn(asn['asn']),
    organisation: wordsIn(asn['name']),
    domain: wordsIn(asn['domain']),
    prefix: holds ? `${route.address}/${route.prefixLength}` : null,
  };
}

/** "AS15169 Google LLC". */
function legacyOrigin(org: unknown): Origin {
  const words = wordsIn(org) ?? '';
  const [, number = null, rest = words] = /^(AS\d+)\s*(.*)$/i.exec(words) ?? [];
  return { asn: asNumberIn(number), organisation: wordsIn(rest), domain: null, prefix: null };
}

function originIn(answer: Fields, address: string): Origin {
  const { asn, org } = answer;
  if (isRecord(asn)) return paidOrigin(asn, address);
  return asn === undefined && org !== undefined ? legacyOrigin(org) : liteOrigin(answer);
}

/** Null where it is no answer of IPinfo's to that question. */
export function answerIn(body: unknown, address: string): NetworkAnswer | null {
  if (!isRecord(body) || typeof body['ip'] !== 'string') return null;
  if (unmapped(canonicalAddress(body['ip']) ?? '') !== address) return null;
  const country = countryIn(body['country_code']) ?? countryIn(body['country']);
  const network = networkWith({ ...originIn(body, address), country, source: 'ipinfo' });
  return network === null ? { outcome: 'unknown' } : { outcome: 'known', network };
}
