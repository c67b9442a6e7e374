// What is to be ours in the kernel, from what failover wants.
import { describe, expect, it } from 'vitest';
import { nothingWanted, wantedOf } from '../../../../agent/uplink/routes/wanted.ts';
import { desire, fibre, lte, ownRoute, ppp, settings } from './kit.ts';

const wanted = (...wish: Parameters<typeof desire>) => wantedOf(desire(...wish), 4, settings);

describe('each uplink', () => {
  it('has a table with its route, and rules that lead there from its interface and its addresses', () => {
    const way = { ...fibre, addresses: ['192.168.0.10', '192.168.0.11', '192.168.0.10'] };
    const [first] = wanted({ ways: [way] }).uplinks;
    expect(first?.route).toEqual(ownRoute(fibre, 5, 13_600));
    const rows = first?.rules.map(({ priority, selector, value, table, exceptDefault }) =>
      [priority, selector, value, table, exceptDefault].join(' '),
    );
    expect(rows).toEqual([
      '13600 oif eth0 254 true',
      '13601 oif eth0 13600 false',
      '13600 from 192.168.0.10 254 true',
      '13602 from 192.168.0.10 13600 false',
      '13600 from 192.168.0.11 254 true',
      '13602 from 192.168.0.11 13600 false',
    ]);
  });

  it('has its own table by its place in the file, whichever others there are', () => {
    expect(wanted({ ways: [ppp] }).uplinks.map(({ route }) => route.table)).toEqual([13_602]);
  });

  it('has no rule for a link-local address, which may be that of several', () => {
    const six = { ...fibre, gateway: 'fe80::1', addresses: ['fe80::2', '2001:db8::10'] };
    const desired = desire({}, { families: { 6: { active: null, ways: [six] } } });
    const values = wantedOf(desired, 6, settings).uplinks[0]?.rules.map(({ value }) => value);
    expect([...new Set(values)]).toEqual(['eth0', '2001:db8::10']);
  });

  it('has no rule for an address that another uplink has too, but one for each of its own', () => {
    const ways = [fibre, { ...lte, addresses: ['192.168.0.10', '192.168.2.10'] }, ppp];
    const values = wanted({ ways }).uplinks.map(({ rules }) => [...new Set(rules.map(({ value }) => value))]);
    expect(values).toEqual([['eth0'], ['eth1', '192.168.2.10'], ['ppp0', '10.64.64.7']]);
  });

  it('without a gateway needs none, and stands on no network either', () => {
    const { route } = wanted({ ways: [{ ...ppp, onlink: true }] }).uplinks[0] ?? expect.fail();
    expect(route).toMatchObject({ interfaceName: 'ppp0', gateway: null, onlink: false });
  });
});

describe('the main table', () => {
  it('has the one in force alone, in overlay', () => {
    expect(wanted()).toMatchObject({ active: ownRoute(fibre), standby: [] });
  });

  it('in capture mode has those of other healthy uplinks behind it', () => {
    const ways = [fibre, lte, { ...ppp, healthy: false }];
    const { active, standby } = wanted({ ways, active: { uplink: 'lte' } }, { mode: 'capture' });
    expect([active, standby]).toEqual([ownRoute(lte), [ownRoute(fibre, 20_000)]]);
  });

  it('has the one in force though it is the last resort', () => {
    const ways = [fibre, lte].map((way) => ({ ...way, healthy: false }));
    expect(wanted({ ways }, { mode: 'capture' })).toMatchObject({ active: ownRoute(fibre), standby: [] });
  });

  it('has nothing where nothing was chosen', () => {
    expect(wanted({ active: null }, { mode: 'capture' })).toMatchObject({ active: null, standby: [] });
  });

  it('refuses where that was chosen', () => {
    const refusing = { ...ownRoute(fibre), interfaceName: null, gateway: null };
    expect(wanted({ active: 'unreachable' }).active).toEqual(refusing);
    expect(wanted({ active: 'unreachable' }, { mode: 'capture' }).standby).toHaveLength(2);
  });

  it('stays as it is while there is no way by the uplink that was chosen', () => {
    expect(wanted({ ways: [lte] })).toMatchObject({ active: 'held' });
  });
});

it('is nothing for who only observes, and in a family that is not judged', () => {
  expect(wanted({}, { mode: 'observe' })).toEqual(nothingWanted);
  expect(wantedOf(desire(), 6, settings)).toEqual(nothingWanted);
});
