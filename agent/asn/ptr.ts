// One reverse question over DNS (RFC 1035 §3.5, RFC 3596 §2.5), put only to servers that may be asked.
import { canonicalHost, familyOf } from '../../shared/ip.ts';
import { reverseName } from '../../shared/reverse.ts';
import type { AskName, NameAnswer } from './names.ts';
import { type NewResolver, type UnmeteredServers, createUnmeteredAsker, saysNone } from './unmetered.ts';

const notAsked: NameAnswer = { outcome: 'notAsked', name: null };

/** What strangers call their machines, as it may be shown: a plain host name and no address; null for all else. */
function hostNameIn(text: string): string | null {
  const host = canonicalHost(text);
  return host === null || familyOf(host) !== null ? null : host;
}

/** Of several names the first in the alphabet: servers give them in turns, and a hop is to keep its name. */
function answerWith(names: readonly string[]): NameAnswer {
  const name = names.flatMap((text) => hostNameIn(text) ?? []).sort()[0];
  return name === undefined ? { outcome: 'nameless', name: null } : { outcome: 'named', name };
}

const answerWithout = (error: unknown): NameAnswer => ({
  outcome: saysNone(error) ? 'nameless' : 'failed',
  name: null,
});

/** Asks the system's resolvers, or those behind them. */
export function createPtrAsker(unmeteredServers: UnmeteredServers, newResolver?: NewResolver): AskName {
  const ask = createUnmeteredAsker(unmeteredServers, newResolver);
  return async (address, signal) => {
    const question = reverseName(address);
    try {
      const asked = await ask((resolver) => resolver.resolvePtr(question), signal);
      return asked === null ? notAsked : answerWith(asked.answer);
    } catch (error) {
      return answerWithout(error);
    }
  };
}
