// How many probes run at once on an uplink, how many wait, and what becomes of those that are given up.
import { describe, expect, it } from 'vitest';
import { createProbeQueue } from '../../agent/queue.ts';
import { unhurried } from './probe/tools.ts';

/** Jobs that run until the test ends them, and the order in which they began. */
function jobs() {
  const begun: string[] = [];
  const ends = new Map<string, () => void>();
  return {
    begun,
    job: (name: string) => (): Promise<string> => {
      begun.push(name);
      return new Promise((resolve) => ends.set(name, () => resolve(name)));
    },
    end: (name: string): void => ends.get(name)?.(),
  };
}

/** Until all that can happen has happened. */
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('a lane', () => {
  it('runs as many at once as it may, and the others in the order they came', async () => {
    const queue = createProbeQueue(2);
    const { begun, job, end } = jobs();
    const runs = ['a', 'b', 'c', 'd'].map((name) => queue.run('lte', job(name), unhurried()));
    await settled();
    expect(begun).toEqual(['a', 'b']);
    end('b');
    await settled();
    expect(begun).toEqual(['a', 'b', 'c']);
    end('a');
    await settled();
    expect(begun).toEqual(['a', 'b', 'c', 'd']);
    end('c');
    end('d');
    expect(await Promise.all(runs)).toEqual(['a', 'b', 'c', 'd']);
  });

  it('tells what runs and what waits in it, until nothing does', async () => {
    const queue = createProbeQueue(1);
    const { job, end } = jobs();
    const runs = ['a', 'b', 'c'].map((name) => queue.run('lte', job(name), unhurried()));
    await settled();
    expect(queue.load()).toEqual([{ uplink: 'lte', running: 1, waiting: 2 }]);
    for (const name of ['a', 'b', 'c']) {
      end(name);
      await settled();
    }
    await Promise.all(runs);
    expect(queue.load()).toEqual([]);
  });

  it('runs no more than it may after one has ended and another runs on', async () => {
    const queue = createProbeQueue(2);
    const { begun, job, end } = jobs();
    const first = ['a', 'b'].map((name) => queue.run('lte', job(name), unhurried()));
    end('a');
    await settled();
    const then = ['c', 'd'].map((name) => queue.run('lte', job(name), unhurried()));
    await settled();
    expect(begun).toEqual(['a', 'b', 'c']);
    for (const name of ['b', 'c', 'd']) {
      end(name);
      await settled();
    }
    expect(await Promise.all([...first, ...then])).toEqual(['a', 'b', 'c', 'd']);
  });

  it('holds up no other', async () => {
    const queue = createProbeQueue(1);
    const { begun, job, end } = jobs();
    const runs = [queue.run('lte', job('a'), unhurried()), queue.run('fibre', job('b'), unhurried())];
    await settled();
    expect(begun).toEqual(['a', 'b']);
    end('a');
    end('b');
    await Promise.all(runs);
  });

  it('is free again after a job that failed', async () => {
    const queue = createProbeQueue(1);
    const surprise = new TypeError('x');
    const { begun, job, end } = jobs();
    await expect(queue.run('lte', () => Promise.reject(surprise), unhurried())).rejects.toBe(surprise);
    const run = queue.run('lte', job('b'), unhurried());
    await settled();
    expect(begun).toEqual(['b']);
    end('b');
    expect(await run).toBe('b');
  });
});

describe('a full lane', () => {
  it('refuses the next job at once, in words, and takes one when a place is free', async () => {
    const queue = createProbeQueue(2);
    const { begun, job, end } = jobs();
    const names = ['a', 'b', ...Array.from({ length: 8 }, (_, number) => `w${number}`)];
    const runs = names.map((name) => queue.run('lte', job(name), unhurried()));
    await expect(queue.run('lte', job('late'), unhurried())).rejects.toMatchObject({
      code: 'queueFull',
      source: 'policy',
      message: 'the queue of lte is full: 2 probes run and 8 wait; ask again later',
    });
    const other = queue.run('fibre', job('other'), unhurried());
    end('a');
    await settled();
    const next = queue.run('lte', job('next'), unhurried());
    await settled();
    for (const name of [...names, 'next', 'other']) {
      end(name);
      await settled();
    }
    expect(await Promise.all([...runs, next, other])).toEqual([...names, 'next', 'other']);
    expect(begun).not.toContain('late');
  });
});

describe('a job that is given up', () => {
  it('while it waits frees its place and never runs', async () => {
    const queue = createProbeQueue(1);
    const { begun, job, end } = jobs();
    const gone = new AbortController();
    const first = queue.run('lte', job('first'), unhurried());
    const waiting = queue.run('lte', job('waiting'), gone.signal);
    const others = ['a', 'b', 'c'].map((name) => queue.run('lte', job(name), unhurried()));
    await expect(queue.run('lte', job('late'), unhurried())).rejects.toMatchObject({ code: 'queueFull' });
    gone.abort();
    await expect(waiting).rejects.toBe(gone.signal.reason);
    const instead = queue.run('lte', job('instead'), unhurried());
    for (const name of ['first', 'a', 'b', 'c', 'instead']) {
      await settled();
      end(name);
    }
    await Promise.all([first, ...others, instead]);
    expect(begun).toEqual(['first', 'a', 'b', 'c', 'instead']);
  });

  it('before it came never runs', async () => {
    const { begun, job } = jobs();
    await expect(createProbeQueue(1).run('lte', job('a'), AbortSignal.abort())).rejects.toMatchObject({
      name: 'AbortError',
    });
    expect(begun).toEqual([]);
  });

  it('while it runs keeps its place until it has ended itself, and its value counts', async () => {
    const queue = createProbeQueue(1);
    const { begun, job, end } = jobs();
    const gone = new AbortController();
    const running = queue.run('lte', job('running'), gone.signal);
    const next = queue.run('lte', job('next'), unhurried());
    await settled();
    gone.abort();
    await settled();
    expect(begun).toEqual(['running']);
    end('running');
    expect(await running).toBe('running');
    await settled();
    end('next');
    expect(await next).toBe('next');
  });
});
