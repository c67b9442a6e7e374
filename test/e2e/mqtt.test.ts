// Requests and results over MQTT, with a real broker and with the embedded one.
import mqtt, { type IClientOptions, type MqttClient } from 'mqtt';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Result, ResultSchema } from '../../shared/result.ts';
import { type Agent, startAgent } from '../lab/agent.ts';
import { type Mosquitto, startMosquitto } from '../lab/mosquitto.ts';

interface Message {
  topic: string;
  text: string;
  correlation: string | undefined;
  expirySeconds: number | undefined;
  qos: number;
  retain: boolean;
}

interface Listener {
  client: MqttClient;
  messages: Message[];
  /** The first message on a topic that came, or comes. */
  next(topic: string): Promise<Message>;
}

async function listen(url: string, options: IClientOptions, topics: string[]): Promise<Listener> {
  const client = await mqtt.connectAsync(url, options);
  const messages: Message[] = [];
  client.on('message', (topic, payload, { properties, qos, retain }) => {
    messages.push({
      topic,
      text: payload.toString(),
      correlation: properties?.correlationData?.toString(),
      expirySeconds: properties?.messageExpiryInterval,
      qos,
      retain,
    });
  });
  await client.subscribeAsync(topics, { qos: 1 });
  const next = async (topic: string): Promise<Message> => {
    await expect.poll(() => messages.some((message) => message.topic === topic)).toBe(true);
    const at = messages.findIndex((message) => message.topic === topic);
    const [message] = messages.splice(at, 1);
    if (message === undefined) throw new Error('unreachable: it was found');
    return message;
  };
  return { client, messages, next };
}

const resultOf = ({ text }: Message): Result => ResultSchema.parse(JSON.parse(text));

const request = 'pathproof/pi/probe/ping/request';
const result = 'pathproof/pi/probe/ping/result';

describe.each(['mosquitto', 'the embedded broker'])('with %s', (broker) => {
  const external = broker === 'mosquitto';
  let mosquitto: Mosquitto | null = null;
  let agent: Agent;
  let listener: Listener;

  beforeAll(async () => {
    if (external) mosquitto = await startMosquitto({ config: ['set_tcp_nodelay true'] });
    agent = await startAgent({
      env: mosquitto === null ? {} : { MQTT_URL: mosquitto.url, MQTT_GROUPS: 'edge' },
    });
    await agent.until('its connection', () => agent.said('MQTT connected') !== undefined);
    const url = mosquitto?.url ?? `mqtt://127.0.0.1:${agent.brokerPort()}`;
    const topics = ['pathproof/pi/status', 'pathproof/pi/info', 'pathproof/pi/probe/+/result', 'answers/#'];
    listener = await listen(url, { protocolVersion: external ? 5 : 4 }, topics);
  });

  afterAll(async () => {
    await listener.client.endAsync();
    await agent[Symbol.asyncDispose]();
    await mosquitto?.[Symbol.asyncDispose]();
  });

  const ask = (body: object | string, topic = request) =>
    listener.client.publishAsync(topic, typeof body === 'string' ? body : JSON.stringify(body));

  it('says retained that it is there and what it is', async () => {
    expect(await listener.next('pathproof/pi/status')).toMatchObject({ text: 'online', retain: true });
    const info: unknown = JSON.parse((await listener.next('pathproof/pi/info')).text);
    expect(info).toMatchObject({
      version: '0.1.0',
      kinds: ['ping', 'traceroute', 'dns', 'http', 'egress'],
      limits: { concurrency: 32 },
    });
  });

  it('answers a request on the result topic, with its id', async () => {
    await ask({ id: 'first', target: '127.0.0.1', count: 1 });
    const message = await listener.next(result);
    expect(message.retain).toBe(false);
    expect(resultOf(message)).toMatchObject({ id: 'first', agent: 'pi', kind: 'ping', verdict: 'pass' });
  });

  it('answers on replyTo as well, at QoS 0', async () => {
    await ask({ id: 'two', target: '127.0.0.1', count: 1, replyTo: 'answers/here' });
    const reply = await listener.next('answers/here');
    expect(reply).toMatchObject({ qos: 0, retain: false });
    expect(resultOf(reply)).toEqual(resultOf(await listener.next(result)));
  });

  it.each([
    ['pathproof/other/probe/ping/request', /^replyTo: the topic lies under pathproof/],
    ['homeassistant/sensor/x/config', /^replyTo: the topic lies under homeassistant/],
    ['answers/+', /^replyTo: the topic has a wildcard/],
    ['$SYS/x', /^replyTo: the topic starts with \$/],
    ['x'.repeat(257), /^replyTo: the topic has 257 characters/],
  ])('refuses to answer on %s', async (replyTo, reason) => {
    await ask({ target: '127.0.0.1', count: 1, replyTo });
    const refused = resultOf(await listener.next(result));
    expect(refused.failure).toEqual({ code: 'replyToRefused', source: 'policy' });
    expect(refused.reason).toMatch(reason);
  });

  it.each<[string, object | string, RegExp]>([
    ['no JSON', '{"target":', /^the request is not JSON: /],
    ['a key given twice', '{"target":"127.0.0.1","target":"::1"}', /^the key "target" is given twice$/],
    ['no object', '[1]', /^a request is a JSON object, not a list$/],
    ['nothing', '', /^the request is not JSON: /],
    ['an unknown key', { target: '127.0.0.1', cuont: 1 }, /^unknown key "cuont"; did you mean count\?$/],
    ['no target', {}, /^target: is missing; it must be a text$/],
    ['another kind', { kind: 'dns', target: '127.0.0.1' }, /^kind: must be "ping", not "dns"$/],
    [
      'a condition it can not judge',
      { target: '127.0.0.1', expect: { minHops: 2 } },
      /a ping can't judge minHops/,
    ],
    ['a multicast target', { target: '224.0.0.1' }, /^target: 224\.0\.0\.1 is a multicast address$/],
    ['force without leave', { target: '127.0.0.1', force: true }, /^force: /],
  ])('answers what is %s with an error', async (_name, body, reason) => {
    await ask(body);
    const refused = resultOf(await listener.next(result));
    expect(refused.verdict).toBe('error');
    expect(refused.reason).toMatch(reason);
  });

  it('answers a request that is too large, and one for a kind that is not there', async () => {
    await ask({ target: '127.0.0.1', id: 'x'.repeat(70_000) });
    expect(resultOf(await listener.next(result)).reason).toBe('the request is larger than 64 KiB');
    await ask({ target: '127.0.0.1', id: 'x'.repeat(60_000) });
    expect(resultOf(await listener.next(result)).reason).toContain('id: must have at most 128 characters');
    const strange = Object.fromEntries(Array.from({ length: 3000 }, (_, index) => [`key${index}`, 1]));
    await ask({ target: '127.0.0.1', ...strange });
    expect(resultOf(await listener.next(result)).reason).toMatch(/; and 2990 more$/);
    await ask({ target: '127.0.0.1' }, 'pathproof/pi/probe/telepathy/request');
    const unknown = resultOf(await listener.next('pathproof/pi/probe/telepathy/result'));
    expect(unknown).toMatchObject({ kind: null, failure: { code: 'unsupported' } });
  });

  it('answers twenty at once, each once', async () => {
    const ids = Array.from({ length: 20 }, (_, index) => `many-${index}`);
    await Promise.all(ids.map((id) => ask({ id, target: '127.0.0.1', count: 2, intervalMs: 10 })));
    const seen = await Promise.all(ids.map(() => listener.next(result)));
    expect(seen.map((message) => resultOf(message).id).sort()).toEqual([...ids].sort());
  });

  if (external) {
    it('honours the response topic and correlation data of MQTT 5, and lets answers expire', async () => {
      const properties = { responseTopic: 'answers/five', correlationData: Buffer.from('c-1') };
      await listener.client.publishAsync(request, '{"target":"127.0.0.1","count":1}', { properties });
      const reply = await listener.next('answers/five');
      expect(reply).toMatchObject({ correlation: 'c-1', expirySeconds: 120 });
      const toAll = await listener.next(result);
      expect(toAll.expirySeconds).toBe(3600);
      expect(resultOf(reply)).toEqual(resultOf(toAll));
    });

    it('answers for its groups', async () => {
      await ask(
        { id: 'for a group', target: '127.0.0.1', count: 1 },
        'pathproof/group/edge/probe/ping/request',
      );
      expect(resultOf(await listener.next(result)).id).toBe('for a group');
    });

    it('refuses a retained request, which would run again at each connection', async () => {
      await listener.client.publishAsync(request, '{"target":"127.0.0.1","count":1}', { retain: true });
      const refused = resultOf(await listener.next(result));
      expect(refused.failure).toEqual({ code: 'retainedRefused', source: 'policy' });
      // Clearing it again is no request: the next answer is the next question's.
      await listener.client.publishAsync(request, '', { retain: true });
      await ask({ id: 'after it was cleared', target: '127.0.0.1', count: 1 });
      expect(resultOf(await listener.next(result)).id).toBe('after it was cleared');
    });
  }

  it('says offline when it stops, and when it dies', async () => {
    listener.messages.length = 0;
    if (!external) return expect(await agent.stop()).toBe(0);
    expect(await agent.stop()).toBe(0);
    expect(await listener.next('pathproof/pi/status')).toMatchObject({ text: 'offline' });
    await using second = await startAgent({ env: { MQTT_URL: mosquitto?.url ?? '' } });
    expect(await listener.next('pathproof/pi/status')).toMatchObject({ text: 'online' });
    await second.stop('SIGKILL');
    expect(await listener.next('pathproof/pi/status')).toMatchObject({ text: 'offline' });
  });
});
