// Which default routes of others are in failover's way.
import { describe, expect, it } from 'vitest';
import { conflictsOf, tableConflictsOf } from '../../../../agent/uplink/routes/conflicts.ts';
import { foreignDefault } from './kit.ts';

const conflicts = (other: Parameters<typeof foreignDefault>[0], captures: readonly string[] = []) =>
  conflictsOf([foreignDefault(other)], { metricActive: 5 }, captures);

it('D3.11: are those that are not behind ours, each with what to do', () => {
  expect(conflicts({ metric: 6 })).toEqual([]);
  for (const metric of [5, 4, 0]) {
    expect(conflicts({ metric })).toEqual([
      `the IPv4 default route via 192.168.0.1 dev eth0 metric ${metric} proto 16 is not behind failover's own, ` +
        'metric 5: give it a greater metric where it is set (DHCP client, network configuration)' +
        (metric > 2 ? ', or set failover.metricActive below it' : ''),
    ]);
  }
});

it('are so too where they lead nowhere', () => {
  expect(conflicts({ metric: 1, interfaceName: null, gateway: null, plain: false })).toEqual([
    expect.stringMatching(/^the IPv4 default route to nowhere metric 1 proto 16 is not behind/),
  ]);
});

it('are those in the tables of our uplinks too, and in no other', () => {
  const inTable = (table: number, metric: number) =>
    tableConflictsOf([{ table, route: foreignDefault({ metric }) }], {
      ...{ metricActive: 5, tableBase: 13_600, count: 2 },
    });
  for (const [table, metric] of [
    [13_600, 6],
    [13_599, 1],
    [13_602, 1],
  ] as const)
    expect(inTable(table, metric)).toEqual([]);
  expect(inTable(13_601, 5)).toEqual([
    {
      table: 13_601,
      reason:
        'the IPv4 default route via 192.168.0.1 dev eth0 metric 5 proto 16 in table 13601 is not behind ' +
        "failover's own there, metric 5: take it out, or set failover.tableBase to where no other program has tables",
    },
  ]);
});

describe('in capture mode', () => {
  it.each([
    { of: 'one that is taken out', route: { metric: 0 }, count: 0 },
    { of: 'one in the place of ours', route: { metric: 5 }, count: 1 },
    { of: 'one in the spare place', route: { metric: 4 }, count: 1 },
    { of: 'one by no uplink', route: { metric: 0, interfaceName: 'eth7' }, count: 1 },
    { of: 'an advertised one', route: { metric: 0, protocol: 9 }, count: 1 },
    { of: 'one that is left alone', route: { metric: 0, plain: false }, count: 1 },
  ])('$count for $of', ({ route, count }) => {
    expect(conflicts(route, ['eth0'])).toHaveLength(count);
  });
});
