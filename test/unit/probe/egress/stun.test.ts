// STUN byte by byte (RFC 8489 §5, §14), put together without the agent's own code, and RFC 5769's own examples.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  bindingRequest,
  isBindingAnswer,
  looksLikeStun,
  readBinding,
} from '../../../../agent/probe/egress/stun.ts';

const request = bindingRequest();

function attribute(kind: number, value: Buffer): Buffer {
  const head = Buffer.alloc(4);
  head.writeUInt16BE(kind, 0);
  head.writeUInt16BE(value.length, 2);
  return Buffer.concat([head, value, Buffer.alloc((4 - (value.length % 4)) % 4)]);
}

function message(type: number, ...attributes: Buffer[]): Buffer {
  const body = Buffer.concat(attributes);
  const head = Buffer.from(request);
  head.writeUInt16BE(type, 0);
  head.writeUInt16BE(body.length, 2);
  return Buffer.concat([head, body]);
}

const plain4 = (a: number, b: number, c: number, d: number): Buffer =>
  Buffer.from([0, 1, 0x9c, 0x40, a, b, c, d]);
const masked = (value: Buffer): Buffer => {
  const copy = Buffer.from(value);
  for (let at = 4; at < copy.length; at++) copy[at] = (copy[at] ?? 0) ^ (request[at] ?? 0);
  return copy;
};
const plain6 = Buffer.concat([
  Buffer.from([0, 2, 0, 1]),
  Buffer.from('20010db8000000000000000000000001', 'hex'),
]);

const mapped = attribute(0x0001, plain4(192, 0, 2, 7));
const xored = attribute(0x0020, masked(plain4(203, 0, 113, 7)));
const otherId = Buffer.from(message(0x0101, xored))
  .fill(0, 19, 20)
  .fill((request[19] ?? 0) ^ 1, 19, 20);
const software = attribute(0x8022, Buffer.from('a server of some length'));

describe('a request', () => {
  it('is a header with a random id and nothing else', () => {
    expect(request).toHaveLength(20);
    expect(request.subarray(0, 8).toString('hex')).toBe('000100002112a442');
    expect(bindingRequest().subarray(8)).not.toEqual(request.subarray(8));
  });
});

describe('what comes back', () => {
  it.each([
    ['a success with its id', message(0x0101, xored), true, true],
    ['an error with its id', message(0x0111), true, true],
    ['the request itself', request, false, true],
    ['an indication', message(0x0011), false, true],
    ['a success with another id', otherId, false, true],
    ['nineteen bytes', message(0x0101).subarray(0, 19), false, false],
    ['text', Buffer.from('no, this is no STUN at all'), false, false],
    ['nothing', Buffer.alloc(0), false, false],
  ])('as %s', (_what, payload, answers, stun) => {
    expect([isBindingAnswer(request, payload), looksLikeStun(payload)]).toEqual([answers, stun]);
  });

  it.each([
    ['the XORed address', message(0x0101, xored), '203.0.113.7'],
    ['the plain one of old servers', message(0x0101, mapped), '192.0.2.7'],
    ['the XORed one of both', message(0x0101, mapped, xored), '203.0.113.7'],
    ['an address behind other attributes', message(0x0101, software, xored), '203.0.113.7'],
    ['an IPv6 address', message(0x0101, attribute(0x0020, masked(plain6))), '2001:db8::1'],
  ])('tells %s', (_what, payload, address) => {
    expect(readBinding(payload)).toEqual({ type: 'address', address });
  });

  it('tells an error with its words', () => {
    const value = Buffer.concat([Buffer.from([0, 0, 4, 20]), Buffer.from('Unknown Attribute')]);
    const reading = readBinding(message(0x0111, attribute(0x0009, value)));
    expect(reading).toEqual({ type: 'error', code: 420, words: 'Unknown Attribute' });
  });

  it('tells an error in one line of what is left of its words', () => {
    const words = `\u001b[31mNo\n\u0000 way ${'x'.repeat(700)}`;
    const value = Buffer.concat([Buffer.from([0, 0, 5, 0]), Buffer.from(words)]);
    const reading = readBinding(message(0x0111, attribute(0x0009, value)));
    expect(reading).toEqual({ type: 'error', code: 500, words: `[31mNo way ${'x'.repeat(116)}…` });
  });

  it.each([
    ['cut', 'ends in an attribute', message(0x0101, xored).subarray(0, -3)],
    [
      'cut',
      'has an attribute that is too long',
      message(0x0101, attribute(0x8022, Buffer.alloc(8)).fill(0xff, 2, 4)),
    ],
    ['cut', 'has half an address', message(0x0101, attribute(0x0020, plain4(1, 2, 3, 4).subarray(0, 4)))],
    ['unreadable', 'names no address', message(0x0101, software)],
    [
      'unreadable',
      'has an address of no family',
      message(0x0101, attribute(0x0020, Buffer.from([0, 3, 0, 0, 1, 2, 3, 4]))),
    ],
    ['unreadable', 'is an error without a code', message(0x0111)],
  ])('is %s where it %s', (type, _what, payload) => expect(readBinding(payload)).toEqual({ type }));

  it('is read as RFC 5769 §2.2 and §2.3 have it', () => {
    const head = '0101003c2112a442b7e7a701bc34d686fa87dfae';
    const four = `${head}8022000b7465737420766563746f7220002000080001a147e112a64300080014${'00'.repeat(20)}80280004c07d4c96`;
    expect(readBinding(Buffer.from(four, 'hex'))).toEqual({ type: 'address', address: '192.0.2.1' });
    const six = `${head.replace('003c', '0048')}8022000b7465737420766563746f7220002000140002a1470113a9faa5d3f179bc25f4b5bed2b9d900080014${'00'.repeat(20)}80280004c8fb0b4c`;
    const address = '2001:db8:1234:5678:11:2233:4455:6677';
    expect(readBinding(Buffer.from(six, 'hex'))).toEqual({ type: 'address', address });
  });

  it('is read of whatever bytes without a throw', () => {
    const whole = message(0x0101, software, mapped, xored);
    fc.assert(
      fc.property(
        fc.integer({ min: 20, max: whole.length }),
        fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { maxLength: 5 }),
        (length, changes) => {
          const bytes = Buffer.from(whole);
          for (const [at, value] of changes) bytes[at] = value;
          const payload = bytes.subarray(0, length);
          isBindingAnswer(request, payload);
          looksLikeStun(payload);
          readBinding(payload);
        },
      ),
      { numRuns: 3000 },
    );
  });
});
