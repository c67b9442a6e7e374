// What the packet folder refuses before a byte is built: it believes no caller, its own agent included.
import { networkInterfaces } from 'node:os';
import { Failure } from '../../shared/failure.ts';
import { type Family, familyOf, unprobeableKind } from '../../shared/ip.ts';
import type { Echo } from './echo.ts';

// getifaddrs takes 40 µs; an address that came or went this recently costs a probe its answer, no more.
const addressesFreshMs = 50;

let known: { atMs: number; byInterface: ReturnType<typeof networkInterfaces> } | null = null;

function ownsAddress(interfaceName: string, address: string): boolean {
  const atMs = performance.now();
  if (known === null || atMs - known.atMs > addressesFreshMs) {
    known = { atMs, byInterface: networkInterfaces() };
  }
  const { byInterface } = known;
  // An address with a label (`eth1:0`) is listed under that.
  const own = Object.entries(byInterface).filter(([name]) => name.split(':')[0] === interfaceName);
  return own.some(([, entries]) => entries?.some((entry) => entry.address === address) ?? false);
}

const within = (value: number, least: number, most: number): boolean =>
  Number.isInteger(value) && value >= least && value <= most;

function refuse(what: string): never {
  throw new Failure('internal', `the packet engine was asked for ${what}`);
}

/** The echo's family. Throws Failure: internal where the caller erred, noAddress where the interface lost the source. */
export function checkEcho(echo: Echo): Family {
  const { interfaceName, source, destination, nextHop, hopLimit, payloadBytes, waitMs } = echo;
  if (!/^[^/\s]{1,15}$/.test(interfaceName)) refuse(`an interface named ${JSON.stringify(interfaceName)}`);
  const family = familyOf(destination) ?? refuse(`the address ${destination}`);
  for (const address of [source, destination, nextHop ?? destination]) {
    if (familyOf(address) !== family || unprobeableKind(address) !== null) refuse(`the address ${address}`);
  }
  // 0 is sent, and answered by the gateway: measured.
  if (!within(hopLimit, 1, 255)) refuse(`a hop limit of ${hopLimit}`);
  if (!within(payloadBytes, 8, 1472)) refuse(`${payloadBytes} payload bytes`);
  if (!(waitMs > 0 && waitMs <= 60_000)) refuse(`a wait of ${waitMs} ms`);
  // The kernel would send any source, another interface's or a stranger's, and the answer would go there (measured).
  if (!ownsAddress(interfaceName, source)) {
    throw new Failure('noAddress', `${interfaceName} does not have the address ${source} (any more)`);
  }
  return family;
}
