// The networks around addresses.
import { expect, it } from 'vitest';
import { networkAround } from '../../../agent/asn/address.ts';

it.each([
  ['8.8.4.1', 24, '8.8.4.0/24'],
  ['8.8.7.255', 22, '8.8.4.0/22'],
  ['255.255.255.255', 1, '128.0.0.0/1'],
  ['8.8.8.8', 0, '0.0.0.0/0'],
  ['8.8.8.8', 32, '8.8.8.8/32'],
  ['2001:db8:ffff::1', 33, '2001:db8:8000::/33'],
  ['2001:db8::1', 0, '::/0'],
  ['2001:db8::1', 128, '2001:db8::1/128'],
])('the network around %s of length %d is %s', (address, length, network) => {
  expect(networkAround(address, length)).toBe(network);
});
