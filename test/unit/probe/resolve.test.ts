// Names to addresses: asked once for all who ask at once, given up in time, and the last good answer kept.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Resolve, createResolver } from '../../../agent/probe/resolve.ts';
import type { Family } from '../../../shared/ip.ts';
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
    await resolve('one.example', 4, null, unhurried(), { fromMemory, spent: () => undefined });
    expect(fromMemory).not.toHaveBeenCalled();
    server.answer = () => Promise.reject(new ResolverError('ENOTFOUND'));
    await resolve('one.example', 4, null, unhurried(), { fromMemory, spent: () => undefined });
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
