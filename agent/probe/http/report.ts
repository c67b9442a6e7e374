// What curl says on stderr, read: what it wrote while it worked, and the line of JSON at its end. Pure.
import * as z from 'zod';
import { withoutPassword } from '../../../shared/issues.ts';
import type { BodyHeaders } from './text.ts';

const text = z
  .string()
  .nullish()
  .transform((value) => (value == null || value === '' ? null : value));
// As long as the URL of a request may be: a server can send fifty times as much, which no message has room for.
const mostUrlCharacters = 2048;
/** A server's URL as others may read it: without a user's name and password. An @ may stand elsewhere in it. */
function shownUrl(given: string): string {
  if (!URL.canParse(given)) return withoutPassword(given);
  const url = new URL(given);
  if (url.username === '' && url.password === '') return given;
  url.username = '';
  url.password = '';
  return url.href;
}

const seconds = z.number().default(0);

/** `%{json}` (curl(1), --write-out): the times count from the start, 0 where the phase was not come to. */
const Summary = z.object({
  response_code: z.int().default(0),
  redirect_url: text.transform((url) => (url === null ? null : shownUrl(url).slice(0, mostUrlCharacters))),
  local_ip: text,
  remote_ip: text,
  /** From 7.88 on. */
  certs: text,
  /** From 7.75 on. */
  errormsg: text,
  size_header: z.number().default(0),
  time_namelookup: seconds,
  time_connect: seconds,
  time_appconnect: seconds,
  time_pretransfer: seconds,
  time_starttransfer: seconds,
  time_total: seconds,
});
export type Summary = z.output<typeof Summary>;

export interface Report extends BodyHeaders {
  /** Null where curl did not come to its end. */
  summary: Summary | null;
  /** How far it came: a first packet was sent, somebody took a connection. */
  connection: 'none' | 'tried' | 'made';
  /** Each connection that failed, in the kernel's words. */
  refused: { address: string; words: string }[];
  /** The length of the body as its headers tell it; null where they don't. */
  announcedBytes: number | null;
  /** The line that ends an answer's headers was there. */
  headersEnded: boolean;
  /** The kernel refused curl the interface, so that it took the interface's address, which binds to no uplink. */
  boundToAddress: boolean;
  /** What curl complains of; null where of nothing. */
  complaint: string | null;
}

const noHeaders = { announcedBytes: null, contentType: null, contentEncoding: null, headersEnded: false };

export const nothingReported: Report = {
  summary: null,
  connection: 'none',
  refused: [],
  ...noHeaders,
  boundToAddress: false,
  complaint: null,
};

/** Words for a connection that the other end itself refused. */
export const peerRefusal = 'Connection refused';

const mostRefused = 8;
const mostWords = 300;

/** Control characters and line ends are a server's only in jest. */
const flat = (words: string): string =>
  words
    .replace(/[\p{Cc}\s]+/gu, ' ')
    .trim()
    .slice(0, mostWords);

function summaryOf(line: string): Summary | null {
  try {
    return Summary.parse(JSON.parse(line));
  } catch {
    return null;
  }
}

/** Of an encoding in several steps each has a line, or all have one. What stands behind the headers is a trailer. */
function withHeader(report: Report, [, name = '', value = '']: readonly string[]): Report {
  if (report.headersEnded) return report;
  if (/type/i.test(name)) return { ...report, contentType: flat(value) };
  const steps = report.contentEncoding === null ? [value] : [report.contentEncoding, value];
  return { ...report, contentEncoding: flat(steps.join(',')) };
}

/** The address and the words of a connection that failed, after a while or at once. */
const connectionFailed = (line: string): readonly string[] =>
  /^\* +connect to (\S+) port \d+ (?:from .*)?failed: (.+)$/.exec(line) ??
  /^\* +Immediate connect fail for (\S+): (.+)$/.exec(line) ??
  [];

/** Takes a line in. What the server says stands behind `< ` and can't pass for curl's own words. */
export function withLine(report: Report, line: string): Report {
  if (line.startsWith('{"')) return { ...report, summary: summaryOf(line) ?? report.summary };
  if (line.startsWith('< HTTP/')) return { ...report, ...noHeaders };
  if (/^<\s*$/.test(line)) return { ...report, headersEnded: true };
  if (line.startsWith('* Local Interface ')) return { ...report, boundToAddress: true };
  if (/^\* +Trying /.test(line) && report.connection === 'none') return { ...report, connection: 'tried' };
  if (/^\* (?:Connected|Established connection) to /.test(line)) return { ...report, connection: 'made' };
  const [, length] = /^< content-length:\s*(\d{1,15})\s*$/i.exec(line) ?? [];
  if (length !== undefined) return { ...report, announcedBytes: Number(length) };
  const header = /^< content-(type|encoding):(.*)$/i.exec(line);
  if (header !== null) return withHeader(report, header);
  const [, complaint] = /^curl: \(\d+\) (.+)$/.exec(line) ?? [];
  if (complaint !== undefined) return { ...report, complaint: report.complaint ?? flat(complaint) };
  const [, address, words] = connectionFailed(line);
  if (address === undefined || words === undefined || report.refused.length >= mostRefused) return report;
  return { ...report, refused: [...report.refused, { address, words: flat(words) }] };
}

/** Curl's own words for what went wrong. */
export const wordsOf = ({ summary, complaint }: Report): string =>
  flat(summary?.errormsg ?? '') || (complaint ?? 'it does not say why');

/**
 * Days until the server's own certificate expires, which is the first of those it showed; negative where it has. Null
 * where curl shows none.
 */
export function daysLeft(certs: string | null, nowMs: number): number | null {
  const [, date = ''] = /^Expire date: ?(.+)$/m.exec(certs ?? '') ?? [];
  const days = (Date.parse(date) - nowMs) / 86_400_000;
  return Number.isNaN(days) ? null : Math.floor(days * 100) / 100;
}
