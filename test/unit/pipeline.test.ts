// The one way through: the stages in their order, and exactly one result for each request, whatever happens to it.
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import type { Stages } from '../../agent/pipeline.ts';
import { type FailureCode, Failure } from '../../shared/failure.ts';
import { ResultSchema } from '../../shared/result.ts';
import { measured, noReplies, route } from './assess/measured.ts';
import { accepted, asked, watched } from './pipeline/watched.ts';

describe('a request', () => {
  it('goes through the stages in their order', async () => {
    const { answer, entered } = watched();
    await answer(asked());
    expect(entered).toEqual(['validate', 'queue', 'probe', 'annotate', 'assess', 'publish']);
  });

  it('is answered with what was measured, judged and annotated', async () => {
    const { answer, published } = watched({
      probe: () =>
        Promise.resolve(measured({ address: '1.1.1.1', traceroute: route([{ address: '10.0.0.1' }]) })),
    });
    const by = asked();
    const result = await answer(by);
    expect(result).toMatchObject({
      id: 'r-1',
      agent: 'pi',
      verdict: 'pass',
      reason: '3 of 3 echoes were answered',
      address: '1.1.1.1',
      traceroute: { hops: [{ address: '10.0.0.1', scope: 'private' }] },
    });
    expect(published).toEqual([{ result, asked: by, failure: null }]);
  });

  it('says when it came and how long it took, to the microsecond', async () => {
    vi.useFakeTimers({ toFake: ['performance', 'Date'], now: new Date('2026-11-20T07:00:00Z') });
    onTestFinished(() => void vi.useRealTimers());
    const { answer } = watched({
      probe: () => {
        vi.advanceTimersByTime(431);
        return Promise.resolve(measured());
      },
    });
    expect(await answer(asked())).toMatchObject({ startedAt: '2026-11-20T07:00:00.000Z', durationMs: 431 });
  });

  it('is judged: no reply fails it, something unknown is an error', async () => {
    const silent = watched({ probe: () => Promise.resolve(measured({ ping: noReplies })) });
    expect(await silent.answer(asked())).toMatchObject({
      verdict: 'fail',
      reason: 'no reply to 3 echoes',
      failure: null,
    });
    const unknown = watched({
      validate: () => Promise.resolve(accepted({ expect: { maxJitterMs: 5 } })),
      probe: () => Promise.resolve(measured({ clockStepped: true })),
    });
    expect(await unknown.answer(asked())).toMatchObject({
      verdict: 'error',
      failure: { code: 'unjudged', source: 'local' },
    });
  });
});

describe('exactly one result, published once, comes of a request', () => {
  const refusal = new Failure('targetRefused', 'target: 0.0.0.0 is an unspecified address');
  const down = new Failure('interfaceDown', 'eth1 is down');
  const full = new Failure('queueFull', 'the queue of lte is full');
  const surprise = new TypeError('x is not a function');
  const inside = 'an error inside the agent; its log says which';
  const throwing = (error: Error) => (): never => {
    throw error;
  };

  // prettier-ignore
  it.each<[what: string, given: Partial<Stages>, code: FailureCode, reason: string, last: string]>([
    ['that is refused', { validate: () => Promise.reject(refusal) }, 'targetRefused', refusal.message, 'validate'],
    ['that finds the queue full', { queue: () => Promise.reject(full) }, 'queueFull', full.message, 'queue'],
    ['whose probe fails', { probe: () => Promise.reject(down) }, 'interfaceDown', down.message, 'probe'],
    ['whose probe was cut short', { probe: () => Promise.resolve(measured({ failure: down })) }, 'interfaceDown', down.message, 'annotate'],
    ['whose validation has a bug', { validate: () => Promise.reject(surprise) }, 'internal', inside, 'validate'],
    ['whose probe has a bug', { probe: () => Promise.reject(surprise) }, 'internal', inside, 'probe'],
    ['whose probe throws at once', { probe: throwing(surprise) }, 'internal', inside, 'probe'],
    ['whose annotation has a bug', { annotate: throwing(surprise) }, 'internal', inside, 'annotate'],
    ['whose assessment has a bug', { assess: throwing(surprise) }, 'internal', inside, 'assess'],
  ])('%s', async (_what, given, code, reason, last) => {
    const { answer, entered, published } = watched(given);
    const result = await answer(asked());
    expect(result).toMatchObject({ id: 'r-1', target: '1.1.1.1', verdict: 'error', reason, failure: { code } });
    expect(ResultSchema.parse(result)).toEqual(result);
    expect(published.map(({ result: told }) => told)).toEqual([result]);
    expect(published[0]?.failure?.cause).toBe(code === 'internal' ? surprise : undefined);
    expect(entered.slice(-2)).toEqual([last, 'publish']);
  });

  it('whose publishing has a bug, and the bug is told', async () => {
    const { answer, entered, unpublished } = watched({ publish: throwing(surprise) });
    expect(await answer(asked())).toMatchObject({ verdict: 'pass' });
    expect(entered.filter((stage) => stage === 'publish')).toHaveLength(1);
    expect(unpublished).toEqual([surprise]);
  });

  it('of many at once, each with its own', async () => {
    const { answer, published } = watched({
      validate: ({ word }) => Promise.resolve(accepted({ id: word })),
      probe: ({ request }) => (request.id === '7' ? Promise.reject(down) : Promise.resolve(measured())),
    });
    const ids = Array.from({ length: 20 }, (_, number) => String(number));
    const results = await Promise.all(ids.map((word) => answer(asked({ word, body: { id: word } }))));
    expect(results.map(({ id }) => id)).toEqual(ids);
    expect(results.filter(({ verdict }) => verdict === 'error').map(({ id }) => id)).toEqual(['7']);
    expect(published).toHaveLength(20);
  });

  it('that can not even be read', async () => {
    const { answer, published } = watched({ validate: ({ problem }) => Promise.reject(problem ?? surprise) });
    const problem = new Failure('badRequest', 'the request is not JSON: …');
    const result = await answer(asked({ kind: null, word: 'pong', body: null, problem }));
    expect(result).toMatchObject({ kind: null, target: null, reason: problem.message });
    expect(published).toHaveLength(1);
  });
});
