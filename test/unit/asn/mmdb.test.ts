// Networks out of a file: what it may look like, what is made of one that is damaged, and that it may be replaced.
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type AsnDatabase, openAsnDatabase } from '../../../agent/asn/mmdb.ts';
import type { Log } from '../../../agent/log.ts';
import { mmdbBytes, writeMmdb } from '../../fixtures/mmdb.ts';

const google = {
  country: 'United States',
  country_code: 'us',
  continent: 'North America',
  continent_code: 'NA',
  asn: 'AS15169',
  as_name: 'Google LLC',
  as_domain: 'google.com',
};
const quad9 = { ...google, asn: 'AS19281', as_name: 'Quad9', as_domain: 'quad9.net', country_code: 'CH' };

let folder = '';
let path = '';
const told: string[] = [];
const log: Log = {
  debug: () => undefined,
  info: () => undefined,
  warn: (_fields, message) => void told.push(message),
  error: () => undefined,
};

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'pathproof-mmdb-'));
  path = join(folder, 'lite.mmdb');
  told.length = 0;
});
afterEach(() => rmSync(folder, { recursive: true }));

const organisationOf = (database: AsnDatabase, address: string): string | null => {
  const answer = database.lookUp(address);
  return answer.outcome === 'known' ? answer.network.organisation : answer.outcome;
};

/** What was written a while ago is whole. */
const longAgo = (): void => utimesSync(path, 1_700_000_000, 1_700_000_000);

describe('a file of networks', () => {
  it("is read in IPinfo Lite's form, both families, each network by its first address", async () => {
    writeMmdb(path, { '8.8.0.0/16': google, '8.8.4.0/23': quad9, '2001:4860::/32': google });
    const { lookUp } = await openAsnDatabase(path, log);
    const network = {
      asn: 15169,
      organisation: 'Google LLC',
      domain: 'google.com',
      country: 'US',
      source: 'mmdb',
    };
    expect(lookUp('8.8.8.8')).toEqual({ outcome: 'known', network: { ...network, prefix: '8.8.8.0/21' } });
    expect(lookUp('2001:4860:4860::8888')).toEqual({
      outcome: 'known',
      network: { ...network, prefix: '2001:4860::/32' },
    });
    expect(lookUp('8.8.5.1')).toMatchObject({ network: { asn: 19281, prefix: '8.8.4.0/23', country: 'CH' } });
    expect([lookUp('9.9.9.9'), lookUp('2001:db8::1')]).toEqual([
      { outcome: 'unknown' },
      { outcome: 'unknown' },
    ]);
    expect(told).toEqual([]);
  });

  it("is read in GeoLite2 ASN's form", async () => {
    const record = { autonomous_system_number: 15169, autonomous_system_organization: 'GOOGLE' };
    writeMmdb(path, { '8.8.8.0/24': record }, { recordBits: 32 });
    const { lookUp } = await openAsnDatabase(path, log);
    expect(lookUp('8.8.8.8')).toMatchObject({
      network: { asn: 15169, organisation: 'GOOGLE', country: null },
    });
  });

  it('knows nothing of IPv6 where it holds IPv4 alone', async () => {
    writeMmdb(path, { '32.0.0.0/8': google }, { ipVersion: 4 });
    const { lookUp } = await openAsnDatabase(path, log);
    expect(lookUp('32.1.1.1')).toMatchObject({ outcome: 'known' });
    expect(lookUp('2001:db8::1')).toEqual({ outcome: 'unknown' });
  });

  it('shows a name without its control characters, and takes no number that none can have', async () => {
    const odd = { ...google, asn: 'AS0', as_name: 'a\u001b[31m\nb\u202e', country_code: 'USA' };
    writeMmdb(path, { '8.8.8.0/24': odd, '9.9.9.0/24': google });
    const { lookUp } = await openAsnDatabase(path, log);
    expect(lookUp('8.8.8.8')).toMatchObject({
      network: { asn: null, organisation: 'a [31m b', country: null },
    });
  });
});

/** As long as that, and hardly anything of it on the disk. */
function sparseFile(bytes: number): void {
  writeFileSync(path, '');
  truncateSync(path, bytes);
}

const whole = mmdbBytes({ '8.8.8.0/24': google, '2001:4860::/32': google });

describe('a file that can not be used', () => {
  it.each<[what: string, write: () => void, why: string]>([
    ['that is not there', () => undefined, 'there is no such file'],
    ['that is a folder', () => mkdirSync(path), 'it is no regular file'],
    ['that is a pipe', () => void execFileSync('mkfifo', [path]), 'it is no regular file'],
    ['that is a device', () => symlinkSync('/dev/zero', path), 'it is no regular file'],
    ['that is too large', () => sparseFile(2 ** 30 + 1), 'it has more than 1 GiB'],
    ['without a byte', () => writeFileSync(path, ''), 'it is no .mmdb file, or its end is missing'],
    ['of text', () => writeFileSync(path, 'hello'), 'it is no .mmdb file, or its end is missing'],
    [
      'cut short',
      () => writeFileSync(path, whole.subarray(0, whole.length / 2)),
      'it is no .mmdb file, or its end is missing',
    ],
    ['whose beginning is missing', () => writeFileSync(path, whole.subarray(-300)), 'it is damaged'],
    [
      'of cities',
      () => writeMmdb(path, { '8.8.8.0/24': { country: { iso_code: 'US' }, city: { geoname_id: 1 } } }),
      'it holds no AS numbers (IPinfo Lite and GeoLite2 ASN do)',
    ],
    [
      'of countries',
      () => writeMmdb(path, { '8.8.8.0/24': { country_code: 'US' } }),
      'it holds no AS numbers (IPinfo Lite and GeoLite2 ASN do)',
    ],
  ])('%s is told once, and look-ups by it fail', async (_what, write, why) => {
    write();
    const database = await openAsnDatabase(path, log);
    expect(database.lookUp('8.8.8.8')).toEqual({ outcome: 'failed' });
    await database.refresh();
    expect(told).toEqual([`ASN_DATABASE_FILE: ${path} can't be used: ${why}; no network is known by it`]);
  });

  it('that can not be looked at is told with the reason', async () => {
    writeFileSync(path, '');
    const { lookUp } = await openAsnDatabase(join(path, 'below'), log);
    expect(lookUp('8.8.8.8')).toEqual({ outcome: 'failed' });
    expect(told).toEqual([expect.stringContaining('ENOTDIR')]);
  });

  it('never makes a look-up throw, whatever its bytes are', async () => {
    const damage = fc.record({
      length: fc.integer({ min: 0, max: whole.length }),
      flips: fc.array(fc.tuple(fc.nat(whole.length - 1), fc.integer({ min: 0, max: 255 })), {
        maxLength: 12,
      }),
      cut: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(damage, async ({ length, flips, cut }) => {
        const bytes = Buffer.from(whole.subarray(0, cut ? length : whole.length));
        for (const [at, value] of flips) if (at < bytes.length) bytes[at] = value;
        writeFileSync(path, bytes);
        const { lookUp } = await openAsnDatabase(path, log);
        for (const address of ['8.8.8.8', '1.1.1.1', '2001:4860::1', '::1', 'fe80::1']) {
          expect(['known', 'unknown', 'failed']).toContain(lookUp(address).outcome);
        }
      }),
      { numRuns: 300 },
    );
  });
});

describe('a file that changes', () => {
  it('is read anew where it is written over, and where another is put in its place', async () => {
    writeMmdb(path, { '8.8.8.0/24': google });
    const database = await openAsnDatabase(path, log);
    writeMmdb(path, { '8.8.8.0/24': quad9 });
    longAgo();
    await database.refresh();
    expect(organisationOf(database, '8.8.8.8')).toBe('Quad9');
    const other = join(folder, 'other.mmdb');
    writeMmdb(other, { '8.8.8.0/24': google });
    renameSync(other, path);
    longAgo();
    await database.refresh();
    expect(organisationOf(database, '8.8.8.8')).toBe('Google LLC');
    expect(told).toEqual([]);
  });

  it('is read when it appears', async () => {
    const database = await openAsnDatabase(path, log);
    writeMmdb(path, { '8.8.8.0/24': google });
    longAgo();
    await database.refresh();
    expect(organisationOf(database, '8.8.8.8')).toBe('Google LLC');
  });

  it('is left alone while it is still being written', async () => {
    writeMmdb(path, { '8.8.8.0/24': google });
    const database = await openAsnDatabase(path, log);
    writeFileSync(path, whole.subarray(0, whole.length / 2));
    await database.refresh();
    expect(organisationOf(database, '8.8.8.8')).toBe('Google LLC');
    expect(told).toEqual([]);
  });

  it('into a bad one is told once for each change, and the one before stays in use', async () => {
    writeMmdb(path, { '8.8.8.0/24': google });
    const database = await openAsnDatabase(path, log);
    const bad = async (): Promise<void> => {
      longAgo();
      await database.refresh();
      await database.refresh();
      expect(organisationOf(database, '8.8.8.8')).toBe('Google LLC');
    };
    writeFileSync(path, 'bad');
    await bad();
    const warning = `ASN_DATABASE_FILE: ${path} can't be used: it is no .mmdb file, or its end is missing; the one read before stays in use`;
    expect(told).toEqual([warning]);
    writeFileSync(path, 'still bad');
    await bad();
    expect(told).toEqual([warning, warning]);
    rmSync(path);
    await database.refresh();
    await database.refresh();
    expect(told).toHaveLength(3);
  });

  it('is seen by the look-ups themselves, in time', async () => {
    const database = await openAsnDatabase(path, log);
    writeMmdb(path, { '8.8.8.0/24': google });
    longAgo();
    chmodSync(path, 0o644);
    await expect.poll(() => organisationOf(database, '8.8.8.8')).toBe('Google LLC');
  });
});
