// Networks of addresses: which source answers, who is asked at all, how often, how many at once and how long.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Networks, createNetworks, noNetworks } from '../../../agent/asn/networks.ts';
import type { NetworkAnswer, NetworkSource } from '../../../agent/asn/source.ts';
import { createJobs } from '../../../agent/queue.ts';
import type { NetworkOfAddress } from '../../../shared/result.ts';
import { network } from '../assess/measured.ts';
import { type MemoryStore, memoryStore } from './store.ts';

beforeEach(() => vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] }));
afterEach(() => vi.useRealTimers());

type Answer = (address: string, signal: AbortSignal) => NetworkAnswer | Promise<NetworkAnswer>;

const known = (organisation: string): NetworkAnswer => ({
  outcome: 'known',
  network: network(64500, organisation),
});
const without = (outcome: 'unknown' | 'failed' | 'notAsked'): NetworkAnswer => ({ outcome });

interface Asking extends Networks {
  /** What the sources were asked, in order. */
  questions: string[];
  signals: AbortSignal[];
  store: MemoryStore;
  /** The organisations of these addresses, to an asker with patience. */
  of(...addresses: string[]): Promise<Record<string, string | null>>;
}

const organisations = (networks: ReadonlyMap<string, NetworkOfAddress>): Record<string, string | null> =>
  Object.fromEntries([...networks].map(([address, { organisation }]) => [address, organisation]));

function asking(
  answers: Partial<Record<NetworkSource['name'], Answer>>,
  inFile: ((address: string) => NetworkAnswer) | null = null,
  store = memoryStore(),
): Asking {
  const questions: string[] = [];
  const signals: AbortSignal[] = [];
  const sources = (['ipinfo', 'cymru'] as const).flatMap((name): NetworkSource[] => {
    const answer = answers[name];
    if (answer === undefined) return [];
    const lookUp: NetworkSource['lookUp'] = (address, signal) => {
      questions.push(`${name} ${address}`);
      signals.push(signal);
      return Promise.resolve(answer(address, signal));
    };
    return [{ name, lookUp }];
  });
  const database = inFile === null ? null : { lookUp: inFile };
  const networks = createNetworks({ database, sources, store, createJobs });
  const of: Asking['of'] = async (...addresses) =>
    organisations(await networks.networksOf(addresses, { patienceMs: null }, new AbortController().signal));
  return { ...networks, questions, signals, store, of };
}

/** Answers when the test says so. */
function held(): { answer: Answer; release: (address: string, answer?: NetworkAnswer) => void } {
  const waiting = new Map<string, (answer: NetworkAnswer) => void>();
  return {
    answer: (address) => new Promise((resolve) => waiting.set(address, resolve)),
    release: (address, answer = known(address)) => waiting.get(address)?.(answer),
  };
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const many = (count: number): string[] =>
  Array.from({ length: count }, (_, index) => `9.0.${index >> 8}.${index & 255}`);

describe('the first source that knows', () => {
  it('answers, and those behind it are not asked', async () => {
    const { of, questions } = asking({ ipinfo: () => known('by IPinfo'), cymru: () => known('by Cymru') });
    expect(await of('9.9.9.9')).toEqual({ '9.9.9.9': 'by IPinfo' });
    expect(questions).toEqual(['ipinfo 9.9.9.9']);
  });

  it.each(['unknown', 'failed', 'notAsked'] as const)('is the next where one says %s', async (outcome) => {
    const { of, questions } = asking({ ipinfo: () => without(outcome), cymru: () => known('by Cymru') });
    expect(await of('9.9.9.9')).toEqual({ '9.9.9.9': 'by Cymru' });
    expect(questions).toEqual(['ipinfo 9.9.9.9', 'cymru 9.9.9.9']);
  });

  it('is the next where one has a bug', async () => {
    const broken: Answer = () => Promise.reject(new Error('surprise'));
    const { of } = asking({ ipinfo: broken, cymru: () => known('by Cymru') });
    expect(await of('9.9.9.9')).toEqual({ '9.9.9.9': 'by Cymru' });
  });

  it('is the file where it knows: nobody is asked and nothing is kept', async () => {
    const { of, questions, store } = asking({ ipinfo: () => known('by IPinfo') }, () => known('by file'));
    expect(await of('9.9.9.9')).toEqual({ '9.9.9.9': 'by file' });
    expect([questions, store.reads, store.content.size]).toEqual([[], [], 0]);
  });

  it('is another than the file where that knows nothing, or can not be read', async () => {
    for (const outcome of ['unknown', 'failed'] as const) {
      const { of } = asking({ ipinfo: () => known('by IPinfo') }, () => without(outcome));
      expect(await of('9.9.9.9')).toEqual({ '9.9.9.9': 'by IPinfo' });
    }
  });

  it('is none where there is no source', async () => {
    expect(await asking({}).of('9.9.9.9')).toEqual({});
    expect(await asking({}, () => without('unknown')).of('9.9.9.9')).toEqual({});
    const signal = new AbortController().signal;
    expect(await noNetworks.networksOf(['9.9.9.9'], { patienceMs: null }, signal)).toEqual(new Map());
    noNetworks.stop();
  });
});

describe('an address', () => {
  it('that is not of the world is asked about nowhere, not even in the file', async () => {
    const inFile: string[] = [];
    const { of, questions } = asking({ ipinfo: () => known('x') }, (address) => {
      inFile.push(address);
      return without('unknown');
    });
    const special = [
      '192.168.2.1',
      '10.0.0.1',
      '100.64.0.1',
      '169.254.1.1',
      '127.0.0.1',
      '224.0.0.1',
      '0.0.0.0',
    ];
    expect(await of(...special, 'fe80::1', 'fd00::1', '::1', '::', 'ff02::1', 'no address')).toEqual({});
    expect([questions, inFile]).toEqual([[], []]);
  });

  it('is asked about in its one spelling, and answered in that it was given', async () => {
    const { of, questions } = asking({ ipinfo: () => known('Quad9') });
    expect(await of('::ffff:9.9.9.9', '2620:FE:0::FE')).toEqual({
      '::ffff:9.9.9.9': 'Quad9',
      '2620:FE:0::FE': 'Quad9',
    });
    expect(questions).toEqual(['ipinfo 9.9.9.9', 'ipinfo 2620:fe::fe']);
  });
});

describe('a look-up', () => {
  it('is one for twenty that ask the same at once', async () => {
    const { answer, release } = held();
    const { of, questions } = asking({ ipinfo: answer });
    const asked = Array.from({ length: 20 }, () => of('9.9.9.9'));
    await turn();
    release('9.9.9.9');
    expect(await Promise.all(asked)).toEqual(Array(20).fill({ '9.9.9.9': '9.9.9.9' }));
    expect(questions).toHaveLength(1);
  });

  it('runs beside at most three others', async () => {
    const { answer, release } = held();
    const { of, questions } = asking({ ipinfo: answer });
    const asked = of(...many(6));
    await turn();
    expect(questions).toHaveLength(4);
    release('9.0.0.0');
    await turn();
    expect(questions).toHaveLength(5);
    for (const address of many(5)) release(address);
    await turn();
    release('9.0.0.5');
    expect(Object.keys(await asked)).toHaveLength(6);
  });

  it('that two hundred wait before is not begun', async () => {
    const { answer } = held();
    const { networksOf, questions } = asking({ ipinfo: answer });
    const some = (addresses: string[]) =>
      networksOf(addresses, { patienceMs: 10 }, new AbortController().signal);
    const asked = some(many(300));
    await turn();
    await vi.advanceTimersByTimeAsync(10);
    await asked;
    for (let round = 0; round < 60; round += 1) await vi.advanceTimersByTimeAsync(2500);
    expect(questions).toHaveLength(204);
  });

  it('is given up after 2.5 s, and counts as failed', async () => {
    const { answer } = held();
    const { of, questions, signals } = asking({ ipinfo: answer });
    const asked = of('9.9.9.9');
    await turn();
    await vi.advanceTimersByTimeAsync(2500);
    expect(await asked).toEqual({});
    expect(signals[0]?.aborted).toBe(true);
    await of('9.9.9.9');
    expect(questions).toHaveLength(1);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('goes on when its asker has lost patience, and is known to the next', async () => {
    const { answer, release } = held();
    const { networksOf, of, questions } = asking({ ipinfo: answer });
    const asked = networksOf(['9.9.9.9'], { patienceMs: 200 }, new AbortController().signal);
    await turn();
    await vi.advanceTimersByTimeAsync(200);
    expect(await asked).toEqual(new Map());
    release('9.9.9.9');
    await turn();
    expect(await of('9.9.9.9')).toEqual({ '9.9.9.9': '9.9.9.9' });
    expect(questions).toHaveLength(1);
  });

  it("is not waited for beyond the asker's deadline, nor begun after it", async () => {
    const { answer } = held();
    const { networksOf, questions } = asking({ ipinfo: answer });
    const deadline = new AbortController();
    const asked = networksOf(['9.9.9.9'], { patienceMs: null }, deadline.signal);
    await turn();
    deadline.abort();
    expect(await asked).toEqual(new Map());
    await networksOf(['1.1.1.1'], { patienceMs: null }, deadline.signal);
    await turn();
    expect(questions).toEqual(['ipinfo 9.9.9.9']);
  });

  it('ends when the agent stops, and none is begun after that', async () => {
    const { answer } = held();
    const { of, stop, questions, signals, store } = asking({ ipinfo: answer });
    const asked = of('9.9.9.9', ...many(6));
    await turn();
    stop();
    expect(await asked).toEqual({});
    expect(signals.every(({ aborted }) => aborted)).toBe(true);
    expect([questions.length, store.content.size]).toEqual([4, 0]);
  });
});

describe('what was said', () => {
  it('is known without another question, also to the next agent', async () => {
    const { of, questions, store } = asking({
      ipinfo: (address) => (address === '9.9.9.9' ? known('Quad9') : without('unknown')),
    });
    expect(await of('9.9.9.9', '1.1.1.1')).toEqual({ '9.9.9.9': 'Quad9' });
    expect(await of('9.9.9.9', '1.1.1.1')).toEqual({ '9.9.9.9': 'Quad9' });
    expect(questions).toHaveLength(2);
    const next = asking({ ipinfo: () => known('x') }, null, store);
    expect(await next.of('9.9.9.9', '1.1.1.1')).toEqual({ '9.9.9.9': 'Quad9' });
    expect(next.questions).toEqual([]);
  });

  it('is given without a timer and without the disk once it is in memory', async () => {
    const { of, networksOf, store } = asking({ ipinfo: () => known('Quad9') });
    await of('9.9.9.9');
    store.reads.length = 0;
    const aborted = AbortSignal.abort();
    expect(organisations(await networksOf(['9.9.9.9'], { patienceMs: 0 }, aborted))).toEqual({
      '9.9.9.9': 'Quad9',
    });
    expect([store.reads, vi.getTimerCount()]).toEqual([[], 0]);
  });

  it.each<[first: NetworkAnswer, second: NetworkAnswer, kept: boolean]>([
    [without('unknown'), without('unknown'), true],
    [without('unknown'), without('failed'), false],
    [without('failed'), without('unknown'), false],
    [without('notAsked'), without('unknown'), false],
  ])('as %j and %j is kept on the disk: %s', async (first, second, kept) => {
    const { of, store } = asking({ ipinfo: () => first, cymru: () => second });
    await of('9.9.9.9');
    expect(store.content.has('9.9.9.9')).toBe(kept);
  });

  it('where nobody was asked is asked for the next time', async () => {
    let answer = without('notAsked');
    const { of } = asking({ ipinfo: () => answer });
    expect(await of('9.9.9.9')).toEqual({});
    answer = known('Quad9');
    expect(await of('9.9.9.9')).toEqual({ '9.9.9.9': 'Quad9' });
  });
});
