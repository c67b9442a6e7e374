import { expect, it } from 'vitest';
import { freshAddresses, isEchoRequest } from '../../bench/trace-lab.ts';

const icmp = 1;
const udp = 17;

/** The bytes of a packet that are looked at: header length, protocol, and the first after the header. */
function packet(headerWords: number, protocol: number, first: number): Buffer {
  const bytes = Buffer.alloc(64);
  bytes[0] = 0x40 | headerWords;
  bytes[9] = protocol;
  bytes[headerWords * 4] = first;
  return bytes;
}

it('knows echo requests, with IP options too', () => {
  expect(isEchoRequest(packet(5, icmp, 8))).toBe(true);
  expect(isEchoRequest(packet(6, icmp, 8))).toBe(true);
  expect(isEchoRequest(packet(5, icmp, 0))).toBe(false);
  expect(isEchoRequest(packet(5, icmp, 11))).toBe(false);
  expect(isEchoRequest(packet(5, udp, 8))).toBe(false);
  expect(isEchoRequest(Buffer.alloc(0))).toBe(false);
});

it('gives each address once, and says when there are no more', () => {
  const addresses = freshAddresses();
  const given = Array.from({ length: 254 }, () => addresses.next().value);
  expect(new Set(given).size).toBe(254);
  expect(given).not.toContain(freshAddresses('silent').next().value);
  expect(() => addresses.next()).toThrow('no addresses are left');
});
