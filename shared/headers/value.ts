// One field's text as HTTP carries it, read into the value a request holds; or why it can't be.
import type { Field } from '../headers.ts';

/** Where a field was given: each loses and adds other things on its way. */
export type Place = 'header' | 'query' | 'commandLine';

export type Reading = { ok: true; value: unknown } | { ok: false; message: string };

const refused = (message: string): Reading => ({ ok: false, message });
const read = (value: unknown): Reading => ({ ok: true, value });

/** A user's text in an error, kept short. */
export const quoted = (text: string): string =>
  JSON.stringify(text.length > 60 ? `${text.slice(0, 57)}…` : text);

// What JSON, JavaScript and templates put where a value was meant to be (Uptime Kuma sends null as "null").
const standIns = /^(null|nan|undefined)$/i;

// Uptime Kuma drops characters above U+00FF, so that a name in another script arrives as nothing at all.
const lostCharacters = 'characters beyond Latin-1 get lost on the way, so percent-encode them';

function scalar(text: string, reads: Field['reads']): Reading {
  if (reads === 'number') {
    const isNumber = /^-?\d+(\.\d+)?$/.test(text) && text.length <= 20;
    return isNumber ? read(Number(text)) : refused(`must be a number, not ${quoted(text)}`);
  }
  if (reads === 'boolean') {
    return text === 'true' || text === 'false'
      ? read(text === 'true')
      : refused(`must be true or false, not ${quoted(text)}`);
  }
  if (standIns.test(text))
    return refused(`must be a value, not ${quoted(text)}; leave it out to ask for none`);
  return read(reads === 'family' && /^[46]$/.test(text) ? Number(text) : text);
}

/** Reads all values given for a field under one name. */
export function readValues(field: Field, values: readonly string[], place: Place): Reading {
  if (values.some((value) => value === '')) {
    const hint = place === 'header' && field.reads === 'list' ? ` (${lostCharacters})` : '';
    return refused(`is empty; give it a value or leave it out${hint}`);
  }
  if (field.reads !== 'list') {
    const [only = '', ...more] = values;
    return more.length > 0 ? refused(`is given ${values.length} times`) : scalar(only, field.reads);
  }
  const elements: string[] = [];
  for (const value of values) {
    const list = readList(value, place !== 'commandLine');
    if (typeof list === 'string') return refused(list);
    elements.push(...list);
  }
  return read(elements);
}

const quotedElement = /^"([^"]*)"\s*(?:,|$)/;
const plainElement = /^([^,]*)(?:,|$)/;

/**
 * The elements of a comma-separated list, or what is wrong with it. Double quotes keep an element as it stands; others
 * are percent-decoded where they came over HTTP.
 */
function readList(text: string, isEncoded: boolean): string[] | string {
  const elements: string[] = [];
  let rest = text.trim();
  let open = true;
  while (open) {
    const isQuoted = rest.startsWith('"');
    const [taken, written = ''] = (isQuoted ? quotedElement : plainElement).exec(rest) ?? [];
    if (taken === undefined) return `has a double quote that does not end at a comma: ${quoted(rest)}`;
    const element = isQuoted || !isEncoded ? written : decoded(written);
    if (element === null) {
      return `has a % that begins no percent-encoding: ${quoted(written)}; write %25 for it, or quote the element`;
    }
    if (isEncoded && !isQuoted && written.includes('"')) {
      return `has a double quote within an element: ${quoted(written)}; write %22 for it`;
    }
    if (element.trim() === '') return `has an empty element: ${quoted(text)}`;
    if (!isQuoted && standIns.test(element.trim())) return `has the element ${quoted(element.trim())}`;
    elements.push(element.trim());
    open = taken.endsWith(',');
    rest = rest.slice(taken.length).trim();
  }
  return elements;
}

/** Percent-decoded as UTF-8 (RFC 3986 §2.1); null where that can't be. */
export function decoded(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}
