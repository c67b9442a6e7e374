// All echoes of one engine look alike to a router that spreads flows: the same checksum, the same IPv6 flow label.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { EchoFields } from '../../../agent/packet/icmp.ts';
import { icmp4 } from '../../../agent/packet/icmp4.ts';
import { icmp6 } from '../../../agent/packet/icmp6.ts';
import { built, checksum6, checksumOf, cookieBytesOf } from './datagrams.ts';

const families = [
  {
    family: 'IPv4',
    dialect: icmp4,
    headerBytes: 20,
    ends: { source: '192.168.2.10', destination: '1.1.1.1' },
    remainder: ({ icmp }: { icmp: Buffer }) => checksumOf(icmp),
  },
  {
    family: 'IPv6',
    dialect: icmp6,
    headerBytes: 40,
    ends: { source: 'fd00:2::10', destination: '2001:db8::1' },
    remainder: ({ icmp, source, destination }: { icmp: Buffer; source: string; destination: string }) =>
      checksum6(source, destination, icmp),
  },
];

const word = fc.integer({ min: 0, max: 0xffff });
const echoes = fc.record({
  hopLimit: fc.integer({ min: 1, max: 255 }),
  identifier: word,
  sequence: word,
  payloadBytes: fc.oneof(fc.constantFrom(8, 9, 56, 57, 1471, 1472), fc.integer({ min: 8, max: 1472 })),
  cookie: fc.nat({ max: 2 ** 48 - 1 }),
});
const flows = fc.oneof(fc.constantFrom(1, 0xfffe), fc.integer({ min: 1, max: 0xfffe }));

describe.each(families)('an echo of $family', ({ dialect, headerBytes, ends, remainder }) => {
  it('bears its flow as its checksum, which is right, whatever its length', () => {
    fc.assert(
      fc.property(echoes, flows, (echo, flow) => {
        const fields: EchoFields = { ...ends, ...echo, flow };
        const packet = built(dialect, fields);
        const icmp = packet.subarray(headerBytes);
        expect(packet).toHaveLength(dialect.overheadBytes + echo.payloadBytes);
        expect(icmp.readUInt16BE(2)).toBe(flow);
        expect(remainder({ icmp, ...ends })).toBe(0);
        expect(icmp.subarray(8, 14)).toEqual(cookieBytesOf(echo.cookie));
        expect(icmp.subarray(16).every((byte) => byte === 0x70)).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  it('is known by its copy when it has left, however long it is', () => {
    fc.assert(
      fc.property(echoes, flows, fc.constantFrom(0, 14, 18), (echo, flow, linkBytes) => {
        const packet = built(dialect, { ...ends, ...echo, flow });
        const copy = Buffer.concat([Buffer.alloc(linkBytes, 0x02), packet]);
        const { identifier, sequence } = echo;
        expect(dialect.readSent(copy, copy.length)).toEqual({ identifier, sequence });
      }),
    );
  });
});

it('an echo of IPv6 bears its flow as its flow label too', () => {
  const common = { identifier: 1, cookie: 0, payloadBytes: 56, flow: 0x2bad };
  const ends = { source: 'fd00:2::10', destination: '2001:db8::1' };
  const heads = [1, 2, 64].map((hopLimit) =>
    built(icmp6, { ...common, ...ends, hopLimit, sequence: hopLimit })
      .subarray(0, 4)
      .toString('hex'),
  );
  expect(heads).toEqual(['60002bad', '60002bad', '60002bad']);
});
