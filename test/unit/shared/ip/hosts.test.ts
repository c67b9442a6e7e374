// Hosts as users write them: an address, a name in ASCII, or refused; nothing that only looks like an address passes.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalHost, familyOf } from '../../../../shared/ip.ts';

const label63 = 'a'.repeat(63);
const name253 = `${label63}.${label63}.${label63}.${'a'.repeat(61)}`;

describe('a host', () => {
  it.each([
    ['1.1.1.1', '1.1.1.1'],
    ['2001:DB8::0:1', '2001:db8::1'],
    ['[::1]', '::1'],
    ['[2001:DB8::1]', '2001:db8::1'],
    ['::ffff:192.0.2.1', '192.0.2.1'],
    ['[::ffff:192.0.2.1]', '192.0.2.1'],
    ['one.one.one.one', 'one.one.one.one'],
    ['ONE.Example', 'one.example'],
    ['router', 'router'],
    ['example.org.', 'example.org'],
    ['a_b.example', 'a_b.example'],
    ['_sip._tcp.example', '_sip._tcp.example'],
    ['4g.example', '4g.example'],
    ['3com', '3com'],
    ['1.example', '1.example'],
    ['bücher.example', 'xn--bcher-kva.example'],
    ['BÜCHER.example', 'xn--bcher-kva.example'],
    ['例え.テスト', 'xn--r8jz45g.xn--zckzah'],
    ['xn--bcher-kva.example', 'xn--bcher-kva.example'],
    [`${label63}.example`, `${label63}.example`],
    [name253, name253],
    [`${name253}.`, name253],
  ])('%j is read as %j', (text, host) => expect(canonicalHost(text)).toBe(host));

  it.each([
    [''],
    ['.'],
    ['..'],
    ['256.1.1.1'],
    ['1.1.1'],
    ['127.1'],
    ['127'],
    ['0x7f.1'],
    ['0x7f000001'],
    ['0177.0.0.1'],
    ['127.0.0.1.'],
    ['１２７.0.0.1'],
    ['1.1.1.1/32'],
    ['1.1.1.1:80'],
    ['[1.1.1.1]'],
    ['[]'],
    ['[::1'],
    ['::1]'],
    ['[[::1]]'],
    ['[::1]:80'],
    ['[one.example]'],
    ['fe80::1%eth0'],
    ['one.0x'],
    ['one.1'],
    ['one..example'],
    ['.one.example'],
    ['one.example..'],
    ['-one.example'],
    ['one-.example'],
    [`a${label63}.example`],
    [`a${name253}`],
    [`${name253}a`],
    ['one example'],
    [' one.example'],
    ['one.example\n'],
    ['https://one.example'],
    ['one.example/path'],
    ['user@one.example'],
    ['one.example:80'],
    ['one%2eexample'],
    ['one*example'],
    ['-I'],
    ['one\u0000.example'],
    ['a\u00adb.example\u200b'],
  ])('%j is refused', (text) => expect(canonicalHost(text)).toBe(null));

  it('once read stays as it is, and is an address or a name, whatever was written', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.domain(), fc.ipV4(), fc.ipV6()), (text) => {
        const host = canonicalHost(text);
        if (host === null) return;
        expect(canonicalHost(host)).toBe(host);
        expect(familyOf(host) !== null || /^[a-z0-9_.-]{1,253}$/.test(host)).toBe(true);
      }),
    );
  });
});
