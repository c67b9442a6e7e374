// Whom the file says to ask: addresses and hosts of others, never this machine, and none twice.
import * as z from 'zod';
import { canonicalAddress, isLoopback, unmapped, unprobeableKind } from '../../shared/ip.ts';
import { told } from '../../shared/issues.ts';
import { hostTarget } from '../../shared/target.ts';

/** Why an address is nobody's; `whose` says who should have it. */
export function nobodysProblem(address: string, whose: string): string | null {
  const kind = unprobeableKind(address);
  return kind === null ? null : `must be ${whose} address; ${address} is ${kind}`;
}

const loopbackProblem = (address: string, whose: string): string | null =>
  isLoopback(address)
    ? `must be ${whose} address; ${address} is loopback, which can't be asked through an uplink`
    : null;

const nameServerProblem = (text: string): string | null => {
  const address = canonicalAddress(text);
  if (address === null) return `must be an address, not ${JSON.stringify(text)}`;
  const whose = "a name server's";
  return nobodysProblem(unmapped(address), whose) ?? loopbackProblem(unmapped(address), whose);
};

export const nameServer = z
  .string()
  .check(told(nameServerProblem))
  .overwrite((text) => unmapped(canonicalAddress(text) ?? text));

function targetProblem(host: string): string | null {
  if (host === 'localhost') return "must be another host; localhost can't be asked through an uplink";
  const whose = "a host's";
  return canonicalAddress(host) === null
    ? null
    : (nobodysProblem(host, whose) ?? loopbackProblem(host, whose));
}

/** Refuses a list that says something twice. */
export function noneTwice(context: z.core.ParsePayload<readonly string[]>): void {
  const twice = new Set(context.value.filter((text, index) => context.value.indexOf(text) !== index));
  for (const text of twice)
    context.issues.push({ code: 'custom', message: `${text} is given twice`, input: undefined });
}

/** Hosts to send echoes to. */
export const echoTargets = z
  .array(hostTarget.check(told(targetProblem)))
  .max(8)
  .check(noneTwice)
  .default([]);
