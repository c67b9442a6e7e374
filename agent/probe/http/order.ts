// What curl is told to do, as the text of its configuration (curl(1), -K). Pure.
import { bracketed, familyOf, hostOfUrl } from '../../../shared/ip.ts';

/** One fetch, bound to an interface. */
export interface Order {
  url: URL;
  method: 'GET' | 'HEAD';
  interfaceName: string;
  /** What the URL's host stands for; all of one family, and each checked against the policy. */
  addresses: readonly string[];
  timeoutMs: number;
  /** No more of a body is fetched. */
  mostBodyBytes: number;
}

const usualPorts: Readonly<Record<string, string>> = { 'http:': '80', 'https:': '443' };
export const portOf = ({ port, protocol }: URL): string => port || (usualPorts[protocol] ?? '');

const quoted = (value: string): string => `"${value.replace(/["\\]/g, '\\$&')}"`;

// To stderr, where it stands apart from the body.
const writeOut = String.raw`%{stderr}\n%{json}\n`;

/**
 * The answer's body comes on stdout, all else on stderr: what curl says while it works (`verbose`), then a line of JSON.
 * Redirections are not followed, since nothing asks for it, and neither proxies nor a name server are spoken to: every
 * name stands for the addresses given.
 */
export function configFor({ url, method, interfaceName, addresses, timeoutMs }: Order): string {
  const bare = new URL(url);
  bare.hash = '';
  const seconds = (timeoutMs / 1000).toFixed(3);
  const places = `*:${portOf(url)}:${addresses.map(bracketed).join(',')}`;
  const options = [
    `url = ${quoted(bare.href)}`,
    'proto = "=http,https"',
    'noproxy = "*"',
    `interface = ${quoted(`if!${interfaceName}`)}`,
    ...(familyOf(hostOfUrl(url)) === null ? [`resolve = ${quoted(places)}`] : []),
    'globoff',
    // Else it keeps back what is less than a block until more comes, and where the body is cut is seen too late.
    'no-buffer',
    'silent',
    'show-error',
    'verbose',
    `connect-timeout = ${seconds}`,
    `max-time = ${seconds}`,
    'user-agent = "pathproof"',
    // HEAD's headers would be written where a body is expected.
    ...(method === 'HEAD' ? ['head', 'output = "/dev/null"'] : []),
    `write-out = "${writeOut}"`,
  ];
  return `${options.join('\n')}\n`;
}
