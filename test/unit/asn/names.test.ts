// Reverse names: kept for as long as they are good for, asked for once and a few at a time, waited for a moment only.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type AskName, type NameAnswer, type Names, createNames, noNames } from '../../../agent/asn/names.ts';
import { createJobs } from '../../../agent/queue.ts';

beforeEach(() => vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] }));
afterEach(() => vi.useRealTimers());

const minuteMs = 60_000;
const named = (name: string): NameAnswer => ({ outcome: 'named', name });
const without = (outcome: NameAnswer['outcome']): NameAnswer => ({ outcome, name: null });

interface Asking extends Names {
  /** What it asked for, in order. */
  questions: string[];
  signals: AbortSignal[];
  /** The names of these addresses, to an asker with all the time there is. */
  of(...addresses: string[]): Promise<Record<string, string>>;
}

function asking(
  answer: AskName = (address) => Promise.resolve(named(`${address}.example`)),
  patienceMs?: number,
): Asking {
  const questions: string[] = [];
  const signals: AbortSignal[] = [];
  const names = createNames(
    (address, signal) => {
      questions.push(address);
      signals.push(signal);
      return answer(address, signal);
    },
    createJobs,
    patienceMs,
  );
  const of = async (...addresses: string[]) =>
    Object.fromEntries(await names.namesOf(addresses, new AbortController().signal));
  return { ...names, questions, signals, of };
}

/** Answers when the test says so. */
function held(): { answer: AskName; release: (address: string, answer?: NameAnswer) => void } {
  const waiting = new Map<string, (answer: NameAnswer) => void>();
  return {
    answer: (address) => new Promise((resolve) => waiting.set(address, resolve)),
    release: (address, answer = named(`${address}.example`)) => waiting.get(address)?.(answer),
  };
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const many = (count: number): string[] =>
  Array.from({ length: count }, (_, index) => `10.0.${index >> 8}.${index & 255}`);

describe('names', () => {
  it('are those of the addresses that have one', async () => {
    const { of, questions } = asking((address) =>
      Promise.resolve(address === '10.0.0.1' ? named('gateway.home') : without('nameless')),
    );
    expect(await of('10.0.0.1', '1.1.1.1', '10.0.0.1')).toEqual({ '10.0.0.1': 'gateway.home' });
    expect(questions).toEqual(['10.0.0.1', '1.1.1.1']);
  });

  it("are asked of private addresses, and not of those that are this wire's, this machine's or nobody's", async () => {
    const { of, questions } = asking();
    const beyond = ['192.168.2.1', '100.64.0.1', 'fd00:2::1', '2001:db8::1'];
    await of(...beyond, '169.254.1.1', 'fe80::1', '127.0.0.1', '::1', '0.0.0.0', '::');
    expect(questions).toEqual(beyond);
  });

  it('are none where a question ends in an error, and that is no error', async () => {
    const { of, questions } = asking(() => Promise.reject(new Error('ip is not installed')));
    expect([await of('1.1.1.1'), await of('1.1.1.1')]).toEqual([{}, {}]);
    expect(questions).toHaveLength(1);
  });

  it('are none without asking anybody', async () => {
    expect(await noNames.namesOf(['1.1.1.1'], new AbortController().signal)).toEqual(new Map());
    noNames.stop();
  });
});

describe('an answer', () => {
  it.each<[outcome: NameAnswer['outcome'], name: string | null, keptMs: number]>([
    ['named', 'one.example', 60 * minuteMs],
    ['nameless', null, 10 * minuteMs],
    ['failed', null, minuteMs],
  ])('%s (%j) is good for %d ms', async (outcome, name, keptMs) => {
    const { of, questions } = asking(() => Promise.resolve({ outcome, name }));
    const first = await of('1.1.1.1');
    expect(first).toEqual(name === null ? {} : { '1.1.1.1': name });
    vi.advanceTimersByTime(keptMs - 1);
    expect(await of('1.1.1.1')).toEqual(first);
    expect(questions).toHaveLength(1);
    vi.advanceTimersByTime(1);
    await of('1.1.1.1');
    expect(questions).toHaveLength(2);
  });

  it('is not given any more once it is too old, though no newer one has come', async () => {
    let answer: AskName = () => Promise.resolve(named('one.example'));
    const { of } = asking((...question) => answer(...question));
    await of('1.1.1.1');
    vi.advanceTimersByTime(60 * minuteMs);
    ({ answer } = held());
    const asked = of('1.1.1.1');
    await vi.advanceTimersByTimeAsync(200);
    expect(await asked).toEqual({});
  });

  it('that was not asked for is asked for the next time', async () => {
    let answer = without('notAsked');
    const { of } = asking(() => Promise.resolve(answer));
    expect(await of('1.1.1.1')).toEqual({});
    answer = named('one.example');
    expect(await of('1.1.1.1')).toEqual({ '1.1.1.1': 'one.example' });
  });

  it('is kept of a thousand addresses, the newest', async () => {
    const { of, questions } = asking();
    const addresses = many(1001);
    for (const address of addresses) await of(address);
    await of(...addresses.slice(1));
    expect(questions).toHaveLength(1001);
    await of('10.0.0.0');
    expect(questions).toHaveLength(1002);
  });

  it('that was renewed is among the newest', async () => {
    let answer = without('failed');
    const { of, questions } = asking(() => Promise.resolve(answer));
    const [first = '', second = '', ...others] = many(1001);
    await of(first);
    answer = named('one.example');
    for (const address of [second, ...others.slice(1)]) await of(address);
    vi.advanceTimersByTime(minuteMs);
    for (const address of [first, ...others.slice(0, 1)]) await of(address);
    const asked = questions.length;
    await of(first);
    expect(questions).toHaveLength(asked);
    await of(second);
    expect(questions).toHaveLength(asked + 1);
  });
});

describe('questions', () => {
  it('are asked four at a time, each once for all who wait for it', async () => {
    const { answer, release } = held();
    const { of, questions } = asking(answer);
    const addresses = many(6);
    const both = [of(...addresses), of(...addresses)];
    await turn();
    expect(questions).toEqual(addresses.slice(0, 4));
    release('10.0.0.2');
    await turn();
    expect(questions).toEqual(addresses.slice(0, 5));
    for (const address of addresses) {
      release(address);
      await turn();
    }
    const names = Object.fromEntries(addresses.map((address) => [address, `${address}.example`]));
    expect(await Promise.all(both)).toEqual([names, names]);
    expect(questions).toEqual(addresses);
  });

  it('are dropped where a hundred wait', async () => {
    const { answer, release } = held();
    const { of, questions } = asking(answer);
    const addresses = many(110);
    const asked = of(...addresses);
    for (const address of addresses) {
      await turn();
      release(address);
    }
    expect(Object.keys(await asked)).toEqual(addresses.slice(0, 104));
    expect(questions).toEqual(addresses.slice(0, 104));
  });

  it('end with the agent, and none begins after that', async () => {
    const { questions, signals, of, stop } = asking(
      (_address, signal) =>
        new Promise((resolve) => signal.addEventListener('abort', () => resolve(without('failed')))),
    );
    const asked = of(...many(6));
    await turn();
    expect(signals.map(({ aborted }) => aborted)).toEqual([false, false, false, false]);
    stop();
    expect(await asked).toEqual({});
    expect(await of('1.1.1.1')).toEqual({});
    expect(questions).toHaveLength(4);
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe('who asks', () => {
  it('waits 200 ms for all together, and finds the next time what took longer', async () => {
    const { answer, release } = held();
    const { of, questions } = asking(answer);
    const asked = of('10.0.0.1', '10.0.0.2');
    await turn();
    release('10.0.0.1');
    await vi.advanceTimersByTimeAsync(200);
    expect(await asked).toEqual({ '10.0.0.1': '10.0.0.1.example' });
    release('10.0.0.2');
    await turn();
    expect(await of('10.0.0.2')).toEqual({ '10.0.0.2': '10.0.0.2.example' });
    expect(questions).toEqual(['10.0.0.1', '10.0.0.2']);
  });

  it('waits longer where somebody has the patience', async () => {
    const { answer, release } = held();
    const asked = asking(answer, 1000).of('10.0.0.1');
    await vi.advanceTimersByTimeAsync(900);
    release('10.0.0.1');
    expect(await asked).toEqual({ '10.0.0.1': '10.0.0.1.example' });
  });

  it('waits no longer than its own time', async () => {
    const names = asking(held().answer);
    const over = new AbortController();
    const asked = names.namesOf(['1.1.1.1'], over.signal);
    over.abort();
    expect(await asked).toEqual(new Map());
    expect(vi.getTimerCount()).toBe(0);
  });

  it('whose time is over is told what is known, and nothing is asked for', async () => {
    const names = asking();
    await names.of('10.0.0.1');
    const told = await names.namesOf(['10.0.0.1', '10.0.0.2'], AbortSignal.abort());
    expect(told).toEqual(new Map([['10.0.0.1', '10.0.0.1.example']]));
    expect(names.questions).toEqual(['10.0.0.1']);
  });

  it('waits for nothing where all is known', async () => {
    const { of } = asking();
    await of('10.0.0.1');
    const asked = of('10.0.0.1', '127.0.0.1');
    expect(vi.getTimerCount()).toBe(0);
    await asked;
  });
});
