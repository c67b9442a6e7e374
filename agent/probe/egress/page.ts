// The public address as a page tells it that is nothing but the address, or JSON that holds it.
import * as z from 'zod';
import { Failure } from '../../../shared/failure.ts';
import { canonicalAddress, unmapped } from '../../../shared/ip.ts';
import { type Aim, viaOf } from '../aim.ts';
import { flat } from '../flat.ts';
import type { Fetched } from '../http/fetch.ts';
import { fetchGuarded } from '../http/guarded.ts';
import { routedAddresses } from '../http/routed.ts';
import type { ProbeTools } from '../tools.ts';
import { type Told, nameOf, strange } from './told.ts';

/** An address has 45 bytes at most; some services wrap it in JSON with a word or two more. */
const mostBodyBytes = 4096;
const longestUrl = 200;

const Wrapped = z.union([
  z.object({ ip: z.string() }).transform(({ ip }) => ip),
  z.object({ address: z.string() }).transform(({ address }) => address),
  z.object({ origin: z.string() }).transform(({ origin }) => origin),
]);

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** The address that a body is, or holds; null where there is none. */
export function addressIn(text: string): string | null {
  const wrapped = text.trimStart().startsWith('{') ? Wrapped.safeParse(jsonIn(text)).data : text;
  const address = canonicalAddress((wrapped ?? '').trim());
  return address === null ? null : unmapped(address);
}

const tooLong = (server: string, { announcedBytes }: Fetched): Failure =>
  announcedBytes === null
    ? new Failure(
        'answerEndless',
        `${server} sends more than ${mostBodyBytes} bytes, where an address was expected`,
      )
    : new Failure('answerTooLarge', `${server} sends ${announcedBytes} bytes, where an address was expected`);

/** Why a page tells no address; null where it does. */
function unreadable(fetched: Fetched, aim: Aim, server: string): Failure | null {
  const { statusCode, redirectsTo, body } = fetched;
  if (fetched.failure !== null || statusCode === null) return fetched.failure;
  if (statusCode !== 200) {
    const to = redirectsTo === null ? '' : `, which leads to ${flat(nameOf(redirectsTo), longestUrl)}`;
    return new Failure('answerUnreadable', `${server} answers with the status ${statusCode}${to}`);
  }
  if (body !== null && !body.complete) return tooLong(server, fetched);
  const address = addressIn(body?.text ?? '');
  if (address === null) return new Failure('answerUnreadable', `what ${server} sends is no address`);
  return strange(server, address, aim.address);
}

/** Fetches the page. Rejects with Failure where TCP finds no route; never for what the network did. */
export async function askPage(
  page: string,
  aim: Aim,
  tools: ProbeTools,
  signal: AbortSignal,
  spareMs: () => number,
): Promise<Told> {
  const { way } = aim;
  const server = nameOf(page);
  const addresses = await routedAddresses(aim, tools);
  const url = new URL(page);
  if (spareMs() < 1) throw new Failure('deadlineExceeded', `no time was left to ask ${server}`);
  const order = {
    url,
    method: 'GET' as const,
    interfaceName: way.interfaceName,
    addresses,
    mostBodyBytes,
  };
  const fetched = await fetchGuarded(order, spareMs(), aim, tools, signal);
  const source = fetched.localAddress ?? way.source;
  const failure = unreadable(fetched, aim, server);
  const address = failure === null && fetched.body !== null ? addressIn(fetched.body.text) : null;
  const rttMs = fetched.totalMs ?? 0;
  return {
    address: fetched.remoteAddress ?? aim.address,
    via: viaOf({ ...way, source }),
    egress:
      address === null ? null : { address, behindNat: address !== source, network: null, server, rttMs },
    failure,
    refusal: fetched.refusal,
    traffic: fetched.traffic,
    clockStepped: false,
  };
}
