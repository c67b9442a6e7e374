// The lab's name server, asked by a library that it does not use itself: what it says, by which way, and how it fails.
import { createSocket } from 'node:dgram';
import { connect } from 'node:net';
import {
  type DecodedPacket,
  type Packet,
  type RecordType,
  decode,
  encode,
  streamDecode,
  streamEncode,
} from 'dns-packet';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Misbehaviour, type NameServer, badNameAddress, startNameServer } from './dns-server.ts';

const id = 0x1234;
let server: NameServer;
beforeAll(async () => {
  const zones = {
    'www.test': [{ type: 'CNAME', data: 'web.test', ttl: 30 }],
    'web.test': [
      { type: 'A', data: '192.0.2.1', ttl: 5 },
      { type: 'AAAA', data: '2001:db8::1' },
      { type: 'MX', data: '10 mail.test' },
      { type: 'TXT', data: 'some text' },
      { type: 'SRV', data: '1 2 443 web.test' },
      { type: 'SOA', data: 'ns.test root.test 1 2 3 4 5' },
    ],
    '1.2.0.192.in-addr.arpa': [{ type: 'PTR', data: 'web.test' }],
  } as const;
  server = await startNameServer(zones, { node: 'agent', addresses: ['127.0.0.1', '127.0.0.2', '::1'] });
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
});

const questionFor = (name: string, type: RecordType) => ({
  type: 'query' as const,
  id,
  flags: 0x100,
  questions: [{ type, name }],
});

interface Received {
  bytes: Buffer;
  address: string;
  port: number;
}

/** Sends one question and waits for a number of messages; rejects after a while without them. */
function ask(name: string, type: RecordType = 'A', messages = 1, at = '127.0.0.1'): Promise<Received[]> {
  const socket = createSocket(at.includes(':') ? 'udp6' : 'udp4');
  const received: Received[] = [];
  return new Promise<Received[]>((resolve, reject) => {
    const late = setTimeout(() => reject(new Error('no answer')), 1500);
    socket.on('message', (bytes, { address, port }) => {
      received.push({ bytes, address, port });
      if (received.length < messages) return;
      clearTimeout(late);
      resolve(received);
    });
    socket.send(encode(questionFor(name, type)), 53, at);
  }).finally(() => socket.close());
}

function askTcp(name: string): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const client = connect(53, '127.0.0.1', () => client.write(streamEncode(questionFor(name, 'A'))));
    const parts: Buffer[] = [];
    client.on('data', (part) => parts.push(part));
    client.on('end', () => client.end());
    client.on('close', () => resolve(Buffer.concat(parts)));
    client.on('error', reject);
  });
}

const answersOf = ({ answers = [] }: Packet): unknown[] =>
  answers.map((answer) => ('data' in answer ? answer.data : null));
const decodedAnswer = async (name: string, type?: RecordType): Promise<DecodedPacket> => {
  const [message] = await ask(name, type);
  return decode(message?.bytes ?? Buffer.alloc(0));
};

test('answers with the records of a zone, aliases and lifetimes included', async () => {
  const { answers, id: answered } = await decodedAnswer('www.test');
  expect(answered).toBe(id);
  expect(answers).toMatchObject([
    { name: 'www.test', type: 'CNAME', ttl: 30, data: 'web.test' },
    { name: 'web.test', type: 'A', ttl: 5, data: '192.0.2.1' },
  ]);
});

test.each([
  ['AAAA', 'web.test', '2001:db8::1'],
  ['MX', 'web.test', { preference: 10, exchange: 'mail.test' }],
  ['TXT', 'web.test', [Buffer.from('some text')]],
  ['SRV', 'web.test', { priority: 1, weight: 2, port: 443, target: 'web.test' }],
  ['SOA', 'web.test', { mname: 'ns.test', rname: 'root.test', serial: 1, minimum: 5 }],
  ['PTR', '1.2.0.192.in-addr.arpa', 'web.test'],
] as const)('answers with %s', async (type, name, data) => {
  expect(answersOf(await decodedAnswer(name, type))).toMatchObject([data]);
});

test('answers over TCP and over IPv6, and logs who asked for what', async () => {
  server.forget();
  expect(answersOf(streamDecode(await askTcp('web.test')))).toEqual(['192.0.2.1']);
  await ask('web.test', 'A', 1, '::1');
  expect(await server.asked('web.test')).toMatchObject([
    { type: 'A', transport: 'tcp', address: '127.0.0.1', to: '127.0.0.1', id: '1234' },
    { type: 'A', transport: 'udp', address: '::1', to: '::1', id: '1234' },
  ]);
});

test('takes other records while it runs', async () => {
  await server.set({ 'new.test': [{ type: 'A', data: '192.0.2.7' }] });
  expect(answersOf(await decodedAnswer('new.test'))).toEqual(['192.0.2.7']);
});

describe('misbehaving', () => {
  test.each([
    ['nxdomain', 'NXDOMAIN'],
    ['servfail', 'SERVFAIL'],
    ['refused', 'REFUSED'],
    ['formerr', 'FORMERR'],
    ['notimp', 'NOTIMP'],
    ['nothing-known', 'NXDOMAIN'],
  ])('%s.test gives the code %s', async (how, rcode) => {
    expect(await decodedAnswer(`${how}.test`)).toMatchObject({ rcode, answers: [] });
  });

  test.each<Misbehaviour>(['garbage', 'empty', 'short', 'cut', 'pointer-loop'])(
    '%s.test gives what nobody can decode',
    async (how) => {
      const [message] = await ask(`${how}.test`);
      expect(() => decode(message?.bytes ?? Buffer.alloc(0))).toThrow();
    },
  );

  test('other ids, questions, directions', async () => {
    expect((await decodedAnswer('other-id.test')).id).not.toBe(id);
    expect((await ask('other-id-first.test', 'A', 2)).map(({ bytes }) => decode(bytes).id === id)).toEqual([
      false,
      true,
    ]);
    expect((await decodedAnswer('wrong-question.test')).questions).toMatchObject([
      { name: 'elsewhere.test' },
    ]);
    expect((await decodedAnswer('no-question.test')).questions).toEqual([]);
    expect((await decodedAnswer('query-back.test')).type).toBe('query');
  });

  test('answers from elsewhere', async () => {
    expect(await ask('other-address.test')).toMatchObject([{ address: '127.0.0.2', port: 53 }]);
    const [fromPort] = await ask('other-port.test');
    expect([fromPort?.address, fromPort?.port === 53]).toEqual(['127.0.0.1', false]);
  });

  test('truncated over UDP, whole over TCP or broken there too', async () => {
    expect(await decodedAnswer('tc.test')).toMatchObject({ flag_tc: true, answers: [] });
    expect(answersOf(streamDecode(await askTcp('tc.test')))).toEqual([badNameAddress]);
    const cut = await askTcp('tcp-cut.test');
    expect(cut.length).toBeLessThan(2 + cut.readUInt16BE(0));
    expect((await decodedAnswer('tcp-cut.test')).flag_tc).toBe(true);
  });

  test('many, late, twice and never', async () => {
    expect((await decodedAnswer('huge.test')).answers).toHaveLength(300);
    expect(answersOf(await decodedAnswer('slow.test'))).toEqual([badNameAddress]);
    expect(await ask('twice.test', 'A', 2)).toHaveLength(2);
    await expect(ask('silent.test')).rejects.toThrow('no answer');
  });
});
