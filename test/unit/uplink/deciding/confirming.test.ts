import { expect, it } from 'vitest';
import { createConfirming } from '../../../../agent/uplink/deciding/confirming.ts';
import type { Family } from '../../../../shared/ip.ts';

const never = new AbortController().signal;

function begin(answering: readonly string[], timeoutMs = 30, leading: Family = 4) {
  const asked: string[] = [];
  const all = { answering: new Set(answering), asked };
  const confirming = createConfirming({
    settings: () => ({ targets: ['192.0.2.1', '2001:db8::1', 'one.example'], timeoutMs }),
    leading: () => leading,
    answers(target, family) {
      all.asked.push(`${target} ${family}`);
      return Promise.resolve(all.answering.has(target));
    },
  });
  return { confirming, all };
}

it.each<[family: Family, leading: Family, asked: string[]]>([
  [4, 4, ['192.0.2.1 4', 'one.example 4']],
  [6, 4, ['2001:db8::1 6']],
  [6, 6, ['2001:db8::1 6', 'one.example 6']],
])('in IPv%i, names being asked in IPv%i, asks %j', async (family, leading, asked) => {
  const { confirming, all } = begin([], 30, leading);
  await confirming.now(family);
  expect(all.asked).toEqual(asked);
});

it('knows who answers now', async () => {
  const { confirming } = begin(['one.example', '2001:db8::1']);
  expect([...(await confirming.now(4))]).toEqual(['one.example']);
});

it.each<[what: string, answering: string[], before: string[], answers: object, lost: string[]]>([
  [
    'nothing is lost where all answer',
    ['192.0.2.1', 'one.example'],
    ['192.0.2.1', 'one.example'],
    { '192.0.2.1': true, 'one.example': true },
    [],
  ],
  [
    'what answered before is lost',
    ['192.0.2.1'],
    ['192.0.2.1', 'one.example'],
    { '192.0.2.1': true, 'one.example': false },
    ['one.example'],
  ],
  [
    'what did not answer before either is not',
    ['192.0.2.1'],
    ['192.0.2.1'],
    { '192.0.2.1': true, 'one.example': false },
    [],
  ],
])('%s', async (_what, answering, before, answers, lost) => {
  const { confirming } = begin(answering);
  expect(await confirming.after(4, new Set(before), never)).toEqual({ answers, lost });
});

it('waits for one that answers in time', async () => {
  const { confirming, all } = begin(['192.0.2.1'], 100);
  setTimeout(() => all.answering.add('one.example'), 10);
  expect((await confirming.after(4, new Set(['one.example']), never)).lost).toEqual([]);
});

it('ends with its signal', async () => {
  const { confirming } = begin([], 600_000);
  const ending = new AbortController();
  const after = confirming.after(4, new Set(), ending.signal);
  ending.abort();
  await expect(after).rejects.toThrow();
});
