// Which echo a datagram answers: all of it must match, or it is nobody's.
import { describe, expect, it } from 'vitest';
import type { Heard } from '../../../agent/packet/icmp.ts';
import { type InFlight, createFlightTable } from '../../../agent/packet/inflight.ts';

const identifier = 77;
const cookie = Buffer.from('cafebabedead', 'hex');

const flight = (given: Partial<InFlight<string>> = {}): InFlight<string> => ({
  interfaceName: 'eth1',
  destination: '1.1.1.1',
  cookie,
  sent: { realtimeUs: 0, monotonicUs: 0 },
  leftRealtimeUs: null,
  settle: () => undefined,
  ...given,
});

const common = { from: '1.1.1.1', hopLimit: 60, totalBytes: 84, identifier, sequence: 5 };
const reply: Extract<Heard, { type: 'reply' }> = { ...common, type: 'reply', cookie };
const exceeded: Exclude<Heard, { type: 'reply' }> = {
  ...common,
  type: 'timeExceeded',
  from: '100.64.0.1',
  reason: null,
  mtuBytes: null,
  mpls: [],
  quotedDestination: '1.1.1.1',
};
const refused: typeof exceeded = { ...exceeded, type: 'unreachable', reason: 'prohibited' };

describe('an echo on its way', () => {
  const table = createFlightTable<string>();
  const own = flight();
  table.add(5, own);
  table.add(6, flight({ destination: '8.8.8.8' }));

  it.each([
    ['a reply', reply],
    ['time exceeded', exceeded],
    ['unreachable', refused],
  ])('is answered by %s that matches', (_what, heard) =>
    expect(table.claim('eth1', identifier, heard)).toBe(own),
  );

  it.each<[what: string, heard: Heard, by?: string]>([
    ['another identifier', { ...reply, identifier: 78 }],
    ['another identifier quoted', { ...exceeded, identifier: 78 }],
    ['a sequence number nobody waits for', { ...reply, sequence: 4 }],
    ['the sequence number of another echo', { ...reply, sequence: 6 }],
    ['a quote with the sequence number of another', { ...exceeded, sequence: 6 }],
    ['another address', { ...reply, from: '1.1.1.2' }],
    ['another cookie', { ...reply, cookie: Buffer.from('cafebabedeac', 'hex') }],
    ['half the cookie', { ...reply, cookie: cookie.subarray(0, 4) }],
    ['another destination quoted', { ...exceeded, quotedDestination: '1.1.1.2' }],
    ['another destination refused', { ...refused, quotedDestination: '100.64.0.1' }],
    ['another interface', reply, 'eth0'],
    ['another interface, a router', exceeded, 'eth0'],
    ['loopback', reply, 'lo'],
  ])('is not answered by what has %s', (_what, heard, by = 'eth1') =>
    expect(table.claim(by, identifier, heard)).toBe(null),
  );

  it('is answered once: afterwards it is on its way no more', () => {
    const again = createFlightTable<string>();
    again.add(5, own);
    expect(again.get(5)).not.toBeNull();
    again.remove(5);
    expect(again.get(5)).toBeNull();
    expect(again.claim('eth1', identifier, reply)).toBe(null);
  });
});

describe('sequence numbers', () => {
  it('come one after the other, past those that are on their way', () => {
    const table = createFlightTable<string>();
    expect([table.nextSequence(), table.nextSequence()]).toEqual([1, 2]);
    table.add(4, flight());
    expect([table.nextSequence(), table.nextSequence()]).toEqual([3, 5]);
  });

  it('begin again after 65535, and 0 is one too', () => {
    const table = createFlightTable<string>();
    const all = Array.from({ length: 65_537 }, () => table.nextSequence());
    expect(all.slice(65_534)).toEqual([65_535, 0, 1]);
    expect(new Set(all).size).toBe(65_536);
  });

  it('are refused once half of them are in use, and given again when one is free', () => {
    const table = createFlightTable<string>();
    for (let count = 0; count < 32_768; count++) table.add(table.nextSequence(), flight());
    expect(() => table.nextSequence()).toThrow('32768 echoes are on their way already');
    table.remove(1);
    expect(table.nextSequence()).toBe(32_769);
  });
});

it('the end of all answers every echo once, though each leaves the table meanwhile', () => {
  const table = createFlightTable<string>();
  const settled: [number, string][] = [];
  for (const sequence of [1, 2, 3]) {
    const settle = (outcome: string): void => {
      table.remove(sequence);
      settled.push([sequence, outcome]);
    };
    table.add(sequence, flight({ settle }));
  }
  table.settleAll('over');
  expect(settled).toEqual([
    [1, 'over'],
    [2, 'over'],
    [3, 'over'],
  ]);
  expect([1, 2, 3].some((sequence) => table.get(sequence) !== null)).toBe(false);
});

describe('an echo that has left', () => {
  it.each([
    ['is told by its sequence', 'eth1', 77, 5, 1_000_000],
    ['is not one of another interface', 'eth0', 77, 5, null],
    ['is not one of another process', 'eth1', 78, 5, null],
    ['is not one that is not on its way', 'eth1', 77, 6, null],
  ])('%s', (_what, interfaceName, by, sequence, leftRealtimeUs) => {
    const table = createFlightTable<string>();
    table.add(5, flight());
    table.departed(interfaceName, identifier, { identifier: by, sequence }, 1_000_000);
    expect(table.get(5)?.leftRealtimeUs).toBe(leftRealtimeUs);
  });
});
