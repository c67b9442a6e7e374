import { expect, it } from 'vitest';
import { createTurns } from '../../../../agent/uplink/measuring/turns.ts';
import { fakeTime, nowMs, pass } from './kit.ts';

function begin(names: string[] = ['a', 'b']) {
  fakeTime();
  const startMs = nowMs();
  const [asked, atMs]: [string[], number[]] = [[], []];
  const all = { targets: names, open: true, asked, atMs };
  const turns = createTurns(
    {
      targets: () => all.targets,
      isOpen: () => all.open,
      ask({ round, target }) {
        all.asked.push(`${round}${target}`);
        all.atMs.push(Math.round(nowMs() - startMs));
      },
      asked: () => undefined,
      nowMs,
    },
    1000,
  );
  return { turns, all };
}

it('spreads the targets over the interval, in rounds', async () => {
  const { turns, all } = begin();
  turns.plan();
  await pass(1600);
  expect(all.asked).toEqual(['1a', '1b', '2a', '2b']);
  expect(all.atMs).toEqual([0, 500, 1000, 1500]);
});

it('asks nobody while it can’t, and at once when it can again', async () => {
  const { turns, all } = begin(['a']);
  turns.plan();
  await pass(1100);
  all.open = false;
  turns.plan();
  await pass(5000);
  expect(all.atMs).toEqual([0, 1000]);
  all.open = true;
  turns.plan();
  await pass(0);
  expect(all.atMs).toEqual([0, 1000, 6100]);
});

it('quickens from now on, and not only after the interval that it waits in', async () => {
  const { turns, all } = begin(['a']);
  turns.pace(900_000);
  turns.plan();
  await pass(60_000);
  turns.pace(1000);
  await pass(0);
  expect(all.atMs).toEqual([0, 60_000]);
});

it('asks each target once where all are to be asked at once, wherever its round stands', async () => {
  const { turns, all } = begin(['a', 'b', 'c']);
  turns.plan();
  await pass(0);
  turns.all();
  expect(all.asked).toEqual(['1a', '1b', '1c', '2a']);
  await pass(330);
  expect(all.asked).toHaveLength(4);
  await pass(10);
  expect(all.asked.at(-1)).toBe('2b');
});

it('begins a round where the targets are others', async () => {
  const { turns, all } = begin(['a', 'b', 'c']);
  turns.plan();
  await pass(340);
  all.targets = ['d', 'e'];
  turns.restart();
  await pass(1000);
  expect(all.asked.slice(2)).toEqual(['2d', '2e']);
});

it('leaves no timer when it is stopped', async () => {
  const { turns, all } = begin(['a']);
  turns.plan();
  await pass(0);
  turns.stop();
  turns.plan();
  turns.pace(1);
  await pass(5000);
  expect(all.asked).toEqual(['1a']);
});
