// curl's configuration, as text.
import { expect, it } from 'vitest';
import { type Order, configFor } from '../../../../agent/probe/http/order.ts';

const linesFor = (url: string, given: Partial<Order> = {}): string[] =>
  configFor({
    url: new URL(url),
    method: 'GET',
    interfaceName: 'eth1',
    addresses: ['192.0.2.1'],
    timeoutMs: 9876,
    mostBodyBytes: 1,
    ...given,
  }).split('\n');

it('binds to the interface, speaks to no proxy and knows no protocol but HTTP', () => {
  expect(linesFor('https://one.test/')).toEqual(
    expect.arrayContaining(['interface = "if!eth1"', 'noproxy = "*"', 'proto = "=http,https"']),
  );
});

it('ends by itself within the time', () => {
  expect(linesFor('https://one.test/')).toContain('max-time = 9.876');
});

it('lets every name stand for the addresses, at the port that is meant', () => {
  const addresses = ['192.0.2.1', '192.0.2.2'];
  expect(linesFor('https://one.test/', { addresses })).toContain('resolve = "*:443:192.0.2.1,192.0.2.2"');
  expect(linesFor('http://one.test/', { addresses: ['fd00::1'] })).toContain('resolve = "*:80:[fd00::1]"');
});

it('has nothing to resolve of an address', () => {
  for (const url of ['http://192.0.2.1/', 'http://[fd00::1]/']) {
    expect(linesFor(url).filter((line) => line.startsWith('resolve'))).toEqual([]);
  }
});

it('lets nothing that is given end its quotes', () => {
  expect(linesFor('https://one.test/', { interfaceName: 'a"b\\c' })).toContain('interface = "if!a\\"b\\\\c"');
});

it('follows nothing and checks certificates', () => {
  expect(linesFor('https://one.test/').join('\n')).not.toMatch(/location|insecure|max-redirs|compressed/);
});
