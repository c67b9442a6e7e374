// Which host a target leads to, however it is written: what the policy must see.
import { describe, expect, it } from 'vitest';
import { hostOfTarget, stunServer } from '../../../shared/target.ts';

describe('the host of a target', () => {
  it.each([
    ['192.0.2.1', '192.0.2.1'],
    ['2001:db8::1', '2001:db8::1'],
    ['one.example', 'one.example'],
    ['https://one.example:8443/a?b=//two.example#@x', 'one.example'],
    ['https://One.Example./', 'one.example'],
    ['http://127.0.0.1/', '127.0.0.1'],
    ['http://0x7f.1/', '127.0.0.1'],
    ['http://2130706433/', '127.0.0.1'],
    ['http://[::1]/', '::1'],
    ['http://[::ffff:127.0.0.1]/', '127.0.0.1'],
    ['https://b\u00fccher.example/', 'xn--bcher-kva.example'],
    ['stun:one.example:3478', 'one.example'],
    ['stun:[2001:db8::1]:3478', '2001:db8::1'],
    ['stun:[::ffff:127.0.0.1]:3478', '127.0.0.1'],
  ])('%s is %s', (target, host) => expect(hostOfTarget(target)).toBe(host));
});

describe('a STUN server', () => {
  it('has a host and a port', () => {
    expect(stunServer('stun:One.example:3478')).toEqual({ host: 'one.example', port: 3478 });
    expect(stunServer('stun:[2001:DB8::1]:1')).toEqual({ host: '2001:db8::1', port: 1 });
  });

  it.each(['https://one.example:1/', 'stun:one.example', 'stun::3478', 'stun:one.example:0', 'STUN:x:1'])(
    'is none: %s',
    (text) => expect(stunServer(text)).toBe(null),
  );
});
