// The way from what stands to what is wanted: no step leaves the traffic without a route, wherever it is cut short.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Own, OwnRoute, Wanted } from '../../../../agent/uplink/routes/kinds.ts';
import {
  type Item,
  type Phase,
  type Plan,
  holds,
  itemsOf,
  planFor,
  sameItem,
} from '../../../../agent/uplink/routes/steps.ts';
import { nothingWanted, wantedOf } from '../../../../agent/uplink/routes/wanted.ts';
import { desire, fibre, lte, ownRoute, ppp, settings } from './kit.ts';

const wanted = (...wish: Parameters<typeof desire>): Wanted => wantedOf(desire(...wish), 4, settings);

const isRoute = (item: Item): item is OwnRoute => !('priority' in item);

const phasesOf = ({ uplinks, active, standby, remove }: Plan): Phase[] => [
  ...[...uplinks, ...(active === null ? [] : [active]), ...standby].flatMap(({ phases }) => phases),
  { remove, add: [] },
];

/** Each state that the kernel goes through, one command at a time. */
function statesOf(own: Own, plan: Plan): Item[][] {
  let now = itemsOf(own);
  const states = [now];
  for (const { remove, add } of phasesOf(plan)) {
    for (const item of remove) states.push((now = now.filter((one) => !sameItem(one, item))));
    for (const item of add) {
      const taken = now.some(
        (one) => isRoute(one) && isRoute(item) && one.table === item.table && one.metric === item.metric,
      );
      expect(taken).toBe(false);
      states.push((now = [...now, item]));
    }
  }
  return states;
}

const after = (own: Own, want: Wanted): Own => {
  const last = statesOf(own, planFor(own, want)).at(-1) ?? [];
  return {
    routes: last.filter(isRoute),
    rules: last.flatMap((item) => (isRoute(item) ? [] : [item])),
  };
};
const nothing: Own = { routes: [], rules: [] };
const standing = (...wish: Parameters<typeof desire>): Own => after(nothing, wanted(...wish));
const mainOf = (items: readonly Item[]): OwnRoute[] =>
  items.filter(isRoute).filter(({ table }) => table === 254);
const metricsBy = (own: Own, want: Wanted): string[] =>
  statesOf(own, planFor(own, want)).map((state) =>
    mainOf(state)
      .toSorted((a, b) => a.metric - b.metric)
      .map(({ metric, interfaceName }) => `${interfaceName}@${metric}`)
      .join(' '),
  );

describe('a switch', () => {
  it('goes by the spare metric, so that there is always a route', () => {
    expect(metricsBy(standing(), wanted({ active: { uplink: 'lte' } }))).toEqual([
      'eth0@5',
      'eth1@4 eth0@5',
      'eth1@4',
      'eth1@4 eth1@5',
      'eth1@5',
    ]);
  });

  it.each([
    { was: 'before the old one went', left: [ownRoute(fibre, 5), ownRoute(lte, 4)] },
    { was: 'after the old one went', left: [ownRoute(lte, 4)] },
    { was: 'before the spare one went', left: [ownRoute(lte, 5), ownRoute(lte, 4)] },
    { was: 'with a third in the spare place', left: [ownRoute(fibre, 5), ownRoute(ppp, 4)] },
  ])('that was cut short $was is brought to its end, or to another', ({ left }) => {
    for (const uplink of ['fibre', 'lte', 'ppp']) {
      const want = wanted({ active: { uplink }, ways: [fibre, lte, ppp] });
      const states = statesOf({ routes: left, rules: [] }, planFor({ routes: left, rules: [] }, want));
      expect(states.every((state) => mainOf(state).length > 0)).toBe(true);
      expect(mainOf(states.at(-1) ?? [])).toEqual([want.active]);
    }
  });

  it('to where it is already does nothing', () => {
    const plan = planFor(standing(), wanted());
    expect(phasesOf(plan)).toEqual([{ remove: [], add: [] }]);
  });

  it('moves an address of source like any other change', () => {
    const moved = wanted({ ways: [{ ...fibre, source: '192.168.0.11' }, lte] });
    expect(metricsBy(standing(), moved)).toContain('eth0@4 eth0@5');
  });
});

describe('the order', () => {
  const kindOf = (item: Item): string => {
    if (isRoute(item)) return item.table === 254 ? 'main' : 'table';
    return item.exceptDefault ? 'except default' : 'rule';
  };

  it('is tables, rules, the main table on the way in; the other way round on the way out', () => {
    const ways = [fibre];
    const added = phasesOf(planFor(nothing, wanted({ ways }))).flatMap(({ add }) => add.map(kindOf));
    expect(added).toEqual(['table', 'except default', 'rule', 'except default', 'rule', 'main']);
    const { remove } = planFor(standing({ ways }), nothingWanted);
    expect(remove.map(kindOf)).toEqual(['main', 'rule', 'rule', 'except default', 'except default', 'table']);
  });

  it('has new rules for a new address before the old ones go', () => {
    const moved = [{ ...fibre, addresses: ['192.168.0.11'] }, lte];
    const plan = planFor(standing(), wanted({ ways: moved }));
    expect(phasesOf(plan).map(({ remove, add }) => [remove.length, add.length])).toEqual([
      [0, 2],
      [2, 0],
    ]);
  });

  it('has the standby routes after the one in force', () => {
    const { active, standby } = planFor(nothing, wanted({}, { mode: 'capture' }));
    expect([active?.phases.length, standby.length]).toEqual([1, 1]);
  });
});

it('a gateway of a standby uplink that changed is put in the place of the old one', () => {
  const capture = { mode: 'capture' } as const;
  const moved = { ...lte, gateway: '192.168.2.254' };
  const own = after(standing({}, capture), wanted({ ways: [fibre, moved] }, capture));
  expect(mainOf(own.routes)).toEqual([ownRoute(fibre), ownRoute(moved, 20_001)]);
});

it('what is held stays, whatever it is', () => {
  const own = standing({}, { mode: 'capture' });
  const plan = planFor(own, wanted({ ways: [] }, { mode: 'capture' }));
  expect(mainOf(plan.remove)).toEqual([]);
  expect(plan.remove).toHaveLength(own.routes.length + own.rules.length - 2);
});

it('from any leftovers to any wish, the main table is never empty on the way and right in the end', () => {
  const ways = [fibre, lte, ppp];
  const leftover = fc.record({
    way: fc.constantFrom(...ways),
    metric: fc.constantFrom(4, 5, 20_000, 20_001, 20_002),
    table: fc.constantFrom(254, 13_600, 13_601),
  });
  const wish = fc.record({
    active: fc.constantFrom('fibre', 'lte', 'ppp'),
    mode: fc.constantFrom('overlay' as const, 'capture' as const),
    unhealthy: fc.subarray(['fibre', 'lte', 'ppp']),
  });
  fc.assert(
    fc.property(fc.array(leftover, { maxLength: 6 }), wish, (left, { active, mode, unhealthy }) => {
      const routes = left
        .map(({ way, metric, table }) => ownRoute(way, metric, table))
        .filter(
          (one, index, all) =>
            all.findIndex((o) => o.table === one.table && o.metric === one.metric) === index,
        );
      const judged = ways.map((way) => ({ ...way, healthy: !unhealthy.includes(way.uplink) }));
      const want = wanted({ active: { uplink: active }, ways: judged }, { mode });
      const states = statesOf({ routes, rules: [] }, planFor({ routes, rules: [] }, want));
      const begun = states.findIndex((state) => mainOf(state).length > 0);
      expect(states.slice(begun).every((state) => mainOf(state).length > 0)).toBe(true);
      const end = states.at(-1) ?? [];
      const all = [
        ...want.uplinks.flatMap(({ route, rules }) => [route, ...rules]),
        ...want.standby,
        ...(want.active === null || want.active === 'held' ? [] : [want.active]),
      ];
      expect(end).toHaveLength(all.length);
      expect(all.every((item) => holds(end, item))).toBe(true);
    }),
  );
});
