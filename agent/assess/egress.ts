// Expectations on the public address: in which networks it is, whose it is, where. Pure, and closed: what nobody knows
// of it passes nothing.
import { networkContains, parseNetwork, scopeOf } from '../../shared/ip.ts';
import type { Measurement } from '../../shared/measurement.ts';
import type { EgressFigures } from '../../shared/result.ts';
import { type Judgement, fail, pass, unknown } from './finding.ts';
import { limitsOn, roundTrip } from './latency.ts';
import { isJudgeable, organisationMatches, sayNetwork } from './organisation.ts';

export function reached({ egress, refusal }: Measurement): Judgement {
  if (egress !== null) return pass(true, `${egress.server} says ${egress.address}`);
  return fail(false, `no server told the public address${refusal === null ? '' : `: ${refusal}`}`);
}

const onAddress =
  <T>(judge: (expected: T, egress: EgressFigures) => Judgement) =>
  (expected: T, { egress }: Measurement): Judgement =>
    egress === null ? unknown(null, 'there is no public address to judge') : judge(expected, egress);

export const { minLatencyMs, maxLatencyMs } = limitsOn(roundTrip('RTT', ({ egress }) => egress?.rttMs));

const scopeWords = { private: 'a private address', shared: "a carrier's shared address" };

function holds(networkText: string, address: string): boolean {
  const network = parseNetwork(networkText);
  return network !== null && networkContains(network, address);
}

/** One address can't be in several places: one of these must hold it. */
export const addressIncludes = onAddress((wanted: readonly string[], { address }) => {
  const holder = wanted.find((network) => holds(network, address));
  return holder === undefined
    ? fail(address, `the public address ${address} is not in ${wanted.join(', ')}`)
    : pass(address, `the public address ${address} is in ${holder}`);
});

/** Somebody else translates a private address again on the way: what the world sees is another one. */
export const addressExcludes = onAddress((banned: readonly string[], { address, behindNat }) => {
  const holder = banned.find((network) => holds(network, address));
  const scope = scopeOf(address);
  if (holder === undefined && scope !== 'public' && behindNat !== false) {
    return unknown(address, `${address} is ${scopeWords[scope]}, and not what the world sees`);
  }
  return holder === undefined
    ? pass(address, `the public address ${address} is not in ${banned.join(', ')}`)
    : fail(address, `the public address ${address} is in ${holder}`);
});

/** Why nothing is known of an address; `what` is its network or its country. */
function nobodyKnows(what: 'network' | 'country', address: string): string {
  const scope = scopeOf(address);
  return scope === 'public'
    ? `nobody knows the ${what} of ${address}`
    : `${address} is ${scopeWords[scope]}, which has no ${what}`;
}

/** `met` is the first organisation listed that the network is; undefined where it is certainly none of them. */
const onNetwork = (judge: (met: string | undefined, measured: string, listed: string) => Judgement) =>
  onAddress((organisations: readonly string[], { address, network }) => {
    if (network === null) return unknown(null, nobodyKnows('network', address));
    const measured = sayNetwork(network);
    const met = organisations.find((organisation) => organisationMatches(organisation, network));
    const settled = met !== undefined || organisations.every((one) => isJudgeable(one, network));
    return settled
      ? judge(met, measured, organisations.join(', '))
      : unknown(measured, `too little is known of ${address}'s network: ${measured}`);
  });

export const orgIncludes = onNetwork((met, measured, listed) =>
  met === undefined
    ? fail(measured, `the public address belongs to ${measured}, not to ${listed}`)
    : pass(measured, `the public address belongs to ${met}: ${measured}`),
);

export const orgExcludes = onNetwork((met, measured, listed) =>
  met === undefined
    ? pass(measured, `the public address belongs to ${measured}, not to ${listed}`)
    : fail(measured, `the public address belongs to ${met}: ${measured}`),
);

export const countryIncludes = onAddress((wanted: readonly string[], { address, network }) => {
  const country = network?.country?.toUpperCase() ?? null;
  if (country === null) return unknown(null, nobodyKnows('country', address));
  return wanted.includes(country)
    ? pass(country, `the public address is in ${country}`)
    : fail(country, `the public address is in ${country}, not in ${wanted.join(', ')}`);
});
