// The MQTT entrance: what a message asks, and why it can't be read.
import { describe, expect, it } from 'vitest';
import { askedByMqtt } from '../../../agent/request/mqtt.ts';
import type { Incoming } from '../../../shared/command.ts';
import { kinds } from '../../../shared/request.ts';

const message = (given: Partial<Incoming> & { text?: string } = {}): Incoming => ({
  topic: 'pathproof/pi/probe/ping/request',
  payload: Buffer.from(given.text ?? '{"target":"1.1.1.1"}'),
  tooLarge: false,
  retained: false,
  responseTopic: null,
  correlationData: null,
  ...given,
});

describe('a message', () => {
  it('asks what its topic and its JSON say', () => {
    expect(askedByMqtt(message(), false)).toEqual({
      kind: 'ping',
      word: 'ping',
      body: { target: '1.1.1.1' },
      problem: null,
      mayForce: false,
      mayProbeSelf: true,
      signal: null,
      reply: null,
    });
  });

  it.each(kinds)('asks for a probe of each kind alike: %s', (kind) => {
    const topic = `pathproof/pi/probe/${kind}/request`;
    const asked = askedByMqtt(message({ topic, text: '{"id":"r-1","expect":{}}' }), false);
    expect(asked).toMatchObject({ kind, word: kind, body: { id: 'r-1', expect: {} }, problem: null });
  });

  it('to a group asks the same', () => {
    const topic = 'pathproof/group/homes/probe/traceroute/request';
    expect(askedByMqtt(message({ topic }), false)).toMatchObject({ kind: 'traceroute', problem: null });
  });

  it('for a kind that is none is handed on, to be refused by name', () => {
    const topic = 'pathproof/pi/probe/pong/request';
    expect(askedByMqtt(message({ topic }), false)).toMatchObject({ kind: null, word: 'pong', problem: null });
  });

  it("on a topic that is no request's is none", () => {
    expect(askedByMqtt(message({ topic: 'pathproof/pi/status' }), false)).toBe(null);
  });

  it('may force where MQTT_ALLOW_FORCE says so', () => {
    expect(askedByMqtt(message(), true)?.mayForce).toBe(true);
  });

  it('that clears a retained one asks nothing', () => {
    expect(askedByMqtt(message({ text: '', retained: true }), false)).toBe(null);
    expect(askedByMqtt(message({ text: '', retained: true, tooLarge: true }), false)).not.toBe(null);
  });

  it('names where the answer goes', () => {
    const correlationData = Buffer.from('c-1');
    const asked = askedByMqtt(message({ responseTopic: 'answers/1', correlationData }), false);
    expect(asked?.reply).toEqual({ topic: 'answers/1', correlationData });
    expect(askedByMqtt(message({ correlationData }), false)?.reply).toBe(null);
  });

  it.each([
    ['7', 7],
    ['null', null],
    ['"ping"', 'ping'],
    ['[]', []],
    ['  {"a":1}\n', { a: 1 }],
  ])('of other JSON is handed on as it is: %j', (text, body) => {
    expect(askedByMqtt(message({ text }), false)).toMatchObject({ body, problem: null });
  });
});

describe('a message that can not be read', () => {
  const problemOf = (given: Parameters<typeof message>[0]) => askedByMqtt(message(given), false);

  it.each([
    ['no text', { text: '' }],
    ['no JSON', { text: 'hello' }],
    ['half of it', { text: '{"target":"1.1' }],
    ['two of it', { text: '{} {}' }],
    ['bytes that are no UTF-8', { payload: Buffer.from([0x22, 0xff, 0x22]) }],
    ['UTF-16', { payload: Buffer.from('{"target":"1.1.1.1"}', 'utf16le') }],
  ])('for it holds %s', (_what, given) => {
    const asked = problemOf(given);
    expect(asked).toMatchObject({ kind: 'ping', body: null, problem: { code: 'badRequest' } });
    expect(asked?.problem?.message).toMatch(/^the request is not JSON: ./);
  });

  it.each([
    ['{"expect":{"minLatencyMs":1000},"expect":{}}', 'expect'],
    ['{"expect":{"minLatencyMs":1000,"minLatencyMs":0}}', 'expect.minLatencyMs'],
    ['{"target":"x","a":[1,{"b":{"c":1}},{"c":1,"c":2}]}', 'a.2.c'],
    ['{"id":"a","\\u0069d":"b"}', 'id'],
  ])('for a key stands in it twice: %s', (text, path) => {
    expect(problemOf({ text })?.problem).toMatchObject({
      code: 'badRequest',
      message: `the key "${path}" is given twice`,
    });
  });

  it('for it is too large', () => {
    expect(problemOf({ tooLarge: true, payload: Buffer.alloc(0) })).toMatchObject({
      body: null,
      problem: { code: 'badRequest', message: 'the request is larger than 64 KiB' },
    });
  });

  it('for it is retained, whatever else is wrong with it', () => {
    expect(problemOf({ retained: true, text: 'hello' })?.problem?.code).toBe('retainedRefused');
  });

  it('for it is retained; its asker is told all the same', () => {
    const reply = { responseTopic: 'answers/1', text: '{"id":"r-1"}' };
    expect(problemOf({ retained: true, ...reply })).toMatchObject({
      body: { id: 'r-1' },
      problem: {
        code: 'retainedRefused',
        message:
          'the request is retained: it would run again at each connection; send it without the retain flag',
      },
      reply: { topic: 'answers/1' },
    });
  });
});
