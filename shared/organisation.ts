// How an organisation is named in a request: an AS number in one spelling, or words of a name or domain. A spelling that
// nothing can match is refused: an exclusion by it would always pass.
import * as z from 'zod';
import { quoted } from './issues.ts';

/** Words as they are compared: on one line, blanks collapsed, without characters that nobody sees. */
export const plainWords = (text: string): string =>
  text
    .replace(/[\p{Cf}\p{Default_Ignorable_Code_Point}]+/gu, '')
    .replace(/[\s\p{Cc}]+/gu, ' ')
    .trim();

const highestNumber = 2 ** 32 - 1;

type Reading = { spelt: string } | { problem: string };

/** AS64500, ASN64500 or AS 64500; words behind it are its name (`AS64500 Example`, as findings and IPinfo write it). */
function numberIn(text: string): Reading | null {
  const [, digits, behind = ''] = /^ASN? ?(\d+)(.*)$/i.exec(text.normalize('NFKC')) ?? [];
  if (digits === undefined) return null;
  const number = Number(digits);
  if (number < 1 || number > highestNumber) {
    return { problem: `must have an AS number from 1 to ${highestNumber}, not ${quoted(text)}` };
  }
  const spelt = `AS${number}`;
  if (behind === '' || behind.startsWith(' ')) return { spelt };
  const meant = `did you mean ${spelt}?`;
  return {
    problem: `must have nothing but a blank and a name behind its AS number, not ${quoted(text)}; ${meant}`,
  };
}

/** What a text of a form that no name and no domain has may stand for; null where it has none of these. */
function meantBy(text: string): string | null {
  const [, digits] = /^(?:ASN?[-:#._/ ]+)?(\d+)$/i.exec(text.normalize('NFKC')) ?? [];
  if (digits !== undefined) return `AS${Number(digits)}`;
  if (/^[a-z][a-z\d+.-]*:\/\//i.test(text)) return URL.canParse(text) ? new URL(text).hostname : '';
  return /^\*?\.(.*)$/.exec(text)?.[1] ?? null;
}

function readingOf(text: string): Reading {
  const numbered = numberIn(text);
  if (numbered !== null) return numbered;
  const meant = meantBy(text);
  // A domain may be written with the root behind it; what sources know has none.
  if (meant === null) return { spelt: text.replace(/^(\S+\.\S+)\.$/, '$1') };
  const hint = meant === '' ? '' : `; did you mean ${meant}?`;
  const wanted = 'an AS number such as AS64500, or a part of a name or of a domain';
  return { problem: `must be ${wanted}, not ${quoted(text)}${hint}` };
}

export const organisation = z
  .string()
  .overwrite(plainWords)
  .min(1)
  .max(200)
  .check((context) => {
    const reading = readingOf(context.value);
    if (!('problem' in reading)) return;
    context.issues.push({ code: 'custom', message: reading.problem, input: context.value });
  })
  .overwrite((text) => {
    const reading = readingOf(text);
    return 'spelt' in reading ? reading.spelt : text;
  })
  .meta({
    description: 'an AS number (AS64500, matched whole) or a part of the name or of the domain, case apart',
  });
