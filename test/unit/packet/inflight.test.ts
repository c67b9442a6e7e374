// Which echo a datagram answers: all of it must match, or it is nobody's.
import { describe, expect, it } from 'vitest';
import type { Heard } from '../../../agent/packet/icmp.ts';
import { type Flight, createFlightTable } from '../../../agent/packet/inflight.ts';

const identifier = 77;
const cookie = 0xcafebabedead;

const flight = (sequence: number, given: Partial<Flight> = {}): Flight => ({
  interfaceName: 'eth1',
  destination: '1.1.1.1',
  sequence,
  cookie,
  sent: { realtimeUs: 0, monotonicUs: 0 },
  leftRealtimeUs: null,
  state: 'underWay',
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
  const table = createFlightTable();
  const own = flight(5);
  table.add(own);
  table.add(flight(6, { destination: '8.8.8.8' }));

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
    ['another cookie', { ...reply, cookie: cookie - 1 }],
    ['another destination quoted', { ...exceeded, quotedDestination: '1.1.1.2' }],
    ['another destination refused', { ...refused, quotedDestination: '100.64.0.1' }],
    ['another interface', reply, 'eth0'],
    ['another interface, a router', exceeded, 'eth0'],
    ['loopback', reply, 'lo'],
  ])('is not answered by what has %s', (_what, heard, by = 'eth1') =>
    expect(table.claim(by, identifier, heard)).toBe(null),
  );
});

describe('an echo that is over', () => {
  it('is still known by what else answers it, until 256 later ones are over too', () => {
    const table = createFlightTable();
    const first = flight(5);
    table.add(first);
    table.over(first, 'answered');
    expect(first.state).toBe('answered');
    for (let sequence = 6; sequence < 6 + 256; sequence++) {
      expect(table.claim('eth1', identifier, reply)).toBe(first);
      const later = flight(sequence);
      table.add(later);
      table.over(later, 'silent');
    }
    expect(table.claim('eth1', identifier, reply)).toBe(null);
  });

  it('is known no more where it was given up', () => {
    const table = createFlightTable();
    const own = flight(5);
    table.add(own);
    table.forget(own);
    expect(table.claim('eth1', identifier, reply)).toBe(null);
  });

  it('leaves its number to the next that needs it, and does not take that one along', () => {
    const table = createFlightTable();
    const old = flight(5);
    table.add(old);
    table.over(old, 'answered');
    const next = flight(5);
    table.add(next);
    for (let sequence = 6; sequence < 6 + 256; sequence++) {
      const later = flight(sequence);
      table.add(later);
      table.over(later, 'answered');
    }
    expect(table.claim('eth1', identifier, reply)).toBe(next);
  });
});

describe('sequence numbers', () => {
  it('come one after the other, past those that are on their way', () => {
    const table = createFlightTable();
    expect([table.nextSequence(), table.nextSequence()]).toEqual([1, 2]);
    table.add(flight(4));
    expect([table.nextSequence(), table.nextSequence()]).toEqual([3, 5]);
  });

  it('begin again after 65535, and 0 is one too', () => {
    const table = createFlightTable();
    const all = Array.from({ length: 65_537 }, () => table.nextSequence());
    expect(all.slice(65_534)).toEqual([65_535, 0, 1]);
    expect(new Set(all).size).toBe(65_536);
  });

  it.each(['over', 'forget'] as const)(
    'are refused once half of them are in use, and given again after %s',
    (end) => {
      const table = createFlightTable();
      const flights = Array.from({ length: 32_768 }, () => flight(table.nextSequence()));
      for (const one of flights) table.add(one);
      expect(() => table.nextSequence()).toThrow('32768 echoes are on their way already');
      const first = flights[0];
      if (first !== undefined) table[end](first, 'silent');
      expect(table.nextSequence()).toBe(32_769);
    },
  );
});

it('all that are on their way by an interface can be had, for its end', () => {
  const table = createFlightTable();
  const flights = [flight(1), flight(2), flight(3, { interfaceName: 'eth0' }), flight(4)];
  for (const one of flights) table.add(one);
  if (flights[1] !== undefined) table.over(flights[1], 'answered');
  expect(table.underWay('eth1').map(({ sequence }) => sequence)).toEqual([1, 4]);
});

describe('an echo that has left', () => {
  it.each([
    ['is told by its sequence', 'eth1', 77, 5, 1_000_000],
    ['is not one of another interface', 'eth0', 77, 5, null],
    ['is not one of another process', 'eth1', 78, 5, null],
    ['is not one that is not on its way', 'eth1', 77, 6, null],
  ])('%s', (_what, interfaceName, by, sequence, leftRealtimeUs) => {
    const table = createFlightTable();
    const own = flight(5);
    table.add(own);
    table.departed(interfaceName, identifier, { identifier: by, sequence }, 1_000_000);
    expect(own.leftRealtimeUs).toBe(leftRealtimeUs);
  });
});
