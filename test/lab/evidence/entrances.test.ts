// Each kind is asked for alike over MQTT and over the bridge, in the request's own names, and answered alike.
import mqtt, { type MqttClient } from 'mqtt';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Result, ResultSchema } from '../../../shared/result.ts';
import { type Evidence, ask, startEvidence } from './kit.ts';

let parts: Evidence;
let client: MqttClient;
const results: Result[] = [];

beforeAll(async () => {
  parts = await startEvidence({ zones: { 'web.test': [{ type: 'A', data: '192.0.2.10', ttl: 5 }] } });
  await parts.agent.until('its connection', () => parts.agent.said('MQTT connected') !== undefined);
  const broker = `mqtt://127.0.0.1:${parts.agent.brokerPort()}`;
  client = await mqtt.connectAsync(broker, { protocolVersion: 4 });
  client.on('message', (_topic, payload) => {
    results.push(ResultSchema.parse(JSON.parse(payload.toString())));
  });
  await client.subscribeAsync('pathproof/+/probe/+/result');
});
afterAll(async () => {
  await client.endAsync();
  await parts[Symbol.asyncDispose]();
});

const resultOf = async (id: string): Promise<Result> => {
  await expect.poll(() => results.some((result) => result.id === id), { timeout: 10_000 }).toBe(true);
  return results.find((result) => result.id === id) ?? expect.fail('no result');
};

/** What two probes of one line have in common: all but their times and what each happened to cost. */
function lasting({ id: _id, startedAt: _at, durationMs: _took, traffic: _cost, ...rest }: Result): string {
  const timeless = (_key: string, value: unknown): unknown => (typeof value === 'number' ? 0 : value);
  return JSON.stringify(rest, timeless).replace(/[\d.]+ ms/g, 'some ms');
}

const latest = { minLatencyMs: 1, maxLatencyMs: 5000 };

it.each([
  ['dns', { target: '1.1.1.1', name: 'web.test' }, { answerIncludes: ['192.0.2.0/24'], minAnswers: 1 }],
  ['dns', { target: '1.1.1.1', name: 'web.test', recordType: 'TXT' }, { rcode: 'NXDOMAIN' }],
  ['http', { target: 'http://1.1.1.1/body' }, { statusCodes: ['200-299', '404'], bodyExcludes: ['log in'] }],
  ['http', { target: 'http://1.1.1.1/status/503', method: 'HEAD' }, {}],
  ['egress', { target: 'stun:1.1.1.1:3478' }, { addressIncludes: ['198.51.100.0/24'] }],
  ['egress', { target: 'http://1.1.1.1/ip' }, { addressExcludes: ['198.51.100.200'] }],
  ['ping', { target: '1.1.1.1', count: 1 }, { maxLossPercent: 0 }],
  ['http', { target: 'file:///etc/passwd' }, {}],
] as const)('a %s of %j that expects %j', async (kind, request, expect_) => {
  const expected = { ...latest, ...expect_ };
  const lists = Object.entries(expected).map(([name, value]) => [name, String(value)] as const);
  const query = { via: 'lte', timeoutMs: 4000, ...request, ...Object.fromEntries(lists) };
  const id = `mqtt-${kind}-${JSON.stringify(request)}`.slice(0, 100);
  const body = { id, via: 'lte', timeoutMs: 4000, ...request, expect: expected };
  const agent = (await ask(parts.agent, kind, query)).body.probe?.agent;
  await client.publishAsync(`pathproof/${agent}/probe/${kind}/request`, JSON.stringify(body), { qos: 1 });
  const overMqtt = await resultOf(id);
  const overHttp = ResultSchema.parse((await ask(parts.agent, kind, query)).body.probe);
  expect(lasting(overMqtt)).toEqual(lasting(overHttp));
  expect(overMqtt.verdict).toMatch(/^(pass|fail|error)$/);
});
