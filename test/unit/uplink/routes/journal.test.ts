// The journal of captured routes: whole or not at all, of this kernel and this namespace, and never a reason to fail.
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import {
  type CapturedRoute,
  lookIntoJournal,
  openJournal,
  thisKernel,
} from '../../../../agent/uplink/routes/journal.ts';
import { recordLog } from '../../mqtt/kit.ts';
import { foreignDefault } from './kit.ts';

function stateFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'pathproof-journal-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

const captured = (other: Parameters<typeof foreignDefault>[0] = {}): CapturedRoute => ({
  route: foreignDefault(other),
  attributes: ['mtu', 'lock', '1400'],
});
const fileIn = (folder: string): string => join(folder, 'failover-journal.json');
const reopened = async (folder: string) => (await openJournal(folder, recordLog())).routes();

describe('what is kept', () => {
  it('is there for whoever opens it next', async () => {
    const folder = stateFolder();
    const journal = await openJournal(folder, recordLog());
    expect(journal.routes()).toEqual([]);
    await journal.keep([captured(), captured({ interfaceName: 'eth1' })]);
    expect(await reopened(folder)).toEqual([captured(), captured({ interfaceName: 'eth1' })]);
  });

  it('is forgotten one by one, and the file goes with the last', async () => {
    const folder = stateFolder();
    const journal = await openJournal(folder, recordLog());
    await journal.keep([captured(), captured({ interfaceName: 'eth1' })]);
    const [first, second] = journal.routes();
    await journal.forget(first === undefined ? [] : [first]);
    expect(await reopened(folder)).toEqual([captured({ interfaceName: 'eth1' })]);
    await journal.forget(second === undefined ? [] : [second]);
    expect(readdirSync(folder)).toEqual([]);
  });

  it('gives way to a route that its owner set in its place', async () => {
    const folder = stateFolder();
    const journal = await openJournal(folder, recordLog());
    await journal.keep([captured(), captured({ metric: 101 })]);
    await journal.keep([captured({ gateway: '192.168.0.254' })]);
    expect(journal.routes().map(({ route }) => [route.metric, route.gateway])).toEqual([
      [101, '192.168.0.1'],
      [100, '192.168.0.254'],
    ]);
  });

  it('gives way in IPv4 to a route of the same metric, whoever set it', async () => {
    const journal = await openJournal(stateFolder(), recordLog());
    await journal.keep([captured({ protocol: 3 })]);
    await journal.keep([captured({ protocol: 16, gateway: '192.168.0.254' })]);
    expect(journal.routes().map(({ route }) => [route.protocol, route.gateway])).toEqual([
      [16, '192.168.0.254'],
    ]);
  });

  it('is all there though it is kept from two sides at once', async () => {
    const folder = stateFolder();
    const journal = await openJournal(folder, recordLog());
    await Promise.all([6, 4].map((family) => journal.keep([captured({ family: family === 4 ? 4 : 6 })])));
    expect((await reopened(folder)).map(({ route }) => route.family)).toEqual([6, 4]);
  });

  it('is not kept where it can not be written', async () => {
    const folder = stateFolder();
    const journal = await openJournal(folder, recordLog());
    rmSync(folder, { recursive: true });
    await expect(journal.keep([captured()])).rejects.toThrow('ENOENT');
    expect(journal.routes()).toEqual([]);
  });
});

describe('a look into a folder', () => {
  it('finds what is kept there of this kernel and this namespace, and leaves it as it is', async () => {
    const folder = stateFolder();
    expect(await lookIntoJournal(folder)).toEqual([]);
    await (await openJournal(folder, recordLog())).keep([captured()]);
    expect(await lookIntoJournal(folder)).toEqual([captured()]);
    const other = readFileSync(fileIn(folder), 'utf8').replace(await thisKernel(), 'another');
    writeFileSync(fileIn(folder), other);
    expect(await lookIntoJournal(folder)).toEqual([]);
    expect(readFileSync(fileIn(folder), 'utf8')).toBe(other);
    writeFileSync(fileIn(folder), '{');
    await expect(lookIntoJournal(folder)).rejects.toThrow('JSON');
    expect(readdirSync(folder)).toEqual(['failover-journal.json']);
  });
});

describe('a file that is found', () => {
  it('of another boot or another namespace is of no use, and goes', async () => {
    const folder = stateFolder();
    await (await openJournal(folder, recordLog())).keep([captured()]);
    const text = readFileSync(fileIn(folder), 'utf8');
    writeFileSync(fileIn(folder), text.replace(await thisKernel(), 'another'));
    expect(await reopened(folder)).toEqual([]);
    expect(existsSync(fileIn(folder))).toBe(false);
  });

  it.each([
    ['nothing', ''],
    ['half of it', '{"version":1,"kernel":"'],
    ['something else', '[]'],
    ['a later version', '{"version":2,"kernel":"x","routes":[]}'],
    ['a key too many', '{"version":1,"kernel":"x","routes":[],"more":1}'],
  ])('that is %s is told of and set aside', async (_what, text) => {
    const folder = stateFolder();
    writeFileSync(fileIn(folder), text);
    const log = recordLog();
    const journal = await openJournal(folder, log);
    expect(journal.routes()).toEqual([]);
    expect(log.lines.map(({ level, message }) => [level, message])).toEqual([
      ['error', "the journal of captured routes can't be read; it was set aside"],
    ]);
    expect(readFileSync(`${fileIn(folder)}.unreadable`, 'utf8')).toBe(text);
    await journal.keep([captured()]);
    expect(await reopened(folder)).toHaveLength(1);
  });

  it('never has words of its own for iproute2', async () => {
    const folder = stateFolder();
    await (await openJournal(folder, recordLog())).keep([captured()]);
    const text = readFileSync(fileIn(folder), 'utf8');
    writeFileSync(fileIn(folder), text.replace('"lock"', '"dev"'));
    expect(await reopened(folder)).toEqual([]);
  });

  it('half written by a killed agent is no matter', async () => {
    const folder = stateFolder();
    await (await openJournal(folder, recordLog())).keep([captured()]);
    writeFileSync(`${fileIn(folder)}.new`, '{"version":1,"ker');
    expect(await reopened(folder)).toEqual([captured()]);
  });
});
