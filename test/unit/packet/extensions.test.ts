// MPLS labels behind a quoted packet (RFC 4884, RFC 4950): right ones are read, all else gives none.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mplsLabels } from '../../../agent/packet/extensions.ts';
import { labelEntry, mplsExtension } from './datagrams.ts';

const quoteBytes = 128;
const quoted = Buffer.alloc(quoteBytes, 0x70);
const behind = (extension: Buffer): Buffer => Buffer.concat([quoted, extension]);
const labelsIn = (bytes: Buffer, lengthBytes = quoteBytes) => mplsLabels(bytes, 0, lengthBytes, bytes.length);

const entries = [labelEntry(24_001, 5, 0, 1), labelEntry(1_048_575, 0, 1, 255)];
const labels = [
  { label: 24_001, trafficClass: 5, ttl: 1 },
  { label: 1_048_575, trafficClass: 0, ttl: 255 },
];

describe('labels', () => {
  it('are read, outermost first', () => {
    expect(labelsIn(behind(mplsExtension(entries)))).toEqual(labels);
  });

  it('are found behind 128 bytes where the router gives no length, as before RFC 4884', () => {
    expect(labelsIn(behind(mplsExtension(entries)), 0)).toEqual(labels);
  });

  it('are found behind another object', () => {
    const interfaceObject = [0, 8, 2, 1, 0, 0, 0, 7];
    expect(labelsIn(behind(mplsExtension(entries, interfaceObject)))).toEqual(labels);
  });

  it('are believed without a checksum, which RFC 4884 allows', () => {
    const extension = mplsExtension(entries);
    extension.writeUInt16BE(0, 2);
    expect(labelsIn(behind(extension))).toEqual(labels);
  });
});

describe('no labels', () => {
  const changed = (at: number, to: number, sum = false): Buffer => {
    const extension = mplsExtension(entries);
    extension[at] = to;
    if (sum) extension.writeUInt16BE(0, 2);
    return behind(extension);
  };

  // prettier-ignore
  it.each<[what: string, bytes: Buffer]>([
    ['where nothing is behind the quote', quoted],
    ['where the quote is short', Buffer.alloc(64)],
    ['in a header alone', behind(mplsExtension(entries).subarray(0, 4))],
    ['of another version', changed(0, 0x10, true)],
    ['with a wrong checksum', changed(11, 0x99)],
    ['in an object shorter than its own header', changed(5, 3, true)],
    ['in an object that ends behind the datagram', changed(5, 200, true)],
    ['in an object of another class', changed(6, 2, true)],
    ['in an object of another kind', changed(7, 2, true)],
    ['in the zeros a host pads with', behind(Buffer.alloc(64))],
  ])('%s', (_what, bytes) => expect(labelsIn(bytes)).toEqual([]));

  it('beyond what was received, though the buffer goes on', () => {
    const bytes = behind(mplsExtension(entries));
    expect(mplsLabels(bytes, 0, quoteBytes, quoteBytes + 4)).toEqual([]);
    expect(mplsLabels(bytes, 0, quoteBytes, quoteBytes)).toEqual([]);
  });

  it('and no error in whatever bytes', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 300 }),
        fc.nat({ max: 64 }),
        fc.nat({ max: 1020 }),
        fc.nat({ max: 320 }),
        (bytes, quote, lengthBytes, length) => {
          const packet = Buffer.from(bytes);
          const found = mplsLabels(packet, quote, lengthBytes, Math.min(length, packet.length));
          expect(found.length).toBeLessThanOrEqual(75);
        },
      ),
      { numRuns: 2000 },
    );
  });
});
