// The end of a request's time, and the agent's: whoever ends it, there is one result, with what was measured by then.
import { describe, expect, it, onTestFinished } from 'vitest';
import { createProbeQueue } from '../../../agent/queue.ts';
import type { Accepted } from '../../../agent/request/validate.ts';
import { Failure } from '../../../shared/failure.ts';
import type { Measurement } from '../../../shared/measurement.ts';
import { measured } from '../assess/measured.ts';
import { accepted, asked, watched } from './watched.ts';

/** A probe that is out until its signal comes, with what it had measured by then. */
function untilOver(_accepted: Accepted, signal: AbortSignal): Promise<Measurement> {
  const failure = new Failure(
    'deadlineExceeded',
    'the deadline came before all of the 3 echoes had their time',
  );
  return new Promise((resolve) => {
    const end = (): void => resolve(measured({ failure }));
    signal.addEventListener('abort', end, { once: true });
    if (signal.aborted) end();
  });
}

describe("the end of a request's time", () => {
  it('keeps what had been measured', async () => {
    const { answer } = watched({
      validate: () => Promise.resolve(accepted({ timeoutMs: 100 })),
      probe: untilOver,
    });
    expect(await answer(asked())).toMatchObject({
      verdict: 'error',
      failure: { code: 'deadlineExceeded' },
      ping: { received: 3 },
    });
  });

  it('comes when its asker goes', async () => {
    const asker = new AbortController();
    const { answer, published } = watched({ probe: untilOver });
    const result = answer(asked({ signal: asker.signal }));
    asker.abort();
    expect(await result).toMatchObject({ failure: { code: 'cancelled' }, reason: 'the asker went away' });
    expect(published).toHaveLength(1);
  });

  it('comes while its hops are given names, and what was measured is judged', async () => {
    const { answer } = watched({
      validate: () => Promise.resolve(accepted({ timeoutMs: 100 })),
      annotate: (_request, measurement, signal) =>
        new Promise((resolve) => signal.addEventListener('abort', () => resolve(measurement))),
    });
    expect(await answer(asked())).toMatchObject({ verdict: 'pass', failure: null, ping: { received: 3 } });
  });

  it('comes while it waits in the queue, and it never runs', async () => {
    const asker = new AbortController();
    const lanes = createProbeQueue(1);
    void lanes.run('lte', () => new Promise(() => undefined), new AbortController().signal);
    const { answer, entered } = watched({ queue: (_accepted, job, signal) => lanes.run('lte', job, signal) });
    const result = answer(asked({ signal: asker.signal }));
    await new Promise((resolve) => setImmediate(resolve));
    asker.abort();
    expect(await result).toMatchObject({ failure: { code: 'cancelled' } });
    expect(entered).not.toContain('probe');
  });
});

describe('draining', () => {
  it('lets what is under way end by itself, and refuses what comes later', async () => {
    let release: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    const { answer, drain, published } = watched({ probe: () => held.then(() => measured()) });
    const underWay = answer(asked());
    await new Promise((resolve) => setImmediate(resolve));
    const drained = drain(60_000);
    const later = await answer(asked({ body: { id: 'r-2' } }));
    expect(later).toMatchObject({
      id: 'r-2',
      reason: 'the agent is stopping',
      failure: { code: 'stopping', source: 'local' },
    });
    release();
    await drained;
    expect(await underWay).toMatchObject({ id: 'r-1', verdict: 'pass' });
    expect(published.map(({ result }) => result.id)).toEqual(['r-2', 'r-1']);
  });

  it('ends after the grace what does not end by itself; it has its result by then', async () => {
    const { answer, drain, published } = watched({ probe: untilOver });
    const results = [answer(asked()), answer(asked())];
    await drain(1);
    expect(published).toHaveLength(2);
    for (const result of await Promise.all(results)) {
      expect(result).toMatchObject({
        failure: { code: 'stopping' },
        reason: 'the agent is stopping',
        ping: { received: 3 },
      });
    }
  });

  it('of many at once is nothing that Node warns of', async () => {
    const warnings: string[] = [];
    const note = ({ message }: Error): void => void warnings.push(message);
    process.on('warning', note);
    onTestFinished(() => void process.off('warning', note));
    const { answer, drain } = watched({ queue: (_accepted, job) => job(), probe: untilOver });
    const results = Array.from({ length: 50 }, () => answer(asked()));
    await drain(1);
    expect(await Promise.all(results)).toHaveLength(50);
    await new Promise((resolve) => setImmediate(resolve));
    expect(warnings).toEqual([]);
  });

  it('of nothing is over at once', async () => {
    await watched().drain(60_000);
  });
});
