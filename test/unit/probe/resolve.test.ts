// Names to addresses: asked once for all who ask at once, given up in time, and the last good answer kept.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  type Asker,
  type Found,
  type Lookup,
  type Resolve,
  createResolver,
} from '../../../agent/probe/resolve.ts';
import type { Family } from '../../../shared/ip.ts';
import type { Traffic } from '../../../shared/result.ts';
import { exit, unhurried } from './tools.ts';

type Ask = (host: string, family: Family) => Promise<string[]>;

class ResolverError extends Error {
  constructor(readonly code: string) {
    super(`getaddrinfo ${code}`);
  }
}

/** A resolver whose server answers as the test says at that moment. */
function resolving(): {
  resolve: Resolve;
  server: { answer: Ask; ttlSeconds: number };
  questions: string[];
} {
  const questions: string[] = [];
  const good: Ask = () => Promise.resolve(['192.0.2.1', '192.0.2.2']);
  const server = { answer: good, ttlSeconds: 0 };
  const resolve = createResolver(async (host, family, exit) => {
    questions.push([family, host, ...(exit === null ? [] : [exit.interfaceName])].join(' '));
    return { addresses: await server.answer(host, family), ttlSeconds: server.ttlSeconds };
  });
  return { resolve, server, questions };
}

const asker = (given: Partial<Asker> = {}): Asker => ({
  patienceWithReserveMs: 1000,
  fromMemory: () => undefined,
  spent: () => undefined,
  kept: () => undefined,
  ...given,
});

const notThere = { code: 'nameUnresolved', source: 'resolver' };
const tooLate = { code: 'resolverTimeout', source: 'resolver' };
const never: Ask = () => new Promise(() => undefined);

describe('a name', () => {
  it('stands for its addresses', async () => {
    const { resolve, questions } = resolving();
    expect(await resolve('one.example', 4, null, unhurried())).toEqual(['192.0.2.1', '192.0.2.2']);
    expect(questions).toEqual(['4 one.example']);
  });

  it('that is an address stands for itself, and nobody is asked', async () => {
    const { resolve, questions } = resolving();
    expect(await resolve('1.1.1.1', 4, null, unhurried())).toEqual(['1.1.1.1']);
    expect(await resolve('2001:db8::1', 6, null, unhurried())).toEqual(['2001:db8::1']);
    await expect(resolve('2001:db8::1', 4, null, unhurried())).rejects.toMatchObject({
      code: 'badRequest',
      message: 'target: 2001:db8::1 is not an IPv4 address',
    });
    await expect(resolve('1.1.1.1', 6, null, unhurried())).rejects.toMatchObject({ code: 'badRequest' });
    expect(questions).toEqual([]);
  });

  it("that nobody knows is the resolver's fault, in words", async () => {
    const { resolve, server } = resolving();
    server.answer = () => Promise.reject(new ResolverError('ENOTFOUND'));
    const message = 'gone.example could not be resolved (ENOTFOUND)';
    await expect(resolve('gone.example', 4, null, unhurried())).rejects.toMatchObject({
      ...notThere,
      message,
    });
  });

  it('is not known for whatever reason the resolver gives', async () => {
    const { resolve, server } = resolving();
    server.answer = () => Promise.reject(new TypeError('x'));
    const message = 'one.example could not be resolved (TypeError: x)';
    await expect(resolve('one.example', 4, null, unhurried())).rejects.toMatchObject({
      ...notThere,
      message,
    });
  });

  it('without an address of the family is none, and nothing to remember', async () => {
    const { resolve, server } = resolving();
    await resolve('one.example', 4, null, unhurried());
    server.answer = () => Promise.resolve([]);
    expect(await resolve('one.example', 4, null, unhurried())).toEqual([]);
  });
});

describe('an answer that says how long it counts', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('is not asked for again until then', async () => {
    const { resolve, server, questions } = resolving();
    server.ttlSeconds = 60;
    await resolve('one.example', 4, exit, unhurried());
    server.answer = () => Promise.resolve(['198.51.100.7']);
    vi.advanceTimersByTime(59_999);
    expect(await resolve('one.example', 4, exit, unhurried())).toEqual(['192.0.2.1', '192.0.2.2']);
    expect(questions).toHaveLength(1);
    vi.advanceTimersByTime(2);
    expect(await resolve('one.example', 4, exit, unhurried())).toEqual(['198.51.100.7']);
  });

  it('counts for the uplink by which it was asked', async () => {
    const { resolve, server, questions } = resolving();
    server.ttlSeconds = 60;
    await resolve('one.example', 4, exit, unhurried());
    await resolve('one.example', 4, { ...exit, interfaceName: 'eth0' }, unhurried());
    await resolve('one.example', 4, null, unhurried());
    expect(questions).toEqual(['4 one.example eth1', '4 one.example eth0', '4 one.example']);
  });

  it('is kept for a day at most', async () => {
    const { resolve, server, questions } = resolving();
    server.ttlSeconds = 0x7fff_ffff;
    await resolve('one.example', 4, exit, unhurried());
    vi.advanceTimersByTime(86_400_001);
    await resolve('one.example', 4, exit, unhurried());
    expect(questions).toHaveLength(2);
  });
});

describe('an answer that may no longer count', () => {
  it('is asked for again, and is kept in reserve', async () => {
    let epoch = 0;
    const good = { addresses: ['192.0.2.1'], ttlSeconds: 60 };
    const lookUp = vi.fn<Lookup>(() => Promise.resolve(good));
    const resolve = createResolver(lookUp, () => epoch);
    await resolve('one.example', 4, exit, unhurried());
    await resolve('one.example', 4, exit, unhurried());
    expect(lookUp).toHaveBeenCalledTimes(1);
    epoch += 1;
    lookUp.mockImplementation(() => Promise.reject(new ResolverError('ESERVFAIL')));
    expect(await resolve('one.example', 4, exit, unhurried())).toEqual(['192.0.2.1']);
    expect(lookUp).toHaveBeenCalledTimes(2);
  });
});

describe('a look-up', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  const cost = { packetsSent: 1, packetsReceived: 0, bytesSent: 70, bytesReceived: 0 };

  it('that takes longer than the reserve is waited for goes on, and the next asker has what it found', async () => {
    let answer: (found: Found) => void = () => undefined;
    const lookUp = vi.fn<Lookup>(() => Promise.resolve({ addresses: ['192.0.2.1'], ttlSeconds: 0 }));
    const resolve = createResolver(lookUp);
    await resolve('one.example', 4, exit, unhurried());
    lookUp.mockImplementation(() => new Promise((settle) => (answer = settle)));
    const fromMemory = vi.fn();
    const early = resolve(
      'one.example',
      4,
      exit,
      unhurried(),
      asker({ patienceWithReserveMs: 250, fromMemory }),
    );
    await vi.advanceTimersByTimeAsync(250);
    expect(await early).toEqual(['192.0.2.1']);
    expect(fromMemory).toHaveBeenCalledOnce();
    answer({ addresses: ['192.0.2.9'], ttlSeconds: 60 });
    expect(await resolve('one.example', 4, exit, unhurried())).toEqual(['192.0.2.9']);
    expect(lookUp).toHaveBeenCalledTimes(2);
  });

  it('is paid for by who waits for it, or else by who asks next', async () => {
    const bills: ((traffic: Traffic) => void)[] = [];
    const lookUp: Lookup = (_host, _family, _exit, _limitMs, spent) => {
      bills.push(spent);
      spent(cost);
      return new Promise(() => undefined);
    };
    const resolve = createResolver(lookUp);
    const paid: Traffic[][] = [[], []];
    const over = new AbortController();
    const payer = (index: number): Asker => asker({ spent: (traffic) => paid[index]?.push(traffic) });
    const gone = resolve('one.example', 4, exit, over.signal, payer(0)).catch(() => null);
    bills[0]?.(cost);
    over.abort();
    await gone;
    bills[0]?.(cost);
    void resolve('one.example', 4, exit, unhurried(), payer(1)).catch(() => null);
    expect(paid[0]?.filter(({ packetsSent }) => packetsSent > 0)).toEqual([cost]);
    expect(paid[1]?.find(({ packetsSent }) => packetsSent > 0)).toEqual({
      ...cost,
      packetsSent: 2,
      bytesSent: 140,
    });
    await vi.advanceTimersByTimeAsync(5000);
  });

  it('ends when the last who waits for it goes away, and not before', async () => {
    const ended = vi.fn();
    const lookUp: Lookup = (_host, _family, _exit, _limitMs, _spent, signal) => {
      signal.addEventListener('abort', ended);
      return new Promise(() => undefined);
    };
    const resolve = createResolver(lookUp);
    const [first, second] = [new AbortController(), new AbortController()];
    const waiting = [first, second].map(({ signal }) =>
      resolve('one.example', 4, exit, signal).catch(() => null),
    );
    first.abort();
    await waiting[0];
    expect(ended).not.toHaveBeenCalled();
    second.abort();
    await waiting[1];
    expect(ended).toHaveBeenCalledOnce();
  });

  it('that found no address is not made again for a minute', async () => {
    const lookUp = vi.fn<Lookup>(() => Promise.resolve({ addresses: [], ttlSeconds: 0 }));
    const resolve = createResolver(lookUp);
    expect(await resolve('one.example', 4, exit, unhurried())).toEqual([]);
    vi.advanceTimersByTime(59_999);
    expect(await resolve('one.example', 4, exit, unhurried())).toEqual([]);
    expect(lookUp).toHaveBeenCalledTimes(1);
    vi.advanceTimersByTime(2);
    await resolve('one.example', 4, exit, unhurried());
    expect(lookUp).toHaveBeenCalledTimes(2);
  });
});

describe('the last good answer', () => {
  it('is given while resolving fails, and is that of its family', async () => {
    const { resolve, server } = resolving();
    await resolve('one.example', 4, null, unhurried());
    server.answer = () => Promise.reject(new ResolverError('EAI_AGAIN'));
    expect(await resolve('one.example', 4, null, unhurried())).toEqual(['192.0.2.1', '192.0.2.2']);
    await expect(resolve('one.example', 6, null, unhurried())).rejects.toMatchObject(notThere);
    await expect(resolve('two.example', 4, null, unhurried())).rejects.toMatchObject(notThere);
  });

  it('is told from one of now', async () => {
    const { resolve, server } = resolving();
    const fromMemory = vi.fn();
    await resolve('one.example', 4, null, unhurried(), asker({ fromMemory }));
    expect(fromMemory).not.toHaveBeenCalled();
    server.answer = () => Promise.reject(new ResolverError('ENOTFOUND'));
    await resolve('one.example', 4, null, unhurried(), asker({ fromMemory }));
    expect(fromMemory).toHaveBeenCalledOnce();
  });

  it('is the newest, and asked for anew each time', async () => {
    const { resolve, server, questions } = resolving();
    await resolve('one.example', 4, null, unhurried());
    server.answer = () => Promise.resolve(['198.51.100.7']);
    expect(await resolve('one.example', 4, null, unhurried())).toEqual(['198.51.100.7']);
    server.answer = () => Promise.reject(new ResolverError('EAI_AGAIN'));
    expect(await resolve('one.example', 4, null, unhurried())).toEqual(['198.51.100.7']);
    expect(questions).toHaveLength(3);
  });

  it('outlives an answer without addresses', async () => {
    const { resolve, server } = resolving();
    await resolve('one.example', 4, null, unhurried());
    server.answer = () => Promise.resolve([]);
    await resolve('one.example', 4, null, unhurried());
    server.answer = () => Promise.reject(new ResolverError('EAI_AGAIN'));
    expect(await resolve('one.example', 4, null, unhurried())).toEqual(['192.0.2.1', '192.0.2.2']);
  });

  it('is kept of a thousand names, of those asked for last', async () => {
    const { resolve, server } = resolving();
    const good = server.answer;
    const fail: Ask = () => Promise.reject(new ResolverError('EAI_AGAIN'));
    const known = async (name: string): Promise<boolean> => {
      server.answer = fail;
      const answer = await resolve(name, 4, null, unhurried()).catch(() => null);
      server.answer = good;
      return answer !== null;
    };
    for (let number = 0; number < 1000; number++) await resolve(`n${number}.example`, 4, null, unhurried());
    expect(await known('n0.example')).toBe(true);
    await resolve('one-more.example', 4, null, unhurried());
    expect([await known('n0.example'), await known('n1.example')]).toEqual([false, true]);
    await resolve('n1.example', 4, null, unhurried());
    await resolve('yet-one-more.example', 4, null, unhurried());
    expect([await known('n1.example'), await known('n2.example')]).toEqual([true, false]);
  });
});

describe('equal questions', () => {
  it('at the same time are asked once', async () => {
    const { resolve, questions } = resolving();
    const answers = [1, 2, 3].map(() => resolve('one.example', 4, null, unhurried()));
    await Promise.all([
      ...answers,
      resolve('one.example', 6, null, unhurried()),
      resolve('two.example', 4, null, unhurried()),
    ]);
    expect(questions).toEqual(['4 one.example', '6 one.example', '4 two.example']);
  });

  it('fail together, and are asked again later', async () => {
    const { resolve, server, questions } = resolving();
    server.answer = () => Promise.reject(new ResolverError('EAI_AGAIN'));
    const answers = await Promise.allSettled([1, 2].map(() => resolve('one.example', 4, null, unhurried())));
    expect(answers.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    server.answer = () => Promise.resolve(['192.0.2.9']);
    expect(await resolve('one.example', 4, null, unhurried())).toEqual(['192.0.2.9']);
    expect(questions).toHaveLength(2);
  });

  it('wait together for a server that does not answer, one of them giving up for itself', async () => {
    const { resolve, server, questions } = resolving();
    let release: (addresses: string[]) => void = () => undefined;
    server.answer = () => new Promise((done) => (release = done));
    const hurry = new AbortController();
    const hurried = resolve('one.example', 4, null, hurry.signal);
    const patient = resolve('one.example', 4, null, unhurried());
    hurry.abort();
    await expect(hurried).rejects.toMatchObject(tooLate);
    release(['192.0.2.5']);
    expect(await patient).toEqual(['192.0.2.5']);
    expect(questions).toHaveLength(1);
  });
});

describe('a server that does not answer', () => {
  beforeEach(() => vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }));
  afterEach(() => vi.useRealTimers());

  it('is given five seconds', async () => {
    const { resolve, server } = resolving();
    server.answer = never;
    const message = 'one.example could not be resolved within 5000 ms: the resolver did not answer';
    const refused = expect(resolve('one.example', 4, null, unhurried())).rejects.toMatchObject({
      ...tooLate,
      message,
    });
    await vi.advanceTimersByTimeAsync(5000);
    await refused;
    expect(vi.getTimerCount()).toBe(0);
  });

  it('is given no longer than the request has', async () => {
    const { resolve, server } = resolving();
    server.answer = never;
    const over = new AbortController();
    const message = 'one.example could not be resolved before the deadline: the resolver did not answer';
    const refused = expect(resolve('one.example', 4, null, over.signal)).rejects.toMatchObject({
      ...tooLate,
      message,
    });
    over.abort();
    await refused;
    expect(vi.getTimerCount()).toBe(0);
  });

  it('is not waited for at all where the request is over already', async () => {
    const { resolve, server } = resolving();
    server.answer = never;
    await expect(resolve('one.example', 4, null, AbortSignal.abort())).rejects.toMatchObject(tooLate);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('is given one second where there is a last good answer, so that time is left for packets', async () => {
    const { resolve, server } = resolving();
    await resolve('one.example', 4, null, unhurried());
    server.answer = never;
    const answer = resolve('one.example', 4, null, unhurried());
    await vi.advanceTimersByTimeAsync(1000);
    expect(await answer).toEqual(['192.0.2.1', '192.0.2.2']);
  });
});
