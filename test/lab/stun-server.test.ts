// The lab's STUN server: what it says is read byte by byte here, so that a probe's reader is not its own judge.
import { createSocket } from 'node:dgram';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type StunMode, type StunServer, startStunServer, stunPort } from './stun-server.ts';

const request = Buffer.from('00010000' + '2112a442' + '0102030405060708090a0b0c', 'hex');
const success = '0101';
let server: StunServer;
beforeAll(async () => {
  server = await startStunServer({ node: 'agent', addresses: ['127.0.0.1', '127.0.0.2', '::1'] });
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
});

interface Received {
  hex: string;
  address: string;
  from: number;
  /** The asker's own port. */
  port: number;
}

function ask(mode: StunMode, messages = 1, at = '127.0.0.1'): Promise<Received[]> {
  const socket = createSocket(at.includes(':') ? 'udp6' : 'udp4');
  const received: Received[] = [];
  return new Promise<Received[]>((resolve, reject) => {
    const late = setTimeout(() => reject(new Error('no answer')), 1500);
    socket.on('message', (bytes, { address, port: from }) => {
      received.push({ hex: bytes.toString('hex'), address, from, port: socket.address().port });
      if (received.length < messages) return;
      clearTimeout(late);
      resolve(received);
    });
    socket.send(request, stunPort(mode), at);
  }).finally(() => socket.close());
}

const answer = async (mode: StunMode, at?: string): Promise<Received> => {
  const [first] = await ask(mode, 1, at);
  if (first === undefined) throw new Error('no answer');
  return first;
};
const word = (value: number): string => value.toString(16).padStart(4, '0');
/** 127.0.0.1 with the cookie over it (RFC 8489, 14.2). */
const xorMapped = ({ port }: Received): string => `0020` + `0008` + `0001` + word(port ^ 0x2112) + '5e12a443';

test('tells the address and port of who asks', async () => {
  const got = await answer('usual');
  expect(got.hex).toBe(`${success}000c` + request.toString('hex', 4) + xorMapped(got));
});

test('tells an IPv6 address with the transaction id over it', async () => {
  const { hex, port } = await answer('usual', '::1');
  const value = '0002' + word(port ^ 0x2112) + '2112a4420102030405060708090a0b0d';
  expect(hex).toBe(`${success}0018` + request.toString('hex', 4) + '0020' + '0014' + value);
});

test('logs who asked and what', async () => {
  server.forget();
  const { port } = await answer('usual');
  expect(await server.settled()).toEqual([
    { mode: 'usual', address: '127.0.0.1', port, to: '127.0.0.1', bytes: 20, hex: request.toString('hex') },
  ]);
});

describe('misbehaving', () => {
  test('the old attribute, alone and with the new one', async () => {
    const old = await answer('old');
    expect(old.hex.slice(40)).toBe(`0001` + `0008` + `0001` + word(old.port) + '7f000001');
    const both = await answer('both');
    expect(both.hex.slice(40)).toBe('0001' + '0008' + '0001' + '0001' + 'c0000237' + xorMapped(both));
  });

  test.each([
    ['error-300', '0300'],
    ['error-420', '0414'],
    ['error-500', '0500'],
  ] as const)('%s', async (mode, code) => {
    const { hex } = await answer(mode);
    expect([hex.slice(0, 4), hex.slice(40, 44), hex.slice(52, 56)]).toEqual(['0111', '0009', code]);
  });

  test.each([
    ['garbage', /^f{80}$/],
    ['empty', /^$/],
    ['short', /^.{20}$/],
    ['cut', /^0101000c.{50}$/],
    ['cut-attribute', /^01010008.{32}00200008.{8}$/],
    ['long-attribute', /^0101000c.{32}00200190.{16}$/],
    ['other-id', /^0101000c2112a442fefdfc/],
    ['other-cookie', /^0101000c0{8}010203/],
    ['request-back', /^00010000/],
    ['indication', /^0011000c/],
    ['no-address', /^01010010.{32}8022000c/],
    ['other-family', /^01010018.{32}00200014/],
    ['lie', /^0101000c.{32}00200008.{8}2b12a443$/],
    ['software-first', /^0101001c.{32}8022000c.{24}00200008/],
    ['large', /^0101064c/],
  ] as const)('%s', async (mode, pattern) => {
    const { hex } = await answer(mode);
    expect(hex).toMatch(pattern);
  });

  test('from elsewhere, late, twice, never', async () => {
    expect((await answer('other-address')).address).toBe('127.0.0.2');
    const { address, from } = await answer('other-port');
    expect([address, from === stunPort('other-port')]).toEqual(['127.0.0.1', false]);
    expect((await answer('slow')).hex).toMatch(/^0101000c/);
    expect(await ask('twice', 2)).toHaveLength(2);
    expect(
      (await ask('other-id-first', 2)).map(({ hex }) => hex.includes(request.toString('hex', 4))),
    ).toEqual([false, true]);
    await expect(ask('silent')).rejects.toThrow('no answer');
  });
});
