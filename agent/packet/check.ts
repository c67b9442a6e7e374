// What the packet folder refuses before a byte is built: it believes no caller, its own agent included.
import { networkInterfaces } from 'node:os';
import { Failure } from '../../shared/failure.ts';
import { type Family, familyOf, unprobeableKind } from '../../shared/ip.ts';
import { remembered } from '../../shared/remember.ts';
import type { Echo } from './echo.ts';
import { type UdpQuestion, mostQuestionBytes } from './udp/question.ts';

// getifaddrs takes 40 µs; an address that went this recently costs a probe its answer, no more.
const addressesFreshMs = 250;

let own = { atMs: -Infinity, addresses: new Map<string, Set<string>>() };

function readOwnAddresses(): Map<string, Set<string>> {
  const addresses = new Map<string, Set<string>>();
  for (const [label, entries] of Object.entries(networkInterfaces())) {
    // An address with a label (`eth1:0`) is listed under that.
    const name = label.split(':')[0] ?? label;
    const known = addresses.get(name) ?? [];
    addresses.set(name, new Set([...known, ...(entries ?? []).map(({ address }) => address)]));
  }
  return addresses;
}

function ownsAddress(interfaceName: string, address: string): boolean {
  const atMs = performance.now();
  const isKnown = (): boolean => own.addresses.get(interfaceName)?.has(address) ?? false;
  if (atMs - own.atMs <= addressesFreshMs && isKnown()) return true;
  // One that is not known may have come since.
  own = { atMs, addresses: readOwnAddresses() };
  return isKnown();
}

const within = (value: number, least: number, most: number): boolean =>
  Number.isInteger(value) && value >= least && value <= most;

function refuse(what: string): never {
  throw new Failure('internal', `the packet engine was asked for ${what}`);
}

/** Null for what is no address, or can be nobody's. Reading one takes 2 µs, and a row of echoes has the same ones. */
const probeableFamily = remembered(4096, (address): Family | null => {
  const family = familyOf(address);
  return family !== null && unprobeableKind(address) === null ? family : null;
});

/** What an echo and a question have in common. */
type Errand = Pick<Echo, 'interfaceName' | 'source' | 'destination' | 'nextHop' | 'waitMs'>;

/** The family of what is sent. Throws Failure: internal where the caller erred, noAddress where the source is gone. */
function checkErrand({ interfaceName, source, destination, nextHop, waitMs }: Errand): Family {
  if (!/^[^/\s]{1,15}$/.test(interfaceName)) refuse(`an interface named ${JSON.stringify(interfaceName)}`);
  const family = probeableFamily(destination) ?? refuse(`the address ${destination}`);
  if (probeableFamily(source) !== family) refuse(`the address ${source}`);
  if (nextHop !== null && probeableFamily(nextHop) !== family) refuse(`the address ${nextHop}`);
  if (!(waitMs > 0 && waitMs <= 60_000)) refuse(`a wait of ${waitMs} ms`);
  // The kernel would send any source, another interface's or a stranger's, and the answer would go there (measured).
  if (!ownsAddress(interfaceName, source)) {
    throw new Failure('noAddress', `${interfaceName} does not have the address ${source} (any more)`);
  }
  return family;
}

/** The echo's family. Throws Failure: internal where the caller erred, noAddress where the interface lost the source. */
export function checkEcho(echo: Echo): Family {
  const { hopLimit, payloadBytes } = echo;
  // 0 is sent, and answered by the gateway: measured.
  if (!within(hopLimit, 1, 255)) refuse(`a hop limit of ${hopLimit}`);
  if (!within(payloadBytes, 8, 1472)) refuse(`${payloadBytes} payload bytes`);
  return checkErrand(echo);
}

/** The question's family. Throws Failure as checkEcho. */
export function checkQuestion(question: UdpQuestion): Family {
  const { destinationPort, payload } = question;
  if (!within(destinationPort, 1, 0xffff)) refuse(`the port ${destinationPort}`);
  if (!within(payload.length, 1, mostQuestionBytes)) refuse(`${payload.length} payload bytes`);
  return checkErrand(question);
}
