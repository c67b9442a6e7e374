// A result in a monitor's words: what is lost on a dead line, and what a single echo does not say.
import { describe, expect, it } from 'vitest';
import { figuresOf } from '../../../agent/monitor/figures.ts';
import { Failure } from '../../../shared/failure.ts';
import { figures, measured, noReplies } from '../assess/measured.ts';
import { type Finds, lineOf } from './kit.ts';

async function figuresWhere(finds: Finds, kind: 'ping' | 'egress' = 'ping') {
  const { watch } = lineOf(finds);
  const body = kind === 'ping' ? { target: '1.1.1.1' } : {};
  return figuresOf((await watch('backup', { kind, body }, null)).result);
}

describe('loss', () => {
  it.each([
    ['no carrier', new Failure('noCarrier', 'eth1 has no carrier'), 100],
    ['a neighbour that refuses', new Failure('prohibited', 'prohibited by 192.0.2.1'), 100],
    ['raw sockets that are not to be had', new Failure('noRawSockets', 'no raw sockets'), null],
    ['a full queue', new Failure('queueFull', 'the queue is full'), null],
    ['a name that is not resolved', new Failure('resolverTimeout', 'no answer'), null],
  ])('with nothing sent for %s', async (_words, failure, lossPercent) => {
    expect(await figuresWhere(() => failure)).toMatchObject({ lossPercent, rttMs: null });
    const none = figures({ sent: 0, received: 0, lossPercent: 0, jitterMs: null, avgMs: null });
    expect(await figuresWhere(() => measured({ ping: none, failure }))).toMatchObject({ lossPercent });
  });

  it('is as measured where echoes were sent', async () => {
    expect(await figuresWhere(() => measured({ ping: noReplies }))).toMatchObject({ lossPercent: 100 });
    const failure = new Failure('noCarrier', 'eth1 has no carrier');
    expect(await figuresWhere(() => measured({ failure }))).toMatchObject({ lossPercent: 0 });
  });

  it('is none of a probe that sends no echoes', async () => {
    const gone = new Failure('noCarrier', 'eth1 has no carrier');
    expect(await figuresWhere(() => gone, 'egress')).toMatchObject({ lossPercent: null });
  });
});

describe('jitter', () => {
  it.each([
    [1, 0, null],
    [2, 0, 0],
    [2, 1.5, 1.5],
  ])('of %i answered echoes, %f ms as the probe has it', async (received, jitterMs, shown) => {
    const finds: Finds = () => measured({ ping: figures({ received, jitterMs }) });
    expect(await figuresWhere(finds)).toMatchObject({ jitterMs: shown });
  });
});
