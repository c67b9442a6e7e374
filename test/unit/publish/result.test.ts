// A result from what the stages found out, and the messages it becomes.
import { describe, expect, it } from 'vitest';
import { type Claim, type Judged, composeResult, resultMessages } from '../../../agent/publish/result.ts';
import { Failure } from '../../../shared/failure.ts';
import { nothingMeasured } from '../../../shared/measurement.ts';
import { type Result, ResultSchema } from '../../../shared/result.ts';
import { measured } from '../assess/measured.ts';
import { requestOf } from '../shared/request/reading.ts';

const times = { startedAt: new Date('2026-11-20T07:00:00Z'), durationMs: 431.5 };
const request = requestOf('ping', { id: 'r-1', target: 'ONE.example' });
const asked: Claim = { kind: 'ping', body: { id: 'r-1', target: 'ONE.example' } };
const passed: Judged = { verdict: 'pass', reason: 'all is well', findings: [], failed: null };

/** Of a request that was refused: what is known of it is what it claimed. */
const refused = (body: unknown, kind: Claim['kind'] = 'ping', reason = 'because'): Result =>
  composeResult(
    'pi',
    { kind, body },
    null,
    { ...nothingMeasured, failure: new Failure('badRequest', reason) },
    null,
    times,
  );

describe('a result', () => {
  it('of a request that was measured and judged', () => {
    const given = measured({
      address: '1.1.1.1',
      httpBody: { text: 'a page', complete: true, unreadable: null },
      via: { uplink: 'lte', interface: 'eth1', source: '192.168.2.10' },
    });
    const result = composeResult('pi', asked, request, given, passed, times);
    const {
      failure: _failure,
      clockStepped: _clock,
      refusal: _refusal,
      addressRemembered: _known,
      httpBody: _body,
      ...figures
    } = given;
    expect(result).toEqual({
      id: 'r-1',
      agent: 'pi',
      kind: 'ping',
      target: 'one.example',
      verdict: 'pass',
      reason: 'all is well',
      failure: null,
      startedAt: '2026-11-20T07:00:00.000Z',
      durationMs: 431.5,
      findings: [],
      ...figures,
    });
    expect(ResultSchema.parse(result)).toEqual(result);
  });

  it('says so where the address is only the last one known', () => {
    const given = measured({ addressRemembered: true });
    const remembered = composeResult('pi', asked, request, given, passed, times);
    expect(remembered.reason).toBe("all is well (one.example's last known address)");
    const page = requestOf('http', { target: 'https://two.example/a' });
    const ofUrl = composeResult('pi', { kind: 'http', body: {} }, page, given, passed, times);
    expect(ofUrl.reason).toBe("all is well (two.example's last known address)");
  });

  it('of an egress without a target has none', () => {
    const given = measured({ addressRemembered: true });
    const claim: Claim = { kind: 'egress', body: {} };
    const result = composeResult('pi', claim, requestOf('egress', {}), given, passed, times);
    expect(result.target).toBe(null);
    expect(result.reason).toBe("all is well (the server's last known address)");
  });

  it('that could not be judged has its code', () => {
    const failed = new Failure('unjudged', 'nobody knows');
    const judged: Judged = { verdict: 'error', reason: 'nobody knows', findings: [], failed };
    expect(composeResult('pi', asked, request, measured(), judged, times)).toMatchObject({
      verdict: 'error',
      failure: { code: 'unjudged', source: 'local' },
    });
  });

  it('of a probe that failed has the failure and what was measured before', () => {
    const given = measured({ failure: new Failure('interfaceDown', 'eth1 is down') });
    expect(composeResult('pi', asked, request, given, null, times)).toMatchObject({
      verdict: 'error',
      reason: 'eth1 is down',
      failure: { code: 'interfaceDown', source: 'uplink' },
      ping: { received: 3 },
      findings: [],
    });
  });

  it('of a request that was refused has its id and target, as far as they can be told', () => {
    expect(refused({ id: 'r-9', target: 'one..example' })).toMatchObject({
      id: 'r-9',
      target: 'one..example',
      verdict: 'error',
      reason: 'because',
      failure: { code: 'badRequest', source: 'request' },
      ping: null,
    });
    const longest = { id: 'x'.repeat(128), target: 'x'.repeat(2048) };
    expect(refused(longest)).toMatchObject(longest);
    expect(refused(null, null)).toMatchObject({ kind: null, target: null });
  });

  it.each<[what: string, body: unknown]>([
    ['nothing', null],
    ['a text', 'r-1'],
    ['a list', [{ id: 'r-1' }]],
    ['other types', { id: 7, target: { host: 'x' } }],
    ['empty texts', { id: '', target: '' }],
    ['texts without end', { id: 'x'.repeat(129), target: 'x'.repeat(2049) }],
    ['what every object has', Object.create({ id: 'inherited', target: 'inherited' })],
  ])('of %s has an id of its own and no target', (_what, body) => {
    const [first, second] = [refused(body), refused(body)];
    expect(first.target).toBe(null);
    expect(first.id).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
    expect(first.id).not.toBe(second.id);
    expect(ResultSchema.safeParse(first).success).toBe(true);
  });

  it('never repeats a password that was refused', () => {
    expect(refused({ target: 'https://me:s3cret@one.example/' }).target).toBe('https://…@one.example/');
  });

  it('always has a reason', () => {
    expect(composeResult('pi', asked, null, nothingMeasured, null, times).reason).not.toBe('');
  });
});

describe('the messages of a result', () => {
  const result = refused({ id: 'r-1' });
  const sent = (one: Result): Result => {
    const { payload = '' } = resultMessages(one, 'ping', null)[0] ?? {};
    expect(Buffer.byteLength(payload)).toBeLessThanOrEqual(60 * 1024);
    return ResultSchema.parse(JSON.parse(payload));
  };

  it('are one for everybody', () => {
    expect(resultMessages(result, 'ping', null)).toEqual([
      {
        topic: 'pathproof/pi/probe/ping/result',
        payload: JSON.stringify(result),
        qos: 1,
        retain: false,
        expirySeconds: 3600,
      },
    ]);
  });

  it('are one more for an asker that named a topic, by QoS 0 and never retained', () => {
    const correlationData = Buffer.from('c-1');
    const payload = JSON.stringify(result);
    const [toAll] = resultMessages(result, 'ping', null);
    const reply = { topic: 'answers/mine', payload, qos: 0, retain: false, expirySeconds: 120 };
    expect(resultMessages(result, 'ping', { topic: 'answers/mine', correlationData: null })).toEqual([
      toAll,
      reply,
    ]);
    expect(resultMessages(result, 'ping', { topic: 'answers/mine', correlationData })).toEqual([
      toAll,
      { ...reply, correlationData },
    ]);
  });

  it('are shortened where a message can not be so large, and are results all the same', () => {
    const finding = (expected: string): Result['findings'][number] => ({
      expectation: 'routeIncludes',
      status: 'fail',
      expected: [expected],
      measured: expected,
      reason: expected,
    });
    const long = 'ä'.repeat(40_000);
    const few: Result = { ...result, reason: long, findings: [finding(long), finding('short')] };
    const many: Result = { ...result, findings: Array.from({ length: 500 }, () => finding(long)) };
    const fewSent = sent(few);
    expect(fewSent).toMatchObject({ id: 'r-1', reason: `${'ä'.repeat(999)}…` });
    expect(fewSent.findings[0]?.expected).toMatch(/^\["ä{197}…$/);
    expect(fewSent.findings[1]).toEqual(finding('short'));
    expect(sent(many)).toMatchObject({ id: 'r-1', findings: [] });
  });

  it('are shortened in their figures too, the findings kept where they can be', () => {
    const data = '\u0001'.repeat(3000);
    const answers = (count: number) =>
      Array.from({ length: count }, () => ({ type: 'TXT', ttlSeconds: 60, data }));
    const withAnswers = (count: number): Result => ({
      ...result,
      findings: [
        { expectation: 'rcode', status: 'pass', expected: 'NOERROR', measured: 'NOERROR', reason: 'x' },
      ],
      dns: { rcode: 'NOERROR', answers: answers(count), rttMs: 20 },
    });
    const few = sent(withAnswers(5));
    expect(few.findings).toHaveLength(1);
    expect(few.dns?.answers).toEqual(answers(5).map((one) => ({ ...one, data: `${data.slice(0, 199)}…` })));
    const many = sent(withAnswers(5000));
    expect(many.dns?.answers.length).toBeGreaterThan(0);
    expect(many).toMatchObject({ id: 'r-1', dns: { rcode: 'NOERROR' } });
  });

  it('go where the asker listens, though the kind is none', () => {
    expect(resultMessages(result, 'pong', null)[0]?.topic).toBe('pathproof/pi/probe/pong/result');
  });
});
