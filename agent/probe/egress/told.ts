// What became of asking one server for the public address.
import { Failure } from '../../../shared/failure.ts';
import { familyOf } from '../../../shared/ip.ts';
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

export const wrongFamily = (server: string, address: string): Failure =>
  new Failure(
    'answerMismatched',
    `${server} was asked over IPv${familyOf(address) === 4 ? 6 : 4}, and tells ${address}`,
  );
