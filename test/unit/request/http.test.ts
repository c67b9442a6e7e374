// The bridge's answers: body and status for every outcome of a probe.
import { describe, expect, it, vi } from 'vitest';
import { type FailureCode, Failure, failureCodes } from '../../../shared/failure.ts';
import type { Kind } from '../../../shared/request.ts';
import type { Result } from '../../../shared/result.ts';
import {
  client,
  expectRefusal,
  failed,
  get,
  heldAnswer,
  loopDelayMs,
  passed,
  running,
} from './http/bridge.ts';

const statuses: [FailureCode, number][] = [
  ['badRequest', 400],
  ['cancelled', 400],
  ['unknownVia', 400],
  ['unsupported', 400],
  ['forceRefused', 403],
  ['replyToRefused', 403],
  ['retainedRefused', 403],
  ['targetRefused', 403],
  ['budgetExhausted', 429],
  ['queueFull', 429],
  ['noRawSockets', 503],
  ['stopping', 503],
  ['interfaceDown', 500],
  ['interfaceMissing', 500],
  ['noAddress', 500],
  ['noCarrier', 500],
  ['noGateway', 500],
  ['neighbourUnreachable', 500],
  ['noRoute', 500],
  ['nameUnresolved', 500],
  ['noNameServer', 500],
  ['resolverTimeout', 500],
  ['answerEndless', 500],
  ['answerFromElsewhere', 500],
  ['answerMismatched', 500],
  ['answerTooLarge', 500],
  ['answerTooSlow', 500],
  ['answerTruncated', 500],
  ['answerUnreadable', 500],
  ['certificateInvalid', 500],
  ['prohibited', 500],
  ['tlsFailed', 500],
  ['deadlineExceeded', 500],
  ['noCurl', 500],
  ['repliesFiltered', 500],
  ['sendRefused', 500],
  ['tooManyInFlight', 500],
  ['unjudged', 500],
  ['internal', 500],
];

describe('the answer', () => {
  it("has ping-tool's keys first, then the whole result, compact", async () => {
    const { port } = await running();
    const reply = await get(port, '/ping');
    expect(reply.text).toBe(
      '{"result":"OK","reason":"3 of 3 replies, minimum RTT 15.0 ms",' +
        '"ping":{"host":"192.0.2.1","rtts":[15.1,15.2,15]},"verdict":"pass",' +
        `"probe":${JSON.stringify(passed)}}`,
    );
    expect(reply.headers.get('content-length')).toEqual([String(reply.text.length)]);
    expect(reply.headers.get('cache-control')).toEqual(['no-store']);
  });

  const outcomes: [what: string, status: number, result: Result][] = [
    ['a pass', 200, passed],
    ['a fail', 500, { ...passed, verdict: 'fail', reason: 'minimum RTT 2.1 ms is less than 10 ms' }],
    ...statuses.map(([code, status]): [string, number, Result] => [
      code,
      status,
      failed(code, `because of ${code}`),
    ]),
  ];
  it.each(outcomes)('to %s has status %i', async (_what, status, result) => {
    const { port } = await running({ answer: () => Promise.resolve(result) });
    const reply = await get(port, '/ping');
    expect(reply.status).toBe(status);
    expect(reply.body).toMatchObject({
      result: status === 200 ? 'OK' : 'error',
      reason: result.reason,
      ping: { host: '192.0.2.1', rtts: result.ping?.rttsMs ?? [] },
      verdict: result.verdict,
      probe: result,
    });
    expect(reply.text.indexOf(result.reason)).toBeLessThan(50);
    const waits: Record<string, string[]> = { budgetExhausted: ['3600'], queueFull: ['5'] };
    expect(reply.headers.get('retry-after')).toEqual(waits[result.failure?.code ?? '']);
    expect(reply.headers.has('location')).toBe(false);
  });

  it('has a status for every failure there is', () => {
    expect(statuses.map(([code]) => code).toSorted()).toEqual(failureCodes.toSorted());
  });

  it.each<[kind: Kind, query: string, body: object]>([
    ['dns', 'target=192.0.2.53&name=x.test', { target: '192.0.2.53', name: 'x.test', expect: {} }],
    ['http', 'target=https://x.test/a?b=c', { target: 'https://x.test/a?b=c', expect: {} }],
    ['egress', 'orgIncludes=AS1', { expect: { orgIncludes: ['AS1'] } }],
  ])('has no ping where the kind is another: %s', async (kind, query, body) => {
    const result: Result = { ...passed, kind, ping: null };
    const { port, asked } = await running({ answer: () => Promise.resolve(result) });
    const reply = await get(port, `/${kind}?${query}`);
    expect(Object.keys(reply.body)).toEqual(['result', 'reason', 'ping', 'verdict', 'probe']);
    expect([reply.status, reply.body]).toMatchObject([200, { result: 'OK', ping: null, probe: result }]);
    expect(asked[0]).toMatchObject({ kind, body, problem: null, mayProbeSelf: true });
  });

  it.each(['/ping', '/ping/', '/traceroute', '/traceroute/', '/egress', '/egress/?family=4'])(
    'comes without a redirect from %s',
    async (url) => {
      const { port } = await running();
      expect((await get(port, url)).status).toBe(200);
    },
  );

  it.each([
    ['to a HEAD has the same status and no body', passed, 200],
    ['to a failing HEAD likewise', failed('noRoute', 'no route'), 500],
  ])('%s', async (_what, result, status) => {
    const { port } = await running({ answer: () => Promise.resolve(result) });
    const reply = await get(port, '/ping', [], 'HEAD');
    expect([reply.status, reply.text]).toEqual([status, '']);
    expect(Number(reply.headers.get('content-length')?.[0])).toBeGreaterThan(100);
  });

  it('comes even when the pipeline breaks its word', async () => {
    const { port, lines } = await running({ answer: () => Promise.reject(new Error('broken')) });
    expectRefusal(await get(port, '/ping'), 500, 'the bridge failed to answer; its log says why');
    expect(lines).toContainEqual(
      expect.objectContaining({ level: 'error', message: 'the bridge failed to answer' }),
    );
  });

  it('waits for no other', async () => {
    const { answer, release } = heldAnswer();
    const { port, asked } = await running({ answer });
    const replies = Array.from({ length: 20 }, () => get(port, '/ping'));
    await vi.waitFor(() => expect(asked).toHaveLength(20));
    release();
    expect((await Promise.all(replies)).map(({ status }) => status)).toEqual(Array(20).fill(200));
  });

  it('comes twice over one connection, in order', async () => {
    const { port, asked } = await running();
    const { socket, received } = client(port);
    socket.write('GET /ping HTTP/1.1\r\nHost: 192.0.2.1\r\n\r\n');
    socket.write('GET /nowhere HTTP/1.1\r\nHost: 192.0.2.1\r\nConnection: close\r\n\r\n');
    expect((await received).match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 200', 'HTTP/1.1 404']);
    expect(asked).toHaveLength(1);
  });

  it('reads the own names anew each time', async () => {
    const names = ['pi'];
    const { port } = await running({ ownNames: () => names });
    expect((await get(port, '/ping', ['Host: 198.51.100.9'])).status).toBe(200);
    names.push('198.51.100.9');
    expect((await get(port, '/ping', ['Host: 198.51.100.9'])).status).toBe(400);
    expect((await get(port, '/ping?target=198.51.100.9', ['Host: 198.51.100.9'])).status).toBe(200);
  });
});

describe('when no probe can run', () => {
  const noSockets = new Failure('noRawSockets', 'raw sockets are not to be had: run with CAP_NET_RAW');

  it('says why at once, without the pipeline', async () => {
    const { port, asked } = await running({ probeState: () => noSockets });
    expectRefusal(await get(port, '/ping'), 503, noSockets.message);
    expect(asked).toEqual([]);
  });

  it('is not healthy', async () => {
    let state: Failure | null = noSockets;
    const { port } = await running({ probeState: () => state });
    const reply = await get(port, '/healthz/');
    const reason = noSockets.message;
    expect([reply.status, reply.body]).toEqual([503, { status: 'error', reason, loopDelayMs }]);
    expect((await get(port, '/healthz', [], 'HEAD')).status).toBe(503);
    state = null;
    const healthy = await get(port, '/healthz');
    expect([healthy.status, healthy.body]).toEqual([200, { status: 'ok', loopDelayMs }]);
  });
});
