// Which targets may be probed, in the words that an asker reads.
import { describe, expect, it } from 'vitest';
import {
  type TargetRules,
  addressRefusal,
  bridgeRefusal,
  hostRefusal,
  selfRefusal,
} from '../../../agent/request/policy.ts';
import { failureReport } from '../../../shared/failure.ts';
import { type Kind, kinds, oneOf } from '../../../shared/request.ts';
import { networkOf } from '../uplink/network.ts';

const own = ['127.0.0.1/8', '192.168.0.10/24', '192.168.2.10/30', '10.64.64.7/32', '2001:db8::10/64'].map(
  networkOf,
);

const rules = (networks?: readonly string[], hosts: string[] = []): TargetRules => ({
  allowed: networks === undefined ? null : { networks: networks.map(networkOf), hosts },
  ownAddresses: () => own,
});
const everything = rules();

/** Null where it may be probed. */
const told = (address: string, given = everything, kind: Kind = 'ping', host = address): string | null =>
  addressRefusal(given, kind, host, address)?.message ?? null;

describe("an address that is nobody's target", () => {
  it.each([
    ['0.0.0.0', 'target: 0.0.0.0 is an unspecified address'],
    ['::', 'target: :: is an unspecified address'],
    ['255.255.255.255', 'target: 255.255.255.255 is a broadcast address'],
    ['224.0.0.251', 'target: 224.0.0.251 is a multicast address'],
    ['ff02::1', 'target: ff02::1 is a multicast address'],
    ['240.0.0.1', 'target: 240.0.0.1 is a reserved address'],
    ['192.168.0.255', 'target: 192.168.0.255 is the broadcast address of 192.168.0.10/24'],
    ['192.168.2.11', 'target: 192.168.2.11 is the broadcast address of 192.168.2.10/30'],
  ])('%s is refused to every kind, whatever is allowed', (address, words) => {
    for (const kind of kinds) {
      expect(told(address, everything, kind)).toBe(words);
      expect(told(address, rules(['0.0.0.0/0', '::/0']), kind)).toBe(words);
    }
    expect(addressRefusal(everything, 'ping', address, address)).toMatchObject({
      code: 'targetRefused',
      source: 'policy',
    });
  });

  it('is told from the name that stands for it', () => {
    expect(told('0.0.0.0', everything, 'ping', 'bad.example')).toBe(
      'target: bad.example stands for 0.0.0.0, which is an unspecified address',
    );
  });

  it("is not one in somebody else's network", () => {
    expect(told('192.168.1.255')).toBe(null);
    expect(told('192.168.2.255')).toBe(null);
    expect(told('10.64.64.7')).toBe(null);
  });

  it('is asked of the addresses the machine has now', () => {
    let now = own;
    const moving: TargetRules = { allowed: null, ownAddresses: () => now };
    expect(told('192.168.0.255', moving)).not.toBe(null);
    now = [];
    expect(told('192.168.0.255', moving)).toBe(null);
  });
});

describe('without ALLOWED_TARGETS', () => {
  it.each(['1.1.1.1', '192.168.0.1', '192.168.0.10', '127.0.0.1', '169.254.1.1', '2001:db8::10'])(
    'a ping and a traceroute may go to %s',
    (address) => {
      expect(told(address, everything, 'ping')).toBe(null);
      expect(told(address, everything, 'traceroute')).toBe(null);
    },
  );

  it.each(['127.0.0.1', '169.254.169.254', '192.168.0.10', '2001:db8::10', '::1', 'fe80::1'])(
    'dns, http and egress may not go to %s',
    (address) => {
      for (const kind of ['dns', 'http', 'egress'] as const) {
        expect(told(address, everything, kind)).toBe(
          `target: ${address} is this machine's own or link-local address; ${oneOf(kind)} probe may not go there`,
        );
      }
    },
  );

  it('dns, http and egress may go to others, in this house too', () => {
    for (const kind of ['dns', 'http', 'egress'] as const) {
      for (const address of ['1.1.1.1', '192.168.0.1']) expect(told(address, everything, kind)).toBe(null);
    }
  });
});

describe('with ALLOWED_TARGETS', () => {
  const some = rules(['1.1.1.0/24', '127.0.0.1'], ['one.example']);

  it('what is in one of the networks may be probed, and nothing else', () => {
    expect(told('1.1.1.1', some)).toBe(null);
    expect(told('8.8.8.8', some)).toBe('target: 8.8.8.8 is not among ALLOWED_TARGETS');
    expect(told('8.8.8.8', some, 'ping', 'two.example')).toBe(
      'target: two.example stands for 8.8.8.8, which is not among ALLOWED_TARGETS',
    );
    expect(told('1.1.1.1', some, 'ping', 'two.example')).toBe(null);
  });

  it('a name may be probed wherever it leads, but for the machine itself by dns and kin', () => {
    expect(told('8.8.8.8', some, 'ping', 'one.example')).toBe(null);
    expect(told('8.8.8.8', some, 'dns', 'one.example')).toBe(null);
    expect(told('192.168.0.10', some, 'http', 'one.example')).toMatch(/own or link-local address/);
  });

  it('the machine itself may be probed by dns and kin where its address is named', () => {
    expect(told('127.0.0.1', some, 'dns')).toBe(null);
    expect(told('127.0.0.2', some, 'dns')).toMatch(/not among ALLOWED_TARGETS/);
  });

  it('nothing may be probed where nothing is named', () => {
    expect(told('1.1.1.1', rules([]))).toMatch(/not among ALLOWED_TARGETS/);
  });
});

describe('before a name is resolved', () => {
  const early = (host: string, given: TargetRules): string | null =>
    hostRefusal(given, 'ping', host)?.message ?? null;

  it('all is said of an address', () => {
    expect(early('0.0.0.0', everything)).toBe('target: 0.0.0.0 is an unspecified address');
    expect(early('8.8.8.8', rules(['1.1.1.1']))).toBe('target: 8.8.8.8 is not among ALLOWED_TARGETS');
    expect(early('1.1.1.1', rules(['1.1.1.1']))).toBe(null);
  });

  it('a name is refused where only other names are allowed', () => {
    expect(early('two.example', rules([], ['one.example']))).toBe(
      'target: two.example is not among ALLOWED_TARGETS',
    );
    expect(early('one.example', rules([], ['one.example']))).toBe(null);
  });

  it('a name may lead into an allowed network, or everywhere', () => {
    expect(early('two.example', rules(['1.1.1.1'], ['one.example']))).toBe(null);
    expect(early('two.example', everything)).toBe(null);
  });
});

describe('a target that only the Host header named', () => {
  it.each(['127.0.0.1', '127.0.1.1', '::1', '192.168.0.10', '2001:db8::10'])(
    'may not be this machine: %s',
    (address) => {
      const refusal = selfRefusal(everything, 'pi.example', address);
      expect(refusal?.message).toBe(
        `Host: no target was given; pi.example is this machine itself (${address}). To probe it, use ?target=`,
      );
      expect(refusal === null ? null : failureReport(refusal)).toEqual({
        code: 'badRequest',
        source: 'request',
      });
    },
  );

  it('may be any other', () => {
    for (const address of ['1.1.1.1', '192.168.0.11', '128.0.0.1'])
      expect(selfRefusal(everything, 'x', address)).toBe(null);
  });
});

describe('the bridge itself', () => {
  const everywhere = { address: '0.0.0.0', port: 8080 };
  const onLoopback = { address: '127.0.0.1', port: 8080 };

  it.each([
    [everywhere, 'http://127.0.0.1:8080/healthz', '127.0.0.1'],
    [everywhere, 'http://pi.example:8080/', '192.168.0.10'],
    [onLoopback, 'http://127.0.0.1:8080/', '127.0.0.1'],
    [{ address: '::', port: 80 }, 'http://pi.example/', '2001:db8::10'],
  ])('at %j is not fetched: %s', (bridge, url, address) => {
    const refusal = bridgeRefusal(everything, bridge, url, address);
    expect(refusal).toMatchObject({
      code: 'badRequest',
      message: `target: ${address} port ${bridge.port} is the bridge itself`,
    });
  });

  it.each([
    [everywhere, 'http://127.0.0.1:8081/', '127.0.0.1'],
    [everywhere, 'http://one.example:8080/', '1.1.1.1'],
    [everywhere, 'one.example', '127.0.0.1'],
    [everywhere, undefined, '127.0.0.1'],
    [onLoopback, 'http://pi.example:8080/', '192.168.0.10'],
    [null, 'http://127.0.0.1:8080/', '127.0.0.1'],
  ])('at %j is somewhere else than %s', (bridge, url, address) => {
    expect(bridgeRefusal(everything, bridge, url, address)).toBe(null);
  });
});
