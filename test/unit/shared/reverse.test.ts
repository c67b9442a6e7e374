// The name under which an address is found in the reverse tree.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { reverseName } from '../../../shared/reverse.ts';

const nibbles = (digits: string): string => `${Array.from(digits).toReversed().join('.')}.ip6.arpa`;

describe('the reverse name', () => {
  it.each([
    ['1.2.3.4', '4.3.2.1.in-addr.arpa'],
    ['2001:db8::1', nibbles('20010db8000000000000000000000001')],
    ['::', nibbles('0'.repeat(32))],
    ['::1', nibbles('1'.padStart(32, '0'))],
    ['fe80::', nibbles('fe80'.padEnd(32, '0'))],
    ['1:2:3:4:5:6:7:8', nibbles('00010002000300040005000600070008')],
    ['::192.0.2.1', nibbles('c0000201'.padStart(32, '0'))],
    ['64:ff9b::192.0.2.1', nibbles('0064ff9b0000000000000000c0000201')],
  ])('of %j is %s', (address, name) => expect(reverseName(address)).toBe(name));

  it('of any IPv6 address has its 32 digits', () => {
    fc.assert(
      fc.property(fc.ipV6(), (address) => {
        expect(reverseName(address)).toMatch(/^([0-9a-f]\.){32}ip6\.arpa$/);
      }),
    );
  });
});
