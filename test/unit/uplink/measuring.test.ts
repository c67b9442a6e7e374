// Several uplinks measured beside each other, by echoes that are answered or not.
import { describe, expect, it } from 'vitest';
import type { Transition } from '../../../agent/uplink/health/condition.ts';
import { type Measured, type MeasuredUplink, createMeasuring } from '../../../agent/uplink/measuring.ts';
import type { NetworkState } from '../../../agent/uplink/network.ts';
import type { EchoOrder } from '../../../agent/uplink/measuring/echo.ts';
import type { Family } from '../../../shared/ip.ts';
import { flapSettings } from './health/settings.ts';
import {
  defaultBy,
  echoes,
  fakeTime,
  iface,
  networkOf,
  nowMs,
  pass,
  silence,
  uplink,
  withHealth,
} from './measuring/kit.ts';

const quick = { up: 1, down: 1 };
const both = (): Record<string, MeasuredUplink> => ({
  fibre: withHealth('eth0', quick),
  lte: withHealth('eth1', { ...quick, standbyIntervalMs: 900_000 }),
});

interface World {
  uplinks: Record<string, MeasuredUplink>;
  families: Family[];
  network: NetworkState;
  gatewaysCount: boolean;
  active: string | null;
  /** What can be looked up; `one.example by lte` by that uplink alone. */
  names: Map<string, string>;
}

function begin(uplinks: Record<string, MeasuredUplink> = both()) {
  fakeTime();
  const all: World = {
    uplinks,
    families: [4],
    network: networkOf('eth0', 'eth1'),
    gatewaysCount: false,
    active: 'fibre',
    names: new Map(),
  };
  const by = new Map(['eth0', 'eth1', 'eth2'].map((name) => [name, echoes()]));
  const changes: { measured: Measured; transition: Transition | null }[] = [];
  const measuring = createMeasuring({
    uplinks: () => all.uplinks,
    families: () => all.families,
    flap: () => flapSettings,
    gatewaysCount: () => all.gatewaysCount,
    network: () => all.network,
    active: () => all.active,
    sendBy: ({ interfaceName }) => by.get(interfaceName)?.send ?? (() => Promise.resolve(silence)),
    async resolve(name, _family, { uplink: by }) {
      await Promise.resolve();
      const address = all.names.get(`${name} by ${by}`) ?? all.names.get(name);
      if (address === undefined) throw new Error('no answer');
      return [address];
    },
    changed: (measured, transition) => changes.push({ measured, transition }),
    nowMs,
  });
  const [eth0, eth1, eth2] = [...by.values()];
  if (eth0 === undefined || eth1 === undefined || eth2 === undefined) throw new Error('no echoes');
  const healths = (): Record<string, string> =>
    Object.fromEntries(measuring.all().map((one) => [one.uplink, one.condition.health]));
  const turns = (name: string): string[] =>
    changes.flatMap(({ measured, transition }) =>
      measured.uplink === name && transition !== null ? [`${transition.from} ${transition.to}`] : [],
    );
  return { measuring, all, eth0, eth1, eth2, changes, healths, turns };
}

const asked = ({ sent }: { sent: string[] }): number => sent.filter((to) => to === '192.0.2.1').length;

it('asks the active one quickly and a standby seldom, once it is up', async () => {
  const { measuring, eth0, eth1, healths } = begin();
  measuring.look();
  await pass(100);
  expect(healths()).toEqual({ fibre: 'up', lte: 'up' });
  const [first, second] = [asked(eth0), asked(eth1)];
  await pass(60_000);
  expect([asked(eth0) - first, asked(eth1) - second]).toEqual([60, 0]);
});

it('asks quickly by whichever is active now', async () => {
  const { measuring, all, eth1 } = begin();
  measuring.look();
  await pass(1000);
  const before = asked(eth1);
  all.active = 'lte';
  measuring.look();
  await pass(10_000);
  expect(asked(eth1) - before).toBeGreaterThanOrEqual(10);
});

it('checks the others as soon as one is suspect, before that one is down', async () => {
  const { measuring, eth0, eth1, turns } = begin();
  measuring.look();
  await pass(1500);
  const before = asked(eth1);
  eth0.answer(() => silence);
  await pass(610);
  expect([asked(eth1) - before, turns('fibre').at(-1)]).toEqual([1, 'probing up']);
  await pass(400);
  expect(turns('fibre')).toEqual(['probing up', 'up down']);
});

describe('a metered standby', () => {
  const metered = () => {
    const { fibre, lte } = both();
    if (fibre === undefined || lte === undefined) throw new Error('no uplinks');
    return begin({ fibre, lte: { ...lte, metered: true } });
  };

  it('is not asked for what is settled by the first echo of a burst', async () => {
    const { measuring, eth0, eth1, healths } = metered();
    measuring.look();
    await pass(1500);
    const before = asked(eth1);
    // One in ten is lost, and what follows it is answered.
    let count = 0;
    eth0.answer(() => ((count += 1) % 10 === 0 ? silence : { type: 'reply', rttMs: 10 }));
    await pass(60_000);
    expect([count > 60, asked(eth1) - before, healths()]).toEqual([true, 0, { fibre: 'up', lte: 'up' }]);
  });

  it('is asked before the other one is down', async () => {
    const { measuring, eth0, eth1, turns } = metered();
    measuring.look();
    await pass(1500);
    const before = asked(eth1);
    eth0.answer(async ({ waitMs }) => {
      await new Promise((resolve) => setTimeout(resolve, waitMs));
      return silence;
    });
    await pass(740);
    expect([asked(eth1) - before, turns('fibre').at(-1)]).toEqual([1, 'probing up']);
    await pass(400);
    expect(turns('fibre')).toEqual(['probing up', 'up down']);
  });
});

it('asks all of them quickly where none works', async () => {
  const { measuring, eth0, eth1, healths } = begin();
  for (const one of [eth0, eth1]) one.answer(() => silence);
  measuring.look();
  await pass(5000);
  expect(healths()).toEqual({ fibre: 'down', lte: 'down' });
  const before = asked(eth1);
  await pass(5000);
  expect(asked(eth1) - before).toBeGreaterThanOrEqual(5);
});

it('tells of a change once, and not of figures', async () => {
  const { measuring, changes, eth0 } = begin({ fibre: withHealth('eth0', quick) });
  measuring.look();
  await pass(1000);
  const count = changes.length;
  let rttMs = 10;
  eth0.answer(() => ({ type: 'reply', rttMs: (rttMs += 1) }));
  await pass(20_000);
  expect(changes.length).toBe(count);
});

it('takes no uplink for down whose target is silent by the other one as well', async () => {
  const targets = ['192.0.2.1', '192.0.2.9'];
  const health = { ...quick, targets, reliability: 2, down: 3, standbyIntervalMs: 1000 };
  const uplinks = { fibre: withHealth('eth0', health), lte: withHealth('eth1', health) };
  const { measuring, eth0, eth1, healths } = begin(uplinks);
  measuring.look();
  await pass(3000);
  const deaf = ({ destination }: EchoOrder) =>
    destination === '192.0.2.9' ? silence : { type: 'reply' as const, rttMs: 10 };
  for (const one of [eth0, eth1]) one.answer(deaf);
  await pass(20_000);
  expect(healths()).toEqual({ fibre: 'up', lte: 'up' });
});

it('measures none that has nobody to ask', () => {
  const { measuring } = begin({ fibre: withHealth('eth0', { targets: [] }) });
  measuring.look();
  expect(measuring.all()).toEqual([]);
});

it('asks the gateway where gateways count', async () => {
  const { measuring, all, eth0, healths } = begin({ fibre: withHealth('eth0', { ...quick, targets: [] }) });
  all.gatewaysCount = true;
  measuring.look();
  await pass(100);
  expect([eth0.sent.includes('198.51.100.1'), healths()]).toEqual([true, { fibre: 'up' }]);
});

it('says that it can ask nobody by a line without gateway and targets', async () => {
  const { measuring, all } = begin({ dial: withHealth('eth0', { ...quick, targets: [] }) });
  all.gatewaysCount = true;
  all.network = { interfaces: [iface('eth0')], routes: [defaultBy('eth0', null)] };
  measuring.look();
  await pass(1000);
  expect(measuring.all()[0]?.condition).toMatchObject({
    ...{ health: 'unknown', place: null },
    reason: 'there is nobody to ask: it has no gateway, and no targets',
  });
});

it('measures IPv6 once something says that the uplink has it, and on when that is lost', async () => {
  const { measuring, all } = begin({ fibre: withHealth('eth0', { ...quick, targets: ['one.example'] }) });
  all.families = [4, 6];
  measuring.look();
  const families = () => measuring.all().map(({ family }) => family);
  expect(families()).toEqual([4]);
  all.network = {
    interfaces: [iface('eth0', ['198.51.100.2/24', '2001:db8::2/64'])],
    routes: [defaultBy('eth0'), defaultBy('eth0', 'fe80::1', { family: 6 })],
  };
  measuring.look();
  expect(families()).toEqual([4, 6]);
  all.network = networkOf('eth0');
  measuring.look();
  expect(families()).toEqual([4, 6]);
  await pass(10);
  expect(measuring.all()[1]?.condition).toMatchObject({ health: 'down', place: 'dhcp' });
});

it('finds a name by itself, though it was not found at first', async () => {
  const { measuring, all, healths } = begin({
    fibre: withHealth('eth0', { ...quick, targets: ['one.example'] }),
  });
  measuring.look();
  await pass(1000);
  expect(healths()).toEqual({ fibre: 'unknown' });
  all.names.set('one.example', '192.0.2.1');
  await pass(10_000);
  expect(healths()).toEqual({ fibre: 'up' });
});

it('asks by a line that finds no name at the address that another one found', async () => {
  const health = { ...quick, targets: ['one.example'] };
  const { measuring, all, eth0, healths } = begin({
    fibre: withHealth('eth0', health),
    lte: withHealth('eth1', health),
  });
  eth0.answer(() => silence);
  all.names.set('one.example by lte', '192.0.2.1');
  measuring.look();
  await pass(5000);
  expect([healths(), asked(eth0) > 0]).toEqual([{ fibre: 'down', lte: 'up' }, true]);
});

const reloads: [what: string, change: (all: World) => void, left: string[]][] = [
  ['is removed', (all) => (all.uplinks = { lte: uplink('eth1') }), ['lte 4']],
  ['has no targets any more', (all) => (all.uplinks = { fibre: withHealth('eth0', { targets: [] }) }), []],
  [
    'has targets of the other family alone',
    (all) => {
      all.families = [4, 6];
      all.uplinks = { fibre: withHealth('eth0', { targets: ['2001:db8::1'] }) };
    },
    ['fibre 6'],
  ],
  ['is not judged in its family any more', (all) => (all.families = [6]), []],
];

it.each(reloads)('an uplink is not measured on that %s', async (_what, change, left) => {
  const { measuring, all, eth0 } = begin();
  measuring.look();
  await pass(1000);
  change(all);
  measuring.look();
  expect(measuring.all().map((one) => `${one.uplink} ${one.family}`)).toEqual(left);
  const before = asked(eth0);
  await pass(5000);
  expect(asked(eth0)).toBe(before);
});

it('by another interface nothing is known of an uplink', async () => {
  const { measuring, all, eth0, eth2, healths } = begin();
  measuring.look();
  await pass(1000);
  all.uplinks = { ...both(), fibre: withHealth('eth2', quick) };
  all.network = networkOf('eth0', 'eth1', 'eth2');
  measuring.look();
  expect(healths()['fibre']).toBe('probing');
  const before = asked(eth0);
  await pass(1000);
  expect([healths()['fibre'], asked(eth0) - before, asked(eth2) > 0]).toEqual(['up', 0, true]);
});

it('heeds other settings from the next look on', async () => {
  const { measuring, all, eth0 } = begin();
  measuring.look();
  await pass(1000);
  all.uplinks = { ...both(), fibre: withHealth('eth0', { ...quick, sendIntervalMs: 200 }) };
  measuring.look();
  const before = asked(eth0);
  await pass(2000);
  expect(asked(eth0) - before).toBeGreaterThanOrEqual(9);
});

it('asks nobody once it is stopped, though the network is another afterwards', async () => {
  const { measuring, eth0, changes } = begin();
  measuring.look();
  await pass(1000);
  measuring.stop();
  const [sent, told] = [eth0.sent.length, changes.length];
  measuring.look();
  await pass(5000);
  expect([eth0.sent.length, changes.length, measuring.all()]).toEqual([sent, told, []]);
});
