// IPinfo's own client, fenced in: the one caller of node-ipinfo. Its errors hold the token, so none of them goes further
// than this file; it would follow a redirection with the token, read an endless body, keep an empty answer for a day,
// and refuse addresses of the documentation: so of all it does only its request is used, with bounds.
import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import type { LookupFunction } from 'node:net';
import { ApiLimitError, IPinfoLiteWrapper, IPinfoWrapper } from 'node-ipinfo';
import { familyOf } from '../../../shared/ip.ts';
import { isRecord } from '../../../shared/record.ts';

/** `lite` is the free service; `legacy` the one before it, which paid tokens may ask too. */
export type Endpoint = 'lite' | 'legacy';

export type Trouble =
  | 'unauthorized'
  | 'forbidden'
  | 'absent'
  | 'limited'
  | 'serverError'
  | 'redirected'
  | 'unreachable'
  | 'unreadable';

export type Reply = { body: unknown } | { trouble: Trouble };

/** Asks about an address by these addresses of the service's host, and no others. Never rejects; ends with the signal. */
export type AskIpinfo = (
  endpoint: Endpoint,
  address: string,
  hosts: readonly string[],
  signal: AbortSignal,
) => Promise<Reply>;

const longestAnswerBytes = 64 * 1024;

/** The signal's is the one limit: the client's begins again with the body, and leaves its timer behind. */
const noTimeout = 0;
const keepsNothing = { get: () => undefined, set: () => undefined };

const isResponse = (value: unknown): value is { text(): Promise<unknown> } =>
  typeof value === 'object' && value !== null && 'text' in value && typeof value.text === 'function';

/** What the status says of the trouble; the client tells it behind the token, in words. */
function statusIn(message: string, token: string): number {
  const [, said = ''] = message.split(`Bearer ${token}) `);
  return Number(/^\d{3}/.exec(said)?.[0] ?? 0);
}

const troubleOfStatus: Readonly<Record<number, Trouble>> = {
  401: 'unauthorized',
  403: 'forbidden',
  404: 'absent',
};

const troubleOfType: Readonly<Record<string, Trouble>> = {
  'no-redirect': 'redirected',
  'max-size': 'unreadable',
};

function troubleIn(error: unknown, token: string): Trouble {
  if (error instanceof ApiLimitError) return 'limited';
  if (!(error instanceof Error)) return 'unreachable';
  const status = statusIn(error.message, token);
  if (status > 0) return troubleOfStatus[status] ?? (status < 500 ? 'unreadable' : 'serverError');
  const type = 'type' in error && typeof error.type === 'string' ? error.type : '';
  return troubleOfType[type] ?? 'unreachable';
}

function bodyIn(text: unknown): Reply {
  try {
    const body: unknown = JSON.parse(String(text));
    return isRecord(body) ? { body } : { trouble: 'unreadable' };
  } catch {
    return { trouble: 'unreadable' };
  }
}

/** Leads every name to these addresses: by another one the way there might be metered. */
function leadingTo(hosts: readonly string[]): LookupFunction {
  const all = hosts.map((address) => ({ address, family: familyOf(address) ?? 4 }));
  return (_name, { all: wantsAll }, done) => {
    if (wantsAll === true) done(null, all);
    else done(null, all[0]?.address ?? '', all[0]?.family);
  };
}

/** `baseUrls` without a slash at their ends. */
export function createIpinfoClient(token: string, baseUrls: Readonly<Record<Endpoint, string>>): AskIpinfo {
  const lite = new IPinfoLiteWrapper(token, keepsNothing, noTimeout, undefined, baseUrls.lite);
  const legacy = new IPinfoWrapper(token, keepsNothing, noTimeout, undefined, baseUrls.legacy);
  return async (endpoint, address, hosts, signal) => {
    const secure = baseUrls[endpoint].startsWith('https:');
    const agent = new (secure ? HttpsAgent : HttpAgent)({ lookup: leadingTo(hosts) });
    const over = new AbortController();
    const end = (): void => over.abort();
    signal.addEventListener('abort', end, { once: true });
    if (signal.aborted) end();
    const init = { agent, redirect: 'error', size: longestAnswerBytes, signal: over.signal };
    try {
      const response: unknown = await (endpoint === 'lite'
        ? lite.fetchApi(address, init)
        : legacy.fetchApi(`${address}/json`, init));
      return isResponse(response) ? bodyIn(await response.text()) : { trouble: 'unreadable' };
    } catch (error) {
      return { trouble: troubleIn(error, token) };
    } finally {
      signal.removeEventListener('abort', end);
      // Ends what was not read to its end: after a refusal the client leaves the connection open.
      end();
      agent.destroy();
    }
  };
}
