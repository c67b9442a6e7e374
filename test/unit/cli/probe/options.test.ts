import { expect, it } from 'vitest';
import { kindWords } from '../../../../agent/cli/probe/kinds.ts';
import { optionName, optionRows } from '../../../../agent/cli/probe/options.ts';
import { expectationsByKind } from '../../../../shared/expectation.ts';
import { kinds, requestSchemas } from '../../../../shared/request.ts';

it('has words for every kind of the contract and no other', () => {
  expect(Object.keys(kindWords)).toEqual(kinds);
});

it('asks for a target where the contract does', () => {
  for (const kind of kinds) {
    const optional = requestSchemas[kind].shape.target.safeParse(undefined).success;
    expect([kind, kindWords[kind].argument.startsWith('[')]).toEqual([kind, optional]);
  }
});

// Who the answer goes to is nothing to ask for here: it is printed.
const notTyped = ['kind', 'target', 'replyTo', 'expect'];

it.each(kinds)('has an option for every key and expectation of %s, each said to be for something', (kind) => {
  const keys = Object.keys(requestSchemas[kind].shape).filter((key) => !notTyped.includes(key));
  const wanted = [...keys, ...expectationsByKind[kind]].map((name) => optionName({ name }));
  const rows = optionRows(kind).filter(({ hidden }) => !hidden);
  expect(rows.map(({ name }) => name).sort()).toEqual(wanted.sort());
  expect(rows.filter(({ description }) => description === '')).toEqual([]);
});

it('knows the options of other kinds too, to refuse them in exact words', () => {
  const names = new Set(kinds.map((kind) => optionRows(kind).length));
  expect(names.size).toBe(1);
  expect(optionRows('ping').find(({ name }) => name === '--route-includes')?.hidden).toBe(true);
});

it('gives each option one name', () => {
  const names = optionRows('ping').map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  expect(names.every((name) => /^--[a-z]+(-[a-z]+)*$/.test(name))).toBe(true);
});

it('says what an option takes, out of the contract', () => {
  const row = (name: string) => optionRows('dns').find((one) => one.name === name);
  expect(row('--timeout')).toEqual({
    name: '--timeout',
    value: 'MS',
    description: 'for all of it (100 to 60000; 10000 where not given)',
    choices: [],
    hidden: false,
  });
  expect(row('--record-type')?.choices).toContain('AAAA');
  expect(row('--family')?.choices).toEqual(['4', '6', 'auto']);
  expect(row('--force')?.value).toBeNull();
});
