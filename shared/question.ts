// What a name server is asked for: a name as DNS has them, which are more than hosts have.
import * as z from 'zod';
import { canonicalHost, familyOf } from './ip.ts';
import { quoted } from './issues.ts';
import { wordOf } from './words.ts';

export const recordTypes = ['A', 'AAAA', 'CNAME', 'MX', 'NS', 'PTR', 'SOA', 'SRV', 'TXT'] as const;
export const recordType = wordOf(recordTypes);

/** A host's name or address, the root (`.`), or a wildcard as it stands in a zone (`*.one.example`); null for all else. */
function canonicalName(text: string): string | null {
  if (text === '.') return text;
  const wildcard = text.startsWith('*.');
  const host = canonicalHost(wildcard ? text.slice(2) : text);
  if (host === null || (wildcard && familyOf(host) !== null)) return null;
  return wildcard ? `*.${host}` : host;
}

export const questionName = z
  .string()
  .min(1)
  .max(255)
  .refine((value) => canonicalName(value) !== null, {
    error: ({ input }) => `must be a name, not ${quoted(input)}`,
    abort: true,
  })
  .overwrite((value) => canonicalName(value) ?? value);

/** The name under which an address stands in the reverse tree (RFC 1035 §3.5, RFC 3596 §2.5); null of what is none. */
export function reverseName(address: string): string | null {
  const family = familyOf(address);
  if (family === null) return null;
  if (family === 4) return `${address.split('.').toReversed().join('.')}.in-addr.arpa`;
  // A URL's host has no dotted part: at most one :: and hexadecimal groups (WHATWG URL §3.5).
  const text = new URL(`http://[${address}]`).hostname.slice(1, -1);
  const [before = [], after = []] = text
    .split('::')
    .map((part) => part.split(':').filter((group) => group !== ''));
  const zeros = Array<string>(8 - before.length - after.length).fill('0');
  const digits = [...before, ...zeros, ...after].map((group) => group.padStart(4, '0')).join('');
  return `${Array.from(digits).toReversed().join('.')}.ip6.arpa`;
}

interface Question {
  name: string;
  recordType: string;
}

/** An address has a name to be asked for (PTR), but is none itself. */
export function addressAsName({ value, issues }: z.core.ParsePayload<Question>): void {
  if (value.recordType === 'PTR' || familyOf(value.name) === null) return;
  const message = `must be a name, not the address ${value.name}; recordType PTR asks for the name of an address`;
  issues.push({ code: 'custom', message, path: ['name'], input: value });
}

/** A PTR question for an address is one for its name in the reverse tree. */
export function asAsked<Q extends Question>(question: Q): Q {
  const name = question.recordType === 'PTR' ? reverseName(question.name) : null;
  return name === null ? question : { ...question, name };
}
