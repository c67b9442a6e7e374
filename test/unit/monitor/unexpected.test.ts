// What of a monitor's result is an answer that was not expected.
import { expect, it } from 'vitest';
import { Failure } from '../../../shared/failure.ts';
import { figures, gateway, measured, noReplies, route } from '../assess/measured.ts';
import { type Finds, answered, sceneOf, silent } from './kit.ts';

const unanswered = route([gateway, {}], false);

it.each<[what: string, expected: object, finds: Finds, verdict: string, unexpected: boolean]>([
  ['a line as it should be', { minLatencyMs: 10 }, () => answered(), 'pass', false],
  ['a round trip too short', { minLatencyMs: 500 }, () => answered(), 'fail', true],
  ['no answer', { minLatencyMs: 10, maxLossPercent: 50 }, () => silent, 'fail', false],
  [
    'too few answers',
    { maxLossPercent: 10 },
    () => measured({ ping: figures({ lossPercent: 33 }) }),
    'fail',
    false,
  ],
  [
    'a line that could not be probed',
    { minLatencyMs: 10 },
    () => new Failure('noCarrier', 'eth1 has no carrier'),
    'error',
    false,
  ],
])('%s is told so', async (_what, limits, finds, verdict, unexpected) => {
  const scene = sceneOf({ probe: { kind: 'ping', body: { target: '1.1.1.1', expect: limits } } });
  await scene.runs(finds);
  expect(scene.runner.state()).toMatchObject({ verdict, unexpected });
});

it.each([
  ['another line’s router', { routeExcludes: ['192.168.2.0/24'] }, true],
  ['nothing of the other line', { routeExcludes: ['192.168.0.0/24'] }, false],
])('a trace that ends early and shows %s is told so', async (_what, limits, unexpected) => {
  const scene = sceneOf({ probe: { kind: 'traceroute', body: { target: '1.1.1.1', expect: limits } } });
  await scene.runs(() => measured({ ping: noReplies, traceroute: unanswered }));
  expect(scene.runner.state()).toMatchObject({ verdict: 'fail', rttMs: null, unexpected });
});

it('nothing is known of it where no probe may be run', async () => {
  let refusal: Failure | null = null;
  const body = { target: '1.1.1.1', expect: { minLatencyMs: 500 } };
  const scene = sceneOf({ probe: { kind: 'ping', body } }, { held: () => refusal });
  expect(scene.runner.state().unexpected).toBeNull();
  await scene.runs(() => answered());
  expect(scene.runner.state().unexpected).toBe(true);
  refusal = new Failure('budgetExhausted', 'used up');
  await scene.runs(() => answered());
  expect(scene.runner.state().unexpected).toBeNull();
});
