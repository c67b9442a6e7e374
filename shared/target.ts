// What a probe may be aimed at: a host, a URL, a STUN server; each in one spelling, so that policy and probe see the same.
import * as z from 'zod';
import { bracketed, canonicalHost, hostOfUrl } from './ip.ts';
import { quoted, told } from './issues.ts';

export const hostTarget = z
  .string()
  .min(1)
  .max(255)
  .refine((value) => canonicalHost(value) !== null, {
    error: ({ input }) => `must be an address or a host name, not ${quoted(input)}`,
    abort: true,
  })
  .overwrite((value) => canonicalHost(value) ?? value);

/** What keeps a text from being a URL, as far as that can be told without showing it. */
function unparsable(text: string): string {
  const [, host = '', port = ''] =
    /^https?:\/\/(?:[^/?#\\]*@)?(\[[^\]]*\]|[^/?#\\:@]+)(?::([^/?#\\@]*))?(?:[/?#\\]|$)/i.exec(text) ?? [];
  if (host === '') return 'must be a URL';
  if (!URL.canParse(`http://${host}/`)) return 'must have an address or a host name';
  return port === '' ? 'must be a URL' : 'must have a port from 1 to 65535';
}

function httpUrlProblem(text: string): string | null {
  if (!URL.canParse(text)) return unparsable(text);
  const url = new URL(text);
  if (!['http:', 'https:'].includes(url.protocol))
    return `must begin with http: or https:, not ${url.protocol}`;
  if (url.username !== '' || url.password !== '') return 'must not hold a user name or a password';
  if (url.port === '0') return 'must not have the port 0';
  return canonicalHost(url.hostname) === null ? 'must have an address or a host name' : null;
}

// Others must not read a URL in ways of their own: http://0x7f.1 and http:\\127.1 both lead to 127.0.0.1.
const spelt = (url: string): string => (URL.canParse(url) ? new URL(url).href : url);

export const httpUrl = z.string().max(2048).check(told(httpUrlProblem)).overwrite(spelt);

const isStun = (text: string): boolean => text.startsWith('stun:');

/** The server that `stun:HOST:PORT` names (IPv6 in brackets, RFC 7064); null where it names none. */
export function stunServer(text: string): { host: string; port: number } | null {
  const [, hostText = '', portText = ''] = /^stun:(\[[^\]]+\]|[^:]+):(\d{1,5})$/.exec(text) ?? [];
  const host = canonicalHost(hostText);
  const port = Number(portText);
  return host === null || port < 1 || port > 65_535 ? null : { host, port };
}

function egressTargetProblem(text: string): string | null {
  if (isStun(text)) return stunServer(text) === null ? 'must be stun:HOST:PORT' : null;
  return /^https?:/i.test(text) ? httpUrlProblem(text) : 'must be stun:HOST:PORT or an http(s) URL';
}

function egressTargetSpelt(text: string): string {
  const server = stunServer(text);
  if (server === null) return spelt(text);
  return `stun:${bracketed(server.host)}:${server.port}`;
}

export const egressTarget = z
  .string()
  .max(2048)
  .check(told(egressTargetProblem))
  .overwrite(egressTargetSpelt);

/** The host in a target that was accepted: of a URL, of a STUN server, or the target itself. */
export function hostOfTarget(target: string): string {
  const server = stunServer(target);
  if (server !== null) return server.host;
  return /^https?:/.test(target) ? hostOfUrl(new URL(target)) : (canonicalHost(target) ?? target);
}
