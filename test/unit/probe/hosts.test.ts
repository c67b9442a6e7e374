// Names that the machine itself knows: the hosts file in all its spellings, and localhost.
import { mkdtempSync, renameSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { hostsAddresses } from '../../../agent/probe/hosts.ts';
import type { Family } from '../../../shared/ip.ts';

let folder = '';
let path = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'pathproof-hosts-'));
  path = join(folder, 'hosts');
});
afterEach(() => rmSync(folder, { recursive: true }));

const asked = (host: string, family: Family = 4): Promise<string[] | null> =>
  hostsAddresses(host, family, path);

const usual = [
  '127.0.0.1\tlocalhost',
  '127.0.1.1\tpi.home.example pi',
  '',
  '# The following lines are desirable for IPv6 capable hosts',
  '::1     localhost ip6-localhost ip6-loopback',
  '  192.168.0.5   NAS.home.example  nas # the one in the cellar',
  '192.168.0.6 nas',
  '192.168.0.5 nas',
  'fd00:0:0::5 nas',
  '#192.168.0.7 printer',
  '192.168.0.8 # scanner',
  '192.168.0 camera',
  'fe80::1%eth0 router',
  '::ffff:192.168.0.9 mapped',
  '192.168.0.10 windows\r',
].join('\n');

describe('a name in the hosts file', () => {
  beforeEach(() => writeFileSync(path, usual));

  it.each<[host: string, family: Family, addresses: string[] | null]>([
    ['pi', 4, ['127.0.1.1']],
    ['pi.home.example', 4, ['127.0.1.1']],
    ['nas', 4, ['192.168.0.5', '192.168.0.6']],
    ['nas', 6, ['fd00::5']],
    ['NAS', 4, ['192.168.0.5', '192.168.0.6']],
    ['nas.home.example', 4, ['192.168.0.5']],
    ['nas.home.example.', 4, ['192.168.0.5']],
    ['nas.home.example', 6, []],
    ['mapped', 4, ['192.168.0.9']],
    ['windows', 4, ['192.168.0.10']],
    ['ip6-loopback', 6, ['::1']],
    ['home.example', 4, null],
    ['printer', 4, null],
    ['scanner', 4, null],
    ['camera', 4, null],
    ['router', 6, null],
    ['the', 4, null],
    ['192.168.0.5', 4, null],
    ['constructor', 4, null],
  ])('%s over IPv%s: %j', async (host, family, addresses) => {
    expect(await asked(host, family)).toEqual(addresses);
  });
});

describe('localhost', () => {
  it.each(['localhost', 'LOCALHOST', 'localhost.', 'a.b.localhost'])(
    'is loopback as %s, whatever the file says',
    async (host) => {
      writeFileSync(path, '192.0.2.1 localhost a.b.localhost\n');
      expect(await asked(host)).toEqual(['127.0.0.1']);
      expect(await asked(host, 6)).toEqual(['::1']);
    },
  );

  it('is not a part of a label', async () => {
    expect(await asked('notlocalhost')).toBe(null);
    expect(await asked('localhost.example')).toBe(null);
  });
});

describe('the file', () => {
  it('is read again when it was written again, at the same size too', async () => {
    writeFileSync(path, '192.0.2.1 one.example\n');
    expect(await asked('one.example')).toEqual(['192.0.2.1']);
    writeFileSync(path, '192.0.2.2 one.example\n');
    utimesSync(path, 1, 1);
    expect(await asked('one.example')).toEqual(['192.0.2.2']);
  });

  it('is read again when another stands in its place', async () => {
    writeFileSync(path, '192.0.2.1 one.example\n');
    utimesSync(path, 1, 1);
    expect(await asked('one.example')).toEqual(['192.0.2.1']);
    writeFileSync(`${path}.new`, '192.0.2.2 one.example\n');
    utimesSync(`${path}.new`, 1, 1);
    renameSync(`${path}.new`, path);
    expect(await asked('one.example')).toEqual(['192.0.2.2']);
  });

  it('is not read while it is as it was', async () => {
    writeFileSync(path, '192.0.2.1 one.example\n');
    utimesSync(path, 1, 1);
    await asked('one.example');
    writeFileSync(path, '192.0.2.2 one.example\n');
    utimesSync(path, 1, 1);
    expect(await asked('one.example')).toEqual(['192.0.2.1']);
  });

  it('says nothing where it is not there, gone again, or no file', async () => {
    expect(await asked('one.example')).toBe(null);
    writeFileSync(path, '192.0.2.1 one.example\n');
    expect(await asked('one.example')).toEqual(['192.0.2.1']);
    rmSync(path);
    expect(await asked('one.example')).toBe(null);
    expect(await hostsAddresses('one.example', 4, folder)).toBe(null);
  });

  it("may be the system's own", async () => {
    expect(await hostsAddresses('no-such-host.invalid', 4)).toBe(null);
  });
});
