import { expect, it } from 'vitest';
import { defaultFailover } from '../../../agent/config/failover.ts';
import { Uplink } from '../../../agent/config/uplinks.ts';
import { createPower, needsNewPower } from '../../../agent/failover/power.ts';
import type {
  Desired,
  ElsewhereDefault,
  ForeignDefault,
  Leftovers,
  Routes,
} from '../../../agent/uplink/routes/index.ts';
import { keptLog } from '../action/kit.ts';

const foreign = (metric: number): ForeignDefault => ({
  ...{ family: 4, interfaceName: 'eth0', gateway: '198.51.100.1', source: null, metric, protocol: 16 },
  ...{ onlink: false, linkScope: false, plain: true },
});
const inTable = (table: number): ElsewhereDefault => ({ table, route: foreign(1) });
const desired: Desired = { mode: 'overlay', interfaces: [], families: {} };

interface World {
  able: boolean;
  locked: boolean;
  stands: ForeignDefault[];
  elsewhere: ElsewhereDefault[];
  captured: ForeignDefault[];
  did: string[];
  left: Leftovers;
  restore(): Promise<void>;
}

function begin() {
  const { log, lines } = keptLog();
  const all: World = {
    ...{ able: true, locked: false, stands: [], elsewhere: [], captured: [], did: [] },
    left: { own: [], captured: [] },
    restore: () => Promise.resolve(),
  };
  const did =
    <T>(what: string, result: T) =>
    (): Promise<T> => {
      all.did.push(what);
      return Promise.resolve(result);
    };
  const routes = (): Routes => ({
    reconcile: did('reconcile', {
      ...{ added: [], removed: [], restored: [], failed: [6] },
      problems: [{ family: 6, uplink: null, reason: 'no' }],
    }),
    others: () => Promise.resolve({ main: all.stands, elsewhere: all.elsewhere }),
    open: did('open', undefined),
    captured: () => all.captured,
    async restore() {
      all.did.push('restore');
      await all.restore();
      return { restored: [], removed: [] };
    },
    close: did('close', undefined),
  });
  const power = createPower(
    {
      file: () => ({
        uplinks: { fibre: Uplink.parse({ interface: 'eth0' }) },
        failover: { ...defaultFailover, mode: 'overlay' },
      }),
      ...{ stateDir: '/', log },
    },
    {
      canChangeRoutes: () => Promise.resolve(all.able),
      takeLock() {
        if (all.locked) return Promise.reject(new Error('another has it'));
        all.locked = true;
        return Promise.resolve(() => {
          all.locked = false;
          all.did.push('give back');
          return Promise.resolve();
        });
      },
      isLockHeld: () => Promise.resolve(all.locked),
      leftovers: () => Promise.resolve(all.left),
      cleanup: did('cleanup', { restored: [], removed: ['route del default'] }),
      createRoutes: routes,
      rivals: () => Promise.resolve(['a rival']),
    },
  );
  return { power, all, lines };
}

it('is taken once, and warns of rivals', async () => {
  const { power, all, lines } = begin();
  await power.take();
  await power.take();
  expect([all.did, lines.map(({ message }) => message)]).toEqual([['open'], ['a rival']]);
});

it.each<[what: string, words: string, spoil: (all: World) => void]>([
  ['without the capability', 'needs CAP_NET_ADMIN', (all) => (all.able = false)],
  ['while another holds it', 'another has it', (all) => (all.locked = true)],
  ['behind one in a table of its own', 'table 13600', (all) => (all.elsewhere = [inTable(13_600)])],
  ['behind a foreign route', 'metric 5 proto 16', (all) => (all.stands = [foreign(5)])],
])('D3.11: is not had %s, and nothing is touched', async (_what, words, spoil) => {
  const { power, all } = begin();
  spoil(all);
  await expect(power.reconcile(desired)).rejects.toThrow(words);
  expect(all.did.filter((one) => one !== 'give back')).toEqual([]);
});

it('lets others have the lock where it is refused, and is had once nothing is in the way', async () => {
  const { power, all } = begin();
  all.stands = [foreign(5)];
  await expect(power.take()).rejects.toThrow();
  expect(all.locked).toBe(false);
  all.stands = [];
  await power.take();
  expect(all.locked).toBe(true);
});

it('tells in which families it failed, and why', async () => {
  expect(await begin().power.reconcile(desired)).toEqual({ failed: new Set([6]), problems: ['no'] });
});

it('knows what is captured from before it is taken out until it is put back', async () => {
  const { power, all } = begin();
  expect(power.teaching().captured).toEqual([]);
  await power.take();
  all.captured = [foreign(100)];
  const known = [
    {
      ...{ family: 4, prefix: null, interfaceName: 'eth0', gateway: '198.51.100.1', metric: 100 },
      ...{ table: 'main', protocol: '16' },
    },
  ];
  expect(power.teaching().captured).toEqual(known);
  let during: unknown = null;
  all.restore = () => {
    during = power.teaching().captured;
    return Promise.resolve();
  };
  await power.release(false);
  expect([during, power.teaching().captured]).toEqual([known, []]);
});

it.each([
  ['takes out what is ours', false, ['restore', 'close', 'give back']],
  ['lets it stay', true, ['close', 'give back']],
])('D3.7: given up, %s', async (_what, stays, did) => {
  const { power, all } = begin();
  await power.take();
  await power.release(stays);
  await power.release(stays);
  expect(all.did).toEqual(['open', ...did]);
});

it('is given up also where something could not be taken out, and can be had again', async () => {
  const { power, all } = begin();
  await power.take();
  all.restore = () => Promise.reject(new Error('no such device'));
  await expect(power.release(false)).rejects.toThrow('no such device');
  expect(all.locked).toBe(false);
  await power.reconcile(desired);
  expect(all.did.at(-1)).toBe('reconcile');
});

it.each<[what: string, spoil: (all: World) => void, did: string[], level: string | undefined]>([
  ['are taken out, which is told', () => undefined, ['cleanup'], 'info'],
  ['are none', (all) => (all.left = { own: [], captured: [] }), [], undefined],
  ['are those of an agent that runs', (all) => (all.locked = true), [], undefined],
  ['stay without the capability', (all) => (all.able = false), [], 'warn'],
])('leftovers for who only observes %s', async (_what, spoil, did, level) => {
  const { power, all, lines } = begin();
  all.left = { own: ['rule del priority 13601'], captured: [] };
  spoil(all);
  await power.clearLeftovers();
  expect([all.did, lines[0]?.level]).toEqual([did, level]);
});

const overlay = { ...defaultFailover, mode: 'overlay' as const };

it.each([
  ['the same', overlay, overlay, false],
  ['other times', overlay, { ...overlay, minDwellMs: 1 }, false],
  ['none any more', overlay, null, true],
  ['only observing now', overlay, { ...overlay, mode: 'observe' as const }, true],
  ['another mode', overlay, { ...overlay, mode: 'capture' as const }, true],
  ['another protocol number', overlay, { ...overlay, routeProto: 137 }, true],
  ['other tables', overlay, { ...overlay, tableBase: 14_000 }, true],
])('has to be taken anew: %s', (_what, former, now, anew) => expect(needsNewPower(former, now)).toBe(anew));
