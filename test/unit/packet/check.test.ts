// What the packet folder refuses, whoever asks: each limit at its edge.
import { describe, expect, it } from 'vitest';
import { checkEcho } from '../../../agent/packet/check.ts';
import type { Echo } from '../../../agent/packet/echo.ts';
import { Failure } from '../../../shared/failure.ts';

const echo: Echo = {
  interfaceName: 'lo',
  source: '127.0.0.1',
  destination: '127.0.0.1',
  nextHop: null,
  hopLimit: 64,
  payloadBytes: 56,
  waitMs: 1000,
};

/** The failure's code and words; null where the echo may go. */
function refusalOf(wrong: Partial<Echo>): string | null {
  try {
    checkEcho({ ...echo, ...wrong });
    return null;
  } catch (error) {
    return error instanceof Failure ? `${error.code}: ${error.message}` : `no failure: ${String(error)}`;
  }
}

describe('an echo that may go', () => {
  it.each<Partial<Echo>>([
    {},
    { destination: '1.1.1.1' },
    { destination: '223.255.255.255', nextHop: '192.168.2.1' },
    { hopLimit: 1 },
    { hopLimit: 255 },
    { payloadBytes: 8 },
    { payloadBytes: 1472 },
    { waitMs: 0.5 },
    { waitMs: 60_000 },
    { source: '::1', destination: '2001:db8::1' },
    { source: '::1', destination: '2001:db8::1', nextHop: 'fe80::1' },
    { source: '::1', destination: 'fe80::1' },
  ])('%j', (given) => expect(refusalOf(given)).toBe(null));

  it('is of the family of its destination', () => {
    expect(checkEcho(echo)).toBe(4);
    expect(checkEcho({ ...echo, source: '::1', destination: '2001:db8::1' })).toBe(6);
  });
});

describe('an echo that is refused', () => {
  const asked = 'internal: the packet engine was asked for';
  // prettier-ignore
  it.each<[wrong: Partial<Echo>, words: string]>([
    [{ interfaceName: '' }, `${asked} an interface named ""`],
    [{ interfaceName: 'a'.repeat(16) }, `${asked} an interface named "aaaaaaaaaaaaaaaa"`],
    [{ interfaceName: '../lo' }, `${asked} an interface named "../lo"`],
    [{ interfaceName: 'l o' }, `${asked} an interface named "l o"`],
    [{ destination: '0.0.0.0' }, `${asked} the address 0.0.0.0`],
    [{ destination: '255.255.255.255' }, `${asked} the address 255.255.255.255`],
    [{ destination: '224.0.0.1' }, `${asked} the address 224.0.0.1`],
    [{ destination: '240.0.0.1' }, `${asked} the address 240.0.0.1`],
    [{ destination: '256.1.1.1' }, `${asked} the address 256.1.1.1`],
    [{ destination: '::1' }, `${asked} the address 127.0.0.1`],
    [{ source: '::1', destination: 'ff02::1' }, `${asked} the address ff02::1`],
    [{ source: '::1', destination: '::' }, `${asked} the address ::`],
    [{ source: '::1', destination: 'fe80::1%lo' }, `${asked} the address fe80::1%lo`],
    [{ source: '::1', destination: '2001:db8::1', nextHop: '127.0.0.1' }, `${asked} the address 127.0.0.1`],
    [{ destination: 'localhost' }, `${asked} the address localhost`],
    [{ destination: '' }, `${asked} the address `],
    [{ source: '0.0.0.0' }, `${asked} the address 0.0.0.0`],
    [{ source: '::1' }, `${asked} the address ::1`],
    [{ nextHop: '224.0.0.1' }, `${asked} the address 224.0.0.1`],
    [{ nextHop: 'fe80::1' }, `${asked} the address fe80::1`],
    [{ nextHop: '' }, `${asked} the address `],
    [{ hopLimit: 0 }, `${asked} a hop limit of 0`],
    [{ hopLimit: 256 }, `${asked} a hop limit of 256`],
    [{ hopLimit: 1.5 }, `${asked} a hop limit of 1.5`],
    [{ hopLimit: NaN }, `${asked} a hop limit of NaN`],
    [{ payloadBytes: 7 }, `${asked} 7 payload bytes`],
    [{ payloadBytes: 1473 }, `${asked} 1473 payload bytes`],
    [{ payloadBytes: 8.5 }, `${asked} 8.5 payload bytes`],
    [{ waitMs: 0 }, `${asked} a wait of 0 ms`],
    [{ waitMs: 60_001 }, `${asked} a wait of 60001 ms`],
    [{ waitMs: NaN }, `${asked} a wait of NaN ms`],
    [{ waitMs: Infinity }, `${asked} a wait of Infinity ms`],
  ])('%j: %s', (wrong, words) => expect(refusalOf(wrong)).toBe(words));

  it("comes from a stranger's address, or another interface's", () => {
    expect(refusalOf({ source: '1.1.1.1' })).toBe(
      'noAddress: lo does not have the address 1.1.1.1 (any more)',
    );
    expect(refusalOf({ source: '127.0.0.9' })).toBe(
      'noAddress: lo does not have the address 127.0.0.9 (any more)',
    );
    expect(refusalOf({ interfaceName: 'eth7' })).toBe(
      'noAddress: eth7 does not have the address 127.0.0.1 (any more)',
    );
    expect(refusalOf({ interfaceName: 'x' })).toBe(
      'noAddress: x does not have the address 127.0.0.1 (any more)',
    );
    expect(refusalOf({ interfaceName: 'constructor' })).toBe(
      'noAddress: constructor does not have the address 127.0.0.1 (any more)',
    );
  });
});
