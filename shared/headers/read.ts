// Headers and query of one HTTP request → the body that parseRequest takes, or problems named as the user wrote.
import { type Field, fields } from '../headers.ts';
import type { FieldProblem } from '../issues.ts';
import type { Kind } from '../request.ts';
import { conclude, notOfThisKind, targetProblem } from './conclude.ts';
import { type OwnPlace, targetFromHost } from './host.ts';
import { strangeHeader, strangeParameter } from './misspelt.ts';
import { decoded, quoted, readValues } from './value.ts';

export interface HttpWords {
  /** Each header line as it came, names as written, values as latin-1 (Node's rawHeaders, in pairs). */
  headers: readonly (readonly [name: string, value: string])[];
  /** What follows the `?`, not decoded. */
  query: string;
}

/**
 * `body` holds what could be read in any case, so that a refusal can name its target and id. `targetFromHost`: the
 * target is what the Host header says, which every request carries, its asker's wish or not.
 */
export type HttpReading = { body: Record<string, unknown>; targetFromHost: boolean } & (
  { ok: true } | { ok: false; problems: FieldProblem[] }
);

interface Given {
  written: string;
  values: string[];
  isHeader: boolean;
}

const byHeader = new Map(fields.map((field) => [field.header?.toLowerCase(), field]));
const byParameter = new Map(fields.map((field) => [field.name, field]));

// curl and browsers send UTF-8, Uptime Kuma latin-1; text in latin-1 is hardly ever valid UTF-8.
function textOfHeader(value: string): string {
  if (!/[\u0080-\u00ff]/.test(value)) return value.trim();
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(value, 'latin1')).trim();
  } catch {
    return value.trim();
  }
}

type Found = { given: Map<Field, Given>; problems: FieldProblem[] };

function add(
  given: Map<Field, Given>,
  field: Field,
  written: string,
  value: string,
  isHeader: boolean,
): void {
  const before = given.get(field);
  if (before === undefined) given.set(field, { written, values: [value], isHeader });
  else before.values.push(value);
}

function fromHeaders(headers: HttpWords['headers']): Found {
  const found: Found = { given: new Map(), problems: [] };
  for (const [name, value] of headers) {
    const field = byHeader.get(name.toLowerCase());
    const message = field === undefined ? strangeHeader(name, value) : null;
    if (field !== undefined) add(found.given, field, name, textOfHeader(value), true);
    else if (message !== null) found.problems.push({ path: name, message });
  }
  return found;
}

function fromQuery(query: string): Found {
  const found: Found = { given: new Map(), problems: [] };
  for (const pair of query.split('&').filter((part) => part !== '')) {
    const cut = pair.includes('=') ? pair.indexOf('=') : pair.length;
    const [key, value] = [pair.slice(0, cut), pair.slice(cut + 1)].map((part) => part.replaceAll('+', ' '));
    const name = decoded(key ?? '') ?? pair.slice(0, cut);
    const text = decoded(value ?? '');
    const field = byParameter.get(name);
    const message = field === undefined ? strangeParameter(name) : null;
    if (message !== null) found.problems.push({ path: name, message });
    else if (field !== undefined && text !== null) add(found.given, field, name, text.trim(), false);
    else if (field !== undefined) {
      const broken = `has a % that begins no percent-encoding: ${quoted(value ?? '')}`;
      found.problems.push({ path: name, message: broken });
    }
  }
  return found;
}

const hostIsTarget = (kind: Kind): boolean => kind === 'ping' || kind === 'traceroute';

/** Reads one request of a kind from its headers and query (pure). Never throws. */
export function readHttpRequest(kind: Kind, words: HttpWords, own: OwnPlace): HttpReading {
  const headers = fromHeaders(words.headers);
  const query = fromQuery(words.query);
  const given = new Map([...headers.given, ...query.given]);
  const problems = [...headers.problems, ...query.problems];
  const body: Record<string, unknown> = {};
  const expect: Record<string, unknown> = {};
  const bad = new Set(query.problems.map(({ path }) => path));

  for (const [field, { written, values, isHeader }] of given) {
    const reading = readValues(field, values, isHeader ? 'header' : 'query');
    const [text] = values;
    const foreign = notOfThisKind(field, kind);
    const message =
      foreign ??
      (reading.ok ? null : reading.message) ??
      (field.name === 'target' && text !== undefined ? targetProblem(kind, text) : null);
    if (message !== null) problems.push({ path: written, message });
    if (message !== null) bad.add(field.name);
    else if (reading.ok) (field.part === 'expect' ? expect : body)[field.name] = reading.value;
  }

  const hosts = words.headers.filter(([name]) => name.toLowerCase() === 'host');
  const names = new Map([...given].map(([field, { written }]) => [field.name, written]));
  if (hosts.length > 1) problems.push({ path: 'Host', message: `is given ${hosts.length} times` });
  const targetGiven = names.has('target') || bad.has('target');
  if (!targetGiven) {
    const [line] = hosts;
    const fallback =
      hostIsTarget(kind) && line !== undefined ? targetFromHost(textOfHeader(line[1]), own) : null;
    if (fallback?.ok === true) body['target'] = fallback.target;
    else if (fallback !== null) problems.push({ path: line?.[0] ?? 'Host', message: fallback.message });
    else if (kind !== 'egress')
      problems.push({ path: '', message: 'no target: give it in the header Target or as ?target=' });
    if (body['target'] === undefined) bad.add('target');
  }
  const concluded = conclude(kind, { ...body, expect }, problems, { names, bad });
  return { ...concluded, targetFromHost: !targetGiven && hostIsTarget(kind) };
}
