// What can be written back of a foreign route, from the line that iproute2 shows of it.
import { expect, it } from 'vitest';
import { areAttributes, attributesIn } from '../../../../agent/uplink/routes/attributes.ts';

it.each([
  ['default ', []],
  ['default src 192.168.0.10 mtu 1400 ', ['src', '192.168.0.10', 'mtu', '1400']],
  ['default mtu lock 1400 advmss lock 1200', ['mtu', 'lock', '1400', 'advmss', 'lock', '1200']],
  // It is written without its lock.
  ['default onlink rto_min lock 30ms', ['onlink', 'rto_min', '30ms']],
  ['default dead linkdown realm 3', ['realm', '3']],
  ['default scope 253 pref high', ['scope', '253', 'pref', 'high']],
])('%j can', (line, words) => {
  expect(attributesIn(line)).toEqual(words);
  expect(areAttributes(words)).toBe(true);
});

it.each([
  '',
  'unreachable default',
  '192.0.2.0/24 mtu 1400',
  'default expires 299sec pref high',
  'default nhid 7 mtu 1400',
  'default encap ip id 3',
  'default via inet6 fe80::1',
  'default mtu',
  'default mtu lock',
  'default offload',
])('%j can not', (line) => {
  expect(attributesIn(line)).toBe(null);
});

it.each([[['dev', 'eth7']], [['linkdown']], [['mtu', '1400 dev eth7']], [['mtu', '1400', '']]])(
  '%j are no attributes to be read from a file',
  (words) => {
    expect(areAttributes(words)).toBe(false);
  },
);
