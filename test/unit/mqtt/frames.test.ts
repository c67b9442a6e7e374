import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createPacketCap } from '../../../agent/mqtt/frames.ts';
import { length } from './bad-broker.ts';

const packet = (first: number, bodyBytes: number, fill = 0x61): Buffer =>
  Buffer.concat([Buffer.of(first), length(bodyBytes), Buffer.alloc(bodyBytes, fill)]);

function splitInto(bytes: Buffer, sizes: number[]): Buffer[] {
  const chunks: Buffer[] = [];
  let at = 0;
  for (let turn = 0; at < bytes.length; turn += 1) {
    const size = sizes[turn % sizes.length] ?? 1;
    chunks.push(bytes.subarray(at, at + size));
    at += size;
  }
  return chunks;
}

function through(cap: (chunk: Buffer) => Buffer | null, chunks: Buffer[]): Buffer | null {
  const kept: Buffer[] = [];
  for (const chunk of chunks) {
    const part = cap(chunk);
    if (part === null) return null;
    kept.push(part);
  }
  return Buffer.concat(kept);
}

const anySplit = fc.array(fc.integer({ min: 1, max: 300 }), { minLength: 1, maxLength: 20 });
const allowedPackets = fc.array(
  fc.tuple(fc.constantFrom(0x10, 0x30, 0x32, 0x82, 0xc0), fc.integer({ min: 0, max: 200 })),
);

describe('packets within the cap', () => {
  test('pass unchanged, however they are split and merged', () => {
    fc.assert(
      fc.property(allowedPackets, anySplit, (packets, sizes) => {
        const bytes = Buffer.concat(packets.map(([first, size]) => packet(first, size)));
        const kept = through(createPacketCap(200, 'refuse'), splitInto(bytes, sizes));
        expect(kept?.equals(bytes)).toBe(true);
      }),
    );
  });
});

describe('a packet over the cap', () => {
  test('is refused as soon as its length is known, not when it has arrived', () => {
    const cap = createPacketCap(64 * 1024, 'refuse');
    expect(cap(Buffer.of(0x10, 0x80))).toHaveLength(0);
    expect(cap(Buffer.of(0xc2, 0x2f))).toBeNull(); // 100 MB
  });

  test('is refused behind others in the same chunk', () => {
    const bytes = Buffer.concat([packet(0xc0, 0), packet(0x30, 10), packet(0x30, 201)]);
    expect(createPacketCap(200, 'refuse')(bytes)).toBeNull();
  });

  test('is cut, where a PUBLISH may be, and what follows it is untouched', () => {
    fc.assert(
      fc.property(fc.integer({ min: 201, max: 5000 }), anySplit, (size, sizes) => {
        const bytes = Buffer.concat([packet(0x32, 7), packet(0x32, size), packet(0x40, 2)]);
        const kept = through(createPacketCap(200, 'cut'), splitInto(bytes, sizes));
        expect(kept?.equals(Buffer.concat([packet(0x32, 7), packet(0x32, 200), packet(0x40, 2)]))).toBe(true);
      }),
    );
  });

  test('is refused even then, where it is no PUBLISH', () => {
    expect(createPacketCap(200, 'cut')(packet(0x20, 201))).toBeNull();
  });
});

test('a remaining length of five bytes is malformed', () => {
  expect(createPacketCap(200, 'cut')(Buffer.of(0x30, 0xff, 0xff, 0xff, 0xff, 0x01))).toBeNull();
});
