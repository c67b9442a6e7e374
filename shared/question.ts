// What a name server is asked for: a name as DNS has them, which are more than hosts have.
import * as z from 'zod';
import { canonicalHost, familyOf } from './ip.ts';
import { quoted } from './issues.ts';
import { reverseName } from './reverse.ts';
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
  const isReverse = question.recordType === 'PTR' && familyOf(question.name) !== null;
  return isReverse ? { ...question, name: reverseName(question.name) } : question;
}
