// Files that can't be moved: the exact words of each, and no text.
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Predecessor } from '../../../../agent/cli/import/predecessors.ts';
import { readPredecessor } from '../../../../agent/cli/import/read.ts';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'import-'));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

function wordsOf(predecessor: Predecessor, name: string, text: string | null): string[] {
  const file = join(folder, name);
  if (text !== null) writeFileSync(file, text);
  const programProblem = (): null => null;
  const read = readPredecessor(predecessor, { file, instance: null, rootFolder: null, programProblem });
  return read.ok ? [] : read.problems.map((problem) => problem.replaceAll(file, 'FILE'));
}

const pyPingu = (interfaces: unknown, rest: object = { host: '8.8.8.8' }): string =>
  JSON.stringify({ ...rest, interfaces });
const imon = (section: string, keys: object): string =>
  JSON.stringify({ [section]: { enable: true, ...keys } });
const links = {
  'primary-if': 'eth0',
  'primary-gw': '192.0.2.1',
  'standby-if': 'eth1',
  'standby-gw': '192.0.2.9',
};

const knownToPyPingu = "has no key of py-pingu's (host, proto, period, gateways_file, interfaces)";
const knownToImon = "has no key of imon's (global, ddns, updown, failover, ping)";
const knownToPingTool =
  "has no key of ping-tool's (DEVICE_NAME, SERVER_ADDRESS, SERVER_PORT, IPINFO_TOKEN, SYSLOG_ADDRESS, APP_NAME, SUPERVISOR_ENABLED)";

it.each<[string, Predecessor, string, string[]]>([
  [
    'not JSON',
    'py-pingu',
    '{\n "host": 8.8.8.8 }',
    ['FILE is no JSON: what stands there is no JSON at line 2, column 13'],
  ],
  ['a list', 'imon', '[1]', ['FILE is no set of keys and values']],
  ['a file of others', 'py-pingu', '{"a": 1}', [`FILE ${knownToPyPingu}`]],
  [
    "imon's for py-pingu's",
    'py-pingu',
    imon('ping', { monitorip: '1.1.1.1' }),
    [`FILE ${knownToPyPingu}; it looks like imon's: pathproof import imon`],
  ],
  [
    "py-pingu's for imon's",
    'imon',
    pyPingu({}),
    [`FILE ${knownToImon}; it looks like py-pingu's: pathproof import py-pingu`],
  ],
  [
    "ping-tool's for imon's",
    'imon',
    'SERVER_PORT=8080\n',
    [`FILE ${knownToImon}; it looks like ping-tool's: pathproof import ping-tool`],
  ],
  ['no variable of its', 'ping-tool', 'A=1\n', [`FILE ${knownToPingTool}`]],
  [
    'a line that is none',
    'ping-tool',
    'SERVER_PORT=1\nhello\n',
    ['FILE: line 2: is neither NAME=value nor a comment (#) nor blank'],
  ],
  [
    'an open quote',
    'ping-tool',
    'IPINFO_TOKEN="s3cret\n',
    ['FILE: line 1: begins with a quote and does not end with it'],
  ],
  [
    'a port that is none',
    'ping-tool',
    'SERVER_PORT=http\n',
    ['FILE makes what pathproof does not take: SERVER_PORT: must be a whole number, not "http"'],
  ],
  ['no interfaces', 'py-pingu', pyPingu({}), ['FILE: interfaces: has no interface']],
  [
    'several at once',
    'py-pingu',
    pyPingu({ eth0: { metric: '5', count: 0 } }, { host: 'a b', proto: 300 }),
    [
      'FILE: host: must be an address or a host name, not "a b"',
      'FILE: proto: must be at most 255, not 300',
      'FILE: interfaces.eth0.metric: must be a number, not "5"',
      'FILE: interfaces.eth0.count: must be at least 1, not 0',
    ],
  ],
  ['no host', 'py-pingu', pyPingu({ eth0: {} }, {}), ['FILE: host: is missing; it must be a text']],
  [
    'an interface that is none',
    'py-pingu',
    pyPingu({ 'eth0:1': { metric: 1 } }),
    [
      'FILE makes what pathproof does not take: uplinks.eth0-1.interface: must be an interface\'s name, not "eth0:1"',
    ],
  ],
  [
    'nobody to ping',
    'imon',
    imon('ping', {}),
    ["FILE: ping.monitorip: is missing; imon's ping monitor needs it"],
  ],
  [
    'half a failover',
    'imon',
    imon('failover', { 'primary-if': 'eth0', 'primary-gw': '192.0.2.1' }),
    [
      "FILE: failover.standby-if: is missing; imon's failover needs it",
      "FILE: failover.standby-gw: is missing; imon's failover needs it",
    ],
  ],
  [
    'a gateway that is none',
    'imon',
    imon('failover', { ...links, 'standby-gw': 'router' }),
    [
      'FILE makes what pathproof does not take: uplinks.standby.gateway: must be auto, link or an address, not "router"',
    ],
  ],
  [
    'one interface for both',
    'imon',
    imon('failover', { ...links, 'standby-if': 'eth0' }),
    [
      "FILE makes what pathproof does not take: uplinks.standby: has the interface eth0, which is uplink primary's already",
    ],
  ],
  [
    'a word for a switch',
    'imon',
    imon('ping', { enable: 'yes' }),
    ['FILE: ping.enable: must be true or false, not "yes"'],
  ],
  [
    'headers',
    'ping-tool',
    '{"Host": "1.1.1.1"}',
    [
      "FILE is JSON: ping-tool's settings are lines NAME=value (.env). The headers of a probe need no import: they go to pathproof as they are",
    ],
  ],
])('refuses %s', (name, predecessor, text, words) => {
  expect(wordsOf(predecessor, name.replaceAll(/\W/g, '-'), text)).toEqual(words);
});

it('refuses what is not there, a folder, and what is too large', () => {
  expect(wordsOf('imon', 'nothing', null)).toEqual(['FILE is not there']);
  expect(wordsOf('imon', '.', null)).toEqual(
    ['FILE is a folder'.replace('FILE', folder)].map((one) => one.replace(folder, 'FILE')),
  );
  expect(wordsOf('imon', 'large', ' '.repeat(2 ** 20 + 1))).toEqual([
    'FILE is larger than any such file (1048577 bytes)',
  ]);
});

it('refuses what this user may not read', () => {
  const path = join(folder, 'secret');
  writeFileSync(path, '{}');
  chmodSync(path, 0o000);
  const isRoot = process.geteuid?.() === 0;
  expect(wordsOf('imon', 'secret', null)).toEqual([
    isRoot ? `FILE ${knownToImon}` : 'FILE may not be read by this user; sudo may',
  ]);
});
