import { expect, it } from 'vitest';
import { createTrouble } from '../../../../agent/uplink/deciding/trouble.ts';
import { keptLog } from '../../action/kit.ts';

function begin(...found: (string | null)[]) {
  const { log, lines } = keptLog();
  const trouble = createTrouble(log);
  for (const one of found) trouble.found(one);
  return { trouble, said: lines.map(({ level }) => level) };
}

it.each<[what: string, found: (string | null)[], said: string[]]>([
  ['nothing where all is well', [null, null], []],
  ['a problem once', ['a', 'a', 'a'], ['error']],
  ['another problem', ['a', 'b'], ['error', 'error']],
  ['its end', ['a', null, null], ['error', 'info']],
])('says %s', (_what, found, said) => expect(begin(...found).said).toEqual(said));

it.each<[what: string, found: (string | null)[], nextMs: number]>([
  ['as usual where all is well', [null], 30_000],
  ['soon', ['a'], 1000],
  ['more and more seldom', ['a', 'a', 'a', 'a'], 8000],
  ['never more seldom than usual', Array.from({ length: 2000 }, () => 'a'), 30_000],
  ['soon again where it is another problem', ['a', 'a', 'a', 'b'], 1000],
])('is tried again %s', (_what, found, nextMs) =>
  expect(begin(...found).trouble.nextMs(30_000)).toBe(nextMs),
);
