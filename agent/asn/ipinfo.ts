// IPinfo as a source of networks. What it is told: addresses, and the token. What is heard of it elsewhere: the network,
// or one of the sentences below; never the token, never its client's words.
import type { Log } from '../log.ts';
import { answerIn } from './ipinfo/answer.ts';
import { type Endpoint, type Reply, type Trouble, createIpinfoClient } from './ipinfo/client.ts';
import { type Ways, createUnmeteredHosts } from './ipinfo/ways.ts';
import type { NetworkAnswer, NetworkSource } from './source.ts';

export interface IpinfoParts extends Ways {
  token: string;
  /** Null: IPinfo's own. Lite's answers are looked for under /lite/ADDRESS, the others under /ADDRESS/json. */
  baseUrl: string | null;
  log: Log;
}

/** For resolving its name, and for both endpoints together. */
const limitMs = 2000;
/** After a refusal, for which nothing is to be expected of another try soon. */
const pauseMs = 600_000;
const tellEveryMs = 3_600_000;

const sentences: Readonly<Record<Trouble | 'timedOut' | 'unresolved', string>> = {
  unauthorized: 'IPinfo refuses the token in IPINFO_TOKEN; it is not asked again for 10 minutes',
  forbidden: 'IPinfo refuses the token in IPINFO_TOKEN; it is not asked again for 10 minutes',
  absent: 'IPinfo has no such service (404); is IPINFO_URL right?',
  limited: "IPinfo's limit for this token is reached; it is not asked again for 10 minutes",
  serverError: 'IPinfo answers with an error of its own',
  redirected: 'IPinfo answers with a redirection, which is not followed: the token would go along',
  unreachable: "IPinfo can't be reached",
  unreadable: "IPinfo's answer can't be read as one; is IPINFO_URL right?",
  timedOut: 'IPinfo does not answer within 2 s',
  unresolved: "IPinfo's name can't be resolved: the system's name servers give no address of it",
};
type Told = keyof typeof sentences;

const pausing: ReadonlySet<Told> = new Set(['unauthorized', 'forbidden', 'limited']);
/** It may well be the other endpoint that the token is for. */
const elsewhere: ReadonlySet<Trouble> = new Set(['forbidden', 'absent']);
const otherThan = { lite: 'legacy', legacy: 'lite' } as const;

function baseUrlsOf(given: string | null): Record<Endpoint, string> {
  if (given === null) return { lite: 'https://api.ipinfo.io/lite', legacy: 'https://ipinfo.io' };
  const base = given.replace(/\/+$/, '').replace(/\/lite$/, '');
  return { lite: `${base}/lite`, legacy: base };
}

const says = (reply: Reply, troubles: ReadonlySet<Trouble>): boolean =>
  'trouble' in reply && troubles.has(reply.trouble);
const isAbsent: ReadonlySet<Trouble> = new Set(['absent']);

export function createIpinfo({ token, baseUrl, log, ...ways }: IpinfoParts): NetworkSource {
  const baseUrls = baseUrlsOf(baseUrl);
  const ask = createIpinfoClient(token, baseUrls);
  const hostsOf = createUnmeteredHosts(ways);
  const toldMs = new Map<Told, number>();
  let preferred: Endpoint = 'lite';
  let pausedUntilMs = 0;

  const fail = (why: Told): NetworkAnswer => {
    const nowMs = performance.now();
    if (pausing.has(why)) pausedUntilMs = nowMs + pauseMs;
    if (nowMs - (toldMs.get(why) ?? Number.NEGATIVE_INFINITY) >= tellEveryMs) {
      toldMs.set(why, nowMs);
      log.warn({}, sentences[why]);
    }
    return { outcome: 'failed' };
  };

  /** Null: not asked. */
  async function askAt(endpoint: Endpoint, address: string, signal: AbortSignal): Promise<Reply | null> {
    const hosts = await hostsOf(baseUrls[endpoint], signal);
    return hosts === null ? null : ask(endpoint, address, hosts, signal);
  }

  async function answerFor(address: string, signal: AbortSignal): Promise<NetworkAnswer | Told> {
    // Before anything is waited for: look-ups under way together change it.
    const one = preferred;
    const other = otherThan[one];
    const first = await askAt(one, address, signal);
    if (first === null) return { outcome: 'notAsked' };
    const second = says(first, elsewhere) ? await askAt(other, address, signal) : null;
    if (second !== null && 'body' in second) preferred = other;
    const reply = second === null || says(second, isAbsent) ? first : second;
    if ('trouble' in reply) return reply.trouble;
    return answerIn(reply.body, address) ?? 'unreadable';
  }

  return {
    name: 'ipinfo',
    async lookUp(address, signal) {
      if (performance.now() < pausedUntilMs) return { outcome: 'failed' };
      const limit = new AbortController();
      const giveUp = (): void => limit.abort();
      const timer = setTimeout(giveUp, limitMs);
      signal.addEventListener('abort', giveUp, { once: true });
      try {
        const answer = await answerFor(address, limit.signal).catch((): Told => 'unresolved');
        if (typeof answer !== 'string') return answer;
        if (signal.aborted) return { outcome: 'failed' };
        const isLate = limit.signal.aborted && answer !== 'unresolved';
        return fail(isLate ? 'timedOut' : answer);
      } finally {
        clearTimeout(timer);
        signal.removeEventListener('abort', giveUp);
      }
    },
  };
}
