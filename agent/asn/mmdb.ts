// Networks out of a file of MaxMind's format: IPinfo Lite's, or GeoLite2 ASN's. The one caller of mmdb-lib.
import { readFile, stat } from 'node:fs/promises';
import { type Response, Reader } from 'mmdb-lib';
import { familyOf, fromNumber, fromNumber6 } from '../../shared/ip.ts';
import { isRecord } from '../../shared/record.ts';
import type { NetworkOfAddress } from '../../shared/result.ts';
import { codeOf, messageOf } from '../../shared/thrown.ts';
import type { Log } from '../log.ts';
import { networkAround } from './address.ts';
import { type NetworkAnswer, asNumberIn, countryIn, networkWith, wordsIn } from './source.ts';

export interface AsnDatabase {
  /** At once, out of memory; never throws. `failed` while there is no file that can be read. */
  lookUp(address: string): NetworkAnswer;
  /** Looks whether the file is another one, and reads it then; what look-ups do by themselves now and then. */
  refresh(): Promise<void>;
}

const checkEveryMs = 2000;
const metadataMarker = Buffer.concat([Buffer.from([0xab, 0xcd, 0xef]), Buffer.from('MaxMind.com')]);
/** Between the search tree and the data. */
const separatorBytes = 16;
/** Networks looked into for an AS number before a file is taken for one of another kind. */
const mostTried = 1000;

function networkOf(record: unknown, prefix: string): NetworkOfAddress | null {
  if (!isRecord(record)) return null;
  return networkWith({
    asn: asNumberIn(record['asn'] ?? record['autonomous_system_number']),
    organisation: wordsIn(record['as_name'] ?? record['autonomous_system_organization']),
    domain: wordsIn(record['as_domain']),
    prefix,
    country: countryIn(record['country_code']),
    source: 'mmdb',
  });
}

/** Whether one of the first networks in the file has an AS number. */
function hasAsNumbers(reader: Reader<Response>): boolean {
  const isWanted = (record: unknown): boolean => (networkOf(record, '')?.asn ?? null) !== null;
  for (let at = 0, tried = 0; at < 2 ** 32 && tried < mostTried; tried += 1) {
    const [record, length]: [unknown, number] = reader.getWithPrefixLength(fromNumber(at));
    if (isWanted(record)) return true;
    at += 2 ** (32 - length);
  }
  if (reader.metadata.ipVersion === 4) return false;
  for (let at = 0n, tried = 0; at < 2n ** 128n && tried < mostTried; tried += 1) {
    const [record, length]: [unknown, number] = reader.getWithPrefixLength(fromNumber6(at));
    if (isWanted(record)) return true;
    at += 2n ** BigInt(128 - length);
  }
  return false;
}

/** Throws an Error that says what is wrong with the file. */
function readerOf(bytes: Buffer): Reader<Response> {
  if (!bytes.includes(metadataMarker)) throw new Error('it is no .mmdb file, or its end is missing');
  let reader: Reader<Response>;
  let fits = false;
  try {
    reader = new Reader<Response>(bytes);
    const { nodeCount, searchTreeSize, ipVersion } = reader.metadata;
    fits = nodeCount > 0 && searchTreeSize + separatorBytes < bytes.length && [4, 6].includes(ipVersion);
    if (fits && hasAsNumbers(reader)) return reader;
  } catch {
    throw new Error('it is damaged');
  }
  throw new Error(fits ? 'it holds no AS numbers (IPinfo Lite and GeoLite2 ASN do)' : 'it is damaged');
}

function answerFrom(reader: Reader<Response>, address: string): NetworkAnswer {
  // The library would take the first bits of an IPv6 address for an IPv4 address.
  if (reader.metadata.ipVersion === 4 && familyOf(address) === 6) return { outcome: 'unknown' };
  try {
    const [record, length] = reader.getWithPrefixLength(address);
    const network = record === null ? null : networkOf(record, networkAround(address, length));
    return network === null ? { outcome: 'unknown' } : { outcome: 'known', network };
  } catch {
    // Damage that shows only where the damaged place is looked at.
    return { outcome: 'failed' };
  }
}

/** A file that is written to right now may not be whole. */
const settledMs = 1000;
/** It is held in memory, and the largest there are have a tenth of it. */
const mostBytes = 2 ** 30;

/** Rejects where reading it would not end (a pipe waits for a writer, some devices go on for ever) or be too much. */
async function identityOf(path: string): Promise<{ identity: string; settled: boolean }> {
  // The time of change too: a file that could not be read before may have got other permissions.
  const found = await stat(path);
  const { ino, size, mtimeMs, ctimeMs } = found;
  if (!found.isFile()) throw new Error('it is no regular file');
  if (size > mostBytes) throw new Error('it has more than 1 GiB');
  return {
    identity: `${ino} ${size} ${mtimeMs} ${ctimeMs}`,
    settled: Math.abs(Date.now() - mtimeMs) > settledMs,
  };
}

const reasonOf = (error: unknown): string =>
  codeOf(error) === 'ENOENT' ? 'there is no such file' : messageOf(error);

/** Never rejects: a file that can't be used is told in the log, and is tried again once it is another one. */
export async function openAsnDatabase(path: string, log: Log): Promise<AsnDatabase> {
  let reader: Reader<Response> | null = null;
  let seen: string | null = null;
  let underWay: Promise<void> | null = null;
  let checkedMs = performance.now();

  const complain = (error: unknown): void => {
    const left = reader === null ? 'no network is known by it' : 'the one read before stays in use';
    log.warn({}, `ASN_DATABASE_FILE: ${path} can't be used: ${reasonOf(error)}; ${left}`);
  };

  async function load(waitsForWriter: boolean): Promise<void> {
    let identity = 'none';
    try {
      const found = await identityOf(path);
      if (found.identity === seen || (waitsForWriter && !found.settled)) return;
      identity = found.identity;
      reader = readerOf(await readFile(path));
      if (seen !== null) log.info({}, `ASN_DATABASE_FILE: ${path} is read anew`);
    } catch (error) {
      if (identity !== seen) complain(error);
    }
    seen = identity;
  }

  const refresh = (waitsForWriter = true): Promise<void> => {
    checkedMs = performance.now();
    underWay ??= load(waitsForWriter).finally(() => (underWay = null));
    return underWay;
  };

  await refresh(false);
  return {
    lookUp(address) {
      if (performance.now() - checkedMs > checkEveryMs) void refresh();
      return reader === null ? { outcome: 'failed' } : answerFrom(reader, address);
    },
    refresh: () => refresh(),
  };
}
