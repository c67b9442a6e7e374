import { expect, it, vi } from 'vitest';
import { createBursts, sendBurst } from '../../../../agent/uplink/measuring/burst.ts';
import type { Came, SendEcho } from '../../../../agent/uplink/measuring/echo.ts';
import { silence } from './kit.ts';

const targets = [
  { name: 'a', address: '192.0.2.1', waitMs: 20 },
  { name: 'b', address: '192.0.2.2', waitMs: 20 },
];
const nowMs = (): number => performance.now();
const never = new AbortController().signal;

const allCome =
  (...came: Came[]): SendEcho =>
  () =>
    Promise.resolve(came.length > 1 ? (came.shift() ?? silence) : (came[0] ?? silence));

const burst = (send: SendEcho, echoes = 1, signal = never) => {
  const answered: string[] = [];
  const parts = { targets, echoes, send, answered: (name: string) => answered.push(name), nowMs };
  return sendBurst(parts, signal).then((result) => ({ ...result, answered }));
};

it('asks each target so often', async () => {
  const sent: string[] = [];
  const result = await burst(({ destination }) => {
    sent.push(destination);
    return Promise.resolve(silence);
  }, 2);
  expect(sent).toEqual(['192.0.2.1', '192.0.2.2', '192.0.2.1', '192.0.2.2']);
  expect(result).toMatchObject({ outcome: 'silent', unresolved: false });
});

it.each<[what: string, came: Came[], outcome: string, unresolved: boolean]>([
  ['one answers', [silence, { type: 'reply', rttMs: 5 }], 'answered', false],
  ['errors come for all', [{ type: 'refused' }], 'silent', false],
  ['none could be sent', [{ type: 'local', why: 'no buffer' }], 'unknown', false],
  ['some could not be sent', [{ type: 'local', why: 'no buffer' }, silence], 'silent', false],
  ['nothing left', [{ type: 'silence', left: false }], 'silent', true],
  ['some did not leave', [{ type: 'silence', left: false }, silence], 'silent', false],
])('where %s', async (_what, came, outcome, unresolved) =>
  expect(await burst(allCome(...came))).toMatchObject({ outcome, unresolved }),
);

it('is over with the first answer', async () => {
  const sent: string[] = [];
  const result = await burst(({ destination }) => {
    sent.push(destination);
    return Promise.resolve({ type: 'reply', rttMs: 5 });
  }, 100);
  expect(sent).toHaveLength(2);
  expect(result).toMatchObject({ outcome: 'answered', answered: ['a', 'b'] });
});

it('is unknown where there is nobody to ask', async () => {
  const parts = { targets: [], echoes: 1, send: allCome(silence), answered: () => undefined, nowMs };
  expect(await sendBurst(parts, never)).toEqual({ outcome: 'unknown', unresolved: false });
});

it('is unknown where it was ended', async () => {
  const ending = new AbortController();
  const under = burst(() => new Promise(() => undefined), 1, ending.signal);
  ending.abort();
  expect((await under).outcome).toBe('unknown');
});

it('an answer that came after the wait is one all the same', async () => {
  const answered: string[] = [];
  await sendBurst(
    {
      ...{ targets, echoes: 1, answered: (name: string) => answered.push(name), nowMs },
      send({ late }) {
        late();
        return Promise.resolve(silence);
      },
    },
    never,
  );
  expect(answered).toEqual(['a', 'b']);
});

it('of two at a time only the latter is told of, and of a stopped one nothing', async () => {
  const over = vi.fn();
  const pending: ((came: Came) => void)[] = [];
  const send: SendEcho = () => new Promise((resolve) => void pending.push(resolve));
  const bursts = createBursts({ send, answered: () => undefined, nowMs }, over);
  bursts.begin(targets, 1);
  bursts.begin(targets, 1);
  expect(bursts.underWay()).toBe(true);
  pending.forEach((come) => come(silence));
  await vi.waitFor(() => expect(over).toHaveBeenCalledOnce());
  expect(bursts.underWay()).toBe(false);
  bursts.begin(targets, 1);
  bursts.stop();
  expect(bursts.underWay()).toBe(false);
  pending.forEach((come) => come(silence));
  await new Promise((resolve) => setImmediate(resolve));
  expect(over).toHaveBeenCalledOnce();
});
