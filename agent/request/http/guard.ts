// What the bridge refuses before anything becomes a probe: web pages, strangers, unknown paths and methods.
import type { IncomingHttpHeaders, OutgoingHttpHeaders } from 'node:http';
import { kinds } from '../../../shared/request.ts';
import { showsToken } from './token.ts';

export interface Refusal {
  status: number;
  reason: string;
  headers?: OutgoingHttpHeaders;
}

export interface Arrival {
  method: string;
  path: string;
  httpVersion: string;
  headers: IncomingHttpHeaders;
}

export const healthPath = '/healthz';
export const metricsPath = '/metrics';
export const monitorsPath = '/monitors';
const paths = [...kinds.map((kind) => `/${kind}`), healthPath, metricsPath, monitorsPath];

// Whether there is such a monitor, the page itself says.
const ofMonitor = /^\/monitors\/[^/]+(?:\/history)?$/;
const isKnown = (path: string): boolean => paths.includes(path) || ofMonitor.test(path);

const named = [...paths, `${monitorsPath}/NAME`, `${monitorsPath}/NAME/history`];

export const notFound: Refusal = { status: 404, reason: `no such path; there are ${named.join(', ')}` };

/** Larger bodies are cut off; none is ever read. */
export const longestBodyBytes = 65_536;

const challenges = ['Bearer realm="pathproof"', 'Basic realm="pathproof", charset="UTF-8"'];

/** `/ping/` is `/ping`: a redirect would send Uptime Kuma to the host it overrode. */
export const plainPath = (path: string): string => (path.length > 1 ? path.replace(/\/$/, '') : path);

// A page in anybody's browser can reach loopback; what it can't do is hide where it comes from.
function fromWebPage({ headers }: Arrival): boolean {
  const site = headers['sec-fetch-site'];
  const fromElsewhere = site !== undefined && site !== 'none' && site !== 'same-origin';
  return headers.origin !== undefined || fromElsewhere;
}

/** Why this goes no further, or null. The order matters: a stranger learns nothing about paths. */
export function refusalOf(arrival: Arrival, token: string | null): Refusal | null {
  const { method, headers } = arrival;
  const path = plainPath(arrival.path);
  if (fromWebPage(arrival)) {
    return { status: 403, reason: 'requests from web pages are refused (Origin, Sec-Fetch-Site)' };
  }
  if (headers.host === undefined && arrival.httpVersion === '1.1') {
    return { status: 400, reason: 'the request has no Host header, which HTTP/1.1 requires' };
  }
  if (token !== null && path !== healthPath && !showsToken(headers.authorization, token)) {
    const fault = headers.authorization === undefined ? 'the token is missing' : 'the token is wrong';
    const reason = `${fault}: send Authorization: Bearer TOKEN, or TOKEN as the password of Basic (BRIDGE_TOKEN)`;
    return { status: 401, reason, headers: { 'www-authenticate': challenges } };
  }
  if (!isKnown(path)) return notFound;
  if (method !== 'GET' && method !== 'HEAD') {
    const reason = `${method} is not answered here; use GET or HEAD`;
    return { status: 405, reason, headers: { allow: 'GET, HEAD' } };
  }
  if (Number(headers['content-length'] ?? 0) > longestBodyBytes) {
    return { status: 413, reason: `the body is too large; none is needed`, headers: { connection: 'close' } };
  }
  return null;
}
