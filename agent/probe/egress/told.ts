// What became of asking one server for the public address.
import { Failure } from '../../../shared/failure.ts';
import { familyOf, isLoopback, unprobeableKind } from '../../../shared/ip.ts';
import type { EgressFigures, Traffic, Via } from '../../../shared/result.ts';

export interface Told {
  /** Without the network: whose the address is, others know. Null where no address was told. */
  egress: EgressFigures | null;
  /** The server's own address; null where it could not be aimed at. */
  address: string | null;
  via: Via;
  /** Why nothing can be made of what came; null too where nothing came. */
  failure: Failure | null;
  /** What was said, or not, in place of an answer. */
  refusal: string | null;
  traffic: Traffic;
  clockStepped: boolean;
}

/** Why an address can't be the one asked for; null where it may be. */
export function strange(server: string, address: string, asked: string): Failure | null {
  const kind = unprobeableKind(address) ?? (isLoopback(address) && !isLoopback(asked) ? 'loopback' : null);
  if (kind !== null) return new Failure('answerUnreadable', `${server} tells ${address}, a ${kind} address`);
  return familyOf(address) === familyOf(asked) ? null : wrongFamily(server, address);
}

const wrongFamily = (server: string, address: string): Failure =>
  new Failure(
    'answerMismatched',
    `${server} was asked over IPv${familyOf(address) === 4 ? 6 : 4}, and tells ${address}`,
  );

/** A server as it may be shown: the query of a URL out of the file may hold a token. */
export const nameOf = (server: string): string => server.replace(/[?#].*$/s, '');
