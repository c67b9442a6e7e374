// What a configuration is expected to cost, against figures computed by hand.
import { describe, expect, it } from 'vitest';
import { expectedHealthBytes, expectedMonthlyBytes } from '../../../agent/budget/cost.ts';
import { readFileSettings } from '../../../agent/config/file.ts';
import type { Family } from '../../../shared/ip.ts';
import { sayProblems } from '../../../shared/issues.ts';

const stun = 'stun:stun.cloudflare.com:3478';
const onUplinks = (via: string | null): string | null =>
  via === null ? 'fibre' : via === 'eth1' || via === 'lte' ? 'lte' : null;

function costOf(monitors: string, server = stun): Record<string, number> {
  const uplinks = 'uplinks: { fibre: { interface: eth0 }, lte: { interface: eth1, metered: true } }';
  const read = readFileSettings(`${uplinks}\nmonitors: ${monitors}`);
  if (!read.ok) throw new Error(sayProblems(read.problems));
  return Object.fromEntries(expectedMonthlyBytes(read.settings.monitors, onUplinks, server));
}

const quarters = 31 * 96;

describe('31 days of a monitor', () => {
  it.each<[keys: string, runs: number, bytes: number]>([
    ['probe: ping, target: 1.1.1.1', 31 * 1440, 3 * 2 * 84],
    ['probe: ping, target: 1.1.1.1, every: 7d', 4, 3 * 2 * 84],
    ['probe: ping, target: "2001:db8::1", count: 1, packetBytes: 8, every: 1d', 31, 2 * 56],
    ['probe: ping, target: 1.1.1.1, cron: "0 3 1 * *"', 2, 3 * 2 * 84],
    // 12 hops: an echo of 84 bytes, and a Time Exceeded of 28 that quotes it.
    ['probe: traceroute, target: 1.1.1.1, every: 1d', 31, 12 * (84 + 112) + 3 * 2 * 84],
    [
      'probe: traceroute, target: 1.1.1.1, every: 1d, packetBytes: 1472',
      31,
      12 * (1500 + 576) + 3 * 2 * 1500,
    ],
    ['probe: traceroute, target: "2001:db8::1", every: 1d', 31, 12 * (104 + 152) + 3 * 2 * 104],
    ['probe: dns, target: 9.9.9.9, name: example.com, every: 15m', quarters, 57 + 73],
    ['probe: dns, target: 9.9.9.9, name: example.com, recordType: AAAA, every: 15m', quarters, 57 + 85],
    ['probe: dns, target: "2620:fe::fe", name: example.com, every: 15m', quarters, 77 + 93],
    ['probe: dns, target: 9.9.9.9, name: ".", recordType: NS, every: 15m', quarters, 45 + 97],
    ['probe: egress, target: "stun:192.0.2.1:3478", every: 15m', quarters, 48 + 60],
    ['probe: egress, target: "stun:[2001:db8::1]:3478", every: 15m', quarters, 68 + 92],
    ['probe: egress, target: "https://192.0.2.1/", every: 1d', 31, 6000],
    ['probe: http, target: "http://192.0.2.1/", every: 1d', 31, 1200],
  ])('%s: %i runs of %i bytes', (keys, runs, bytes) =>
    expect(costOf(`{ one: { ${keys} } }`)).toEqual({ fibre: runs * bytes }),
  );

  it('has a look-up a day of its target where that is a name, and no more of them than runs', () => {
    const lookup = 2 * (28 + 12 + 'one.example'.length + 2 + 4) + 16;
    expect(costOf('{ one: { probe: http, target: "https://one.example/a", every: 1h } }')).toEqual({
      fibre: 31 * 24 * 6000 + 31 * lookup,
    });
    expect(costOf('{ one: { probe: ping, target: one.example, count: 1, every: 10d } }')).toEqual({
      fibre: 3 * (2 * 84 + lookup),
    });
  });

  it('asks the first of the servers for the public address where it names none', () => {
    const bytes = (server: string): unknown => costOf('{ one: { probe: egress, every: 1d } }', server);
    expect(bytes('stun:192.0.2.1:3478')).toEqual({ fibre: 31 * 108 });
    expect(bytes('http://192.0.2.1/')).toEqual({ fibre: 31 * 1200 });
  });

  it('costs nothing where it is not enabled, or leaves by no uplink', () => {
    expect(costOf('{ one: { probe: egress, enabled: false }, two: { probe: egress, via: eth7 } }')).toEqual(
      {},
    );
  });
});

it('adds up what leaves by each uplink', () => {
  const ping = 'probe: ping, target: 1.1.1.1, every: 1d, count: 1, packetBytes: 8';
  expect(costOf(`{ a: { ${ping} }, b: { ${ping}, via: lte }, c: { ${ping}, via: eth1 } }`)).toEqual({
    fibre: 31 * 72,
    lte: 2 * 31 * 72,
  });
});

it('finds that the whole proof of a metered standby uplink costs at most 1 MB by default', () => {
  const monitors = `
  address: { probe: egress, via: lte }
  names: { probe: dns, target: 9.9.9.9, name: example.com, via: lte }
  echo: { probe: ping, target: 1.1.1.1, via: lte }
  route: { probe: traceroute, target: 1.1.1.1, via: lte }
`;
  const lookup = 2 * (28 + 12 + 'stun.cloudflare.com'.length + 2 + 4) + 16;
  const trace = 12 * (36 + 64) + 2 * 36;
  const expected = quarters * (108 + 130 + 72) + 31 * (trace + lookup);
  expect(costOf(monitors)).toEqual({ lte: expected });
  expect(expected).toBeLessThanOrEqual(1_000_000);
});

describe('31 days of the health of an uplink on standby', () => {
  const healthOf = (keys: string, families: Family[] = [4, 6]): Record<string, number> => {
    const read = readFileSettings(`uplinks: { lte: { interface: eth1, ${keys} } }`);
    if (!read.ok) throw new Error(sayProblems(read.problems));
    return Object.fromEntries(expectedHealthBytes(read.settings.uplinks, families));
  };

  it.each<[keys: string, families: Family[], cost: Record<string, number>]>([
    ['metered: true, targets: [1.1.1.1]', [4, 6], { lte: quarters * 2 * 36 }],
    ['metered: true, targets: [1.1.1.1, 9.9.9.9]', [4], { lte: quarters * 2 * 2 * 36 }],
    ['metered: true, targets: ["2620:fe::fe"]', [4, 6], { lte: quarters * 2 * 56 }],
    ['metered: true, targets: [1.1.1.1, "2620:fe::fe"]', [4, 6], { lte: quarters * 2 * (36 + 56) }],
    ['metered: true, targets: [1.1.1.1, "2620:fe::fe"]', [4], { lte: quarters * 2 * 36 }],
    ['metered: true, targets: [one.example]', [4, 6], { lte: quarters * 2 * 36 }],
    ['metered: true, targets: [one.example]', [6], { lte: quarters * 2 * 56 }],
    ['metered: true, targets: [1.1.1.1], standbyInterval: 1h', [4], { lte: 31 * 24 * 2 * 36 }],
    ['metered: true', [4, 6], {}],
    ['targets: [1.1.1.1]', [4, 6], {}],
  ])('%s, in IPv%j', (keys, families, cost) => expect(healthOf(keys, families)).toEqual(cost));
});
