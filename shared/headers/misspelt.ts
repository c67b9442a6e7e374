// Names that are none of ours but were meant to be: a condition nobody reads would pass for ever.
import { type Field, fields } from '../headers.ts';
import { nearest } from '../nearest.ts';
import { remembered } from '../remember.ts';

// A name that begins like this, or has such a part anywhere, was meant as an expectation, however it goes on. The short
// words count only where a part begins or ends with them: others' names hold their letters by chance (StartTime: rtt).
const likeAnExpectation =
  /^((min|max)(latency|loss|jitter|hops|ping|rtt|delay)|route|hopsmust|(must)?(in|ex)clude)/i;
const partOfAnExpectation =
  /latency|jitter|hops|route(?!r)|(^|[-_])(rtt|loss|org|asn)|(rtt|loss|org|asn)s?(?=[-_]|$)/i;
const wordOfAnExpectation = /(^|[a-z])(Rtt|RTT|Loss|Org|ASN|Asn)(?![a-z])/;

// Real headers with such a part: a CDN's word for its client's network, and the tenants of Loki, Grafana and others.
const realAllTheSame =
  /^(x-forwarded-.*|cloudfront-viewer-asn|cf-ipasn|x-client-asn|x-scope-orgid|x-grafana-org-id|openai-organization|x-organization(-id)?)$/i;

// What else people call the uplink.
const wordsForVia = ['uplink', 'interface', 'iface', 'dev', 'wan'];

// Query keys that get into a request without its asker's doing: against caches. All others are refused: whoever writes
// a query writes it for this bridge, and a condition in it that nobody reads would pass.
const othersParameters = /^(_|nocache|cachebust.*|uptime_kuma_cachebuster)$/i;

// Short or common words that other software may use for itself; missing them makes no probe pass.
const tooCommon = ['id', 'name', 'force'];

const spelt = (word: string): string => word.toLowerCase().replace(/[-_]/g, '');

const spellings = fields.flatMap((field) =>
  [field.header, field.name].filter((word) => word !== null).map((word) => ({ word: spelt(word), field })),
);
const guessable = spellings.filter(({ word }) => !tooCommon.includes(word));

function guessed(word: string): Field | null {
  const given = spelt(word);
  if (given.length < 3) return null;
  if (wordsForVia.includes(given)) return fields.find(({ name }) => name === 'via') ?? null;
  const begun = guessable.find(
    (spelling) =>
      likeAnExpectation.test(given) && (spelling.word.startsWith(given) || given.startsWith(spelling.word)),
  );
  const close = nearest(
    given,
    guessable.map((spelling) => spelling.word),
  );
  return (begun ?? guessable.find((spelling) => spelling.word === close))?.field ?? null;
}

/**
 * The field a word was probably meant for: it begins like it, or is two slips away from it. Clients send the same few
 * headers with each request, and each costs 30 comparisons.
 */
const meantBy = remembered(500, guessed);

const looksLikeAnExpectation = (name: string): boolean =>
  likeAnExpectation.test(spelt(name)) || partOfAnExpectation.test(name) || wordOfAnExpectation.test(name);

const asHeader = ({ header, name }: Field): string => header ?? `the query parameter ${name}`;

/** Why a header that is no field's can't be passed over; null where it is someone else's. */
export function strangeHeader(name: string, value: string): string | null {
  // A proxy's own Via (RFC 9110 §7.6.3) has a protocol version before its name; ours would be one word.
  if (/^via$/i.test(name))
    return /\s/.test(value.trim()) ? null : "is a proxy's header; did you mean Source?";
  if (/^reply-?to$/i.test(name)) return 'is not for HTTP: the answer is the reply';
  const same = fields.find((field) => field.name.toLowerCase() === name.toLowerCase());
  if (same !== undefined) {
    return same.header === null
      ? `is a query parameter, not a header: ?${same.name}=`
      : `is no header of this bridge; did you mean ${same.header}?`;
  }
  const meant = meantBy(name);
  if (meant !== null) return `is no header of this bridge; did you mean ${asHeader(meant)}?`;
  return looksLikeAnExpectation(name) && !realAllTheSame.test(name)
    ? 'looks like an expectation but is none'
    : null;
}

/** Why a query parameter that is no field's can't be passed over; null where it is no asker's. */
export function strangeParameter(name: string): string | null {
  if (/^reply-?to$/i.test(name)) return 'is not for HTTP: the answer is the reply';
  if (name === 'kind') return 'is said by the path, not by a parameter';
  if (/^expect(?![a-z])/i.test(name))
    return 'is not needed: each expectation is a parameter, as in ?minLatencyMs=10';
  if (/^host$/i.test(name)) return 'is no parameter of this bridge; did you mean target?';
  const meant = meantBy(name);
  if (meant !== null) return `is no parameter of this bridge; did you mean ${meant.name}?`;
  if (looksLikeAnExpectation(name)) return 'looks like an expectation but is none';
  return othersParameters.test(name) ? null : 'is no parameter of this bridge';
}
