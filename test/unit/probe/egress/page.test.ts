// The address in what services send that do nothing but tell it.
import { expect, it } from 'vitest';
import { addressIn } from '../../../../agent/probe/egress/page.ts';

it.each([
  ['203.0.113.7', '203.0.113.7'],
  ['203.0.113.7\n', '203.0.113.7'],
  ['2001:DB8:0::1\r\n', '2001:db8::1'],
  ['::ffff:203.0.113.7', '203.0.113.7'],
  ['{"ip":"203.0.113.7"}', '203.0.113.7'],
  [' {"address": "2001:db8::1", "country": "DE"}', '2001:db8::1'],
  ['{"origin":"203.0.113.7"}', '203.0.113.7'],
  ['', null],
  ['256.1.1.1', null],
  ['203.0.113.7 203.0.113.8', null],
  ['<html><body>203.0.113.7</body></html>', null],
  ['{"ip":7}', null],
  ['{"ip":', null],
  ['[]', null],
])('in %j is %j', (text, address) => expect(addressIn(text)).toBe(address));
