// Decisions one after another, with a kernel that does as it is told, or not.
import { expect, it, vi, onTestFinished } from 'vitest';
import {
  type DecidingSettings,
  type Happening,
  type Reconciled,
  createDeciding,
} from '../../../agent/uplink/deciding.ts';
import type { Measured } from '../../../agent/uplink/measuring.ts';
import type { Desired } from '../../../agent/uplink/routes/kinds.ts';
import type { FailoverCommand } from '../../../shared/failover.ts';
import type { Family } from '../../../shared/ip.ts';
import { keptLog } from '../action/kit.ts';
import { measured, settled } from './deciding/kit.ts';
import { fakeTime, nowMs, pass } from './measuring/kit.ts';

const usual: DecidingSettings = {
  ...{ mode: 'overlay', preferPrimary: true, failbackDelayMs: 60_000, minDwellMs: 30_000 },
  ...{ startupHoldMs: 10_000, lastResort: 'hold', reconcileIntervalMs: 30_000, flap: { maxMs: 1_800_000 } },
};

const nothingWrong: Reconciled = { failed: new Set(), problems: [] };

interface World {
  settings: DecidingSettings;
  configured: boolean;
  fault: boolean;
  families: Family[];
  uplinks: Record<string, { interface: string; priority: number; health: { targets: string[] } }>;
  seen: Measured[];
  active: string | null;
  /** In which things came about. */
  order: string[];
  desired: Desired[];
  told: Happening[];
  answering: Set<string>;
  targets: string[];
  reconcile(): Promise<Reconciled>;
  answers(target: string): Promise<boolean>;
}

function begin(seen: Measured[], other: Partial<DecidingSettings> = {}) {
  fakeTime();
  const { log, lines } = keptLog();
  const all: World = {
    settings: { ...usual, ...other },
    configured: true,
    fault: false,
    families: [4],
    uplinks: {
      fibre: { interface: 'eth0', priority: 1, health: { targets: [] } },
      lte: { interface: 'eth1', priority: 2, health: { targets: [] } },
    },
    seen,
    active: 'fibre',
    order: [],
    desired: [],
    told: [],
    answering: new Set(),
    targets: [],
    reconcile: () => Promise.resolve(nothingWrong),
    answers: (target) => Promise.resolve(all.answering.has(target)),
  };
  const answering = async (targets: readonly string[]): Promise<Set<string>> => {
    const each = await Promise.all(targets.map(async (one) => [one, await all.answers(one)] as const));
    return new Set(each.flatMap(([one, answered]) => (answered ? [one] : [])));
  };
  const deciding = createDeciding({
    isConfigured: () => all.configured,
    settings: () => all.settings,
    families: () => all.families,
    uplinks: () => all.uplinks,
    measured: () => all.seen,
    active: () => all.active,
    async reconcile(desired) {
      all.order.push('reconcile');
      all.desired.push(desired);
      return all.reconcile();
    },
    confirming: {
      now: () => answering(all.targets),
      async after(_family, before) {
        const heard = await answering(all.targets);
        return {
          answers: Object.fromEntries(all.targets.map((one) => [one, heard.has(one)])),
          lost: all.targets.filter((one) => before.has(one) && !heard.has(one)),
        };
      },
    },
    telling: {
      choosing() {
        if (all.fault) throw new Error('a fault');
        all.order.push('choosing');
      },
      happened(happening) {
        all.told.push(happening);
        all.order.push(happening.kind);
      },
      settled: () => void all.order.push('settled'),
    },
    log,
    now: () => ({ ms: nowMs(), epochMs: nowMs() }),
  });
  onTestFinished(() => deciding.stop());
  const see = async (...now: Measured[]): Promise<void> => {
    all.seen = now;
    deciding.decide();
    await settled();
  };
  const kinds = (): string[] => all.told.map((one) => ('to' in one ? `${one.kind} ${one.to}` : one.kind));
  const wanted = (): unknown => all.desired.at(-1)?.families[4]?.active;
  return { deciding, all, see, kinds, wanted, lines };
}

const up = [measured('fibre', 'up'), measured('lte', 'up')];
const fibreDown = [measured('fibre', 'down'), measured('lte', 'up')];
const force: FailoverCommand = { action: 'force', uplink: 'lte', ttlSeconds: 60 };

it('takes the default that is there for its own, and tells of no switch', async () => {
  const { see, kinds, wanted } = begin([]);
  await see(...up);
  expect([wanted(), kinds()]).toEqual([{ uplink: 'fibre' }, []]);
});

it('leaves a dead uplink at once, and tells of it once the kernel has it, once', async () => {
  const { see, all, kinds, wanted } = begin([]);
  await see(...up);
  all.order.length = 0;
  await see(...fibreDown);
  await see(...fibreDown);
  expect([wanted(), kinds()]).toEqual([{ uplink: 'lte' }, ['switched lte']]);
  expect(all.order.slice(0, 4)).toEqual(['choosing', 'reconcile', 'switched', 'settled']);
});

it('is not led astray by a reading of the network from before its switch', async () => {
  const { deciding, all, see, kinds } = begin([]);
  await see(...up);
  await see(...fibreDown);
  expect(all.active).toBe('fibre');
  await see(...fibreDown);
  expect([deciding.seats()[0]?.active(), kinds()]).toEqual(['lte', ['switched lte']]);
});

it('tells of no switch that the kernel refused, tries it again, and then tells', async () => {
  const { deciding, see, all, kinds, lines } = begin([]);
  await see(...up);
  all.reconcile = () => Promise.resolve({ failed: new Set<Family>([4]), problems: ['no such device'] });
  await see(...fibreDown);
  expect([kinds(), deciding.problem(), deciding.seats()[0]?.active()]).toEqual([
    [],
    'no such device',
    'fibre',
  ]);
  all.reconcile = () => Promise.resolve(nothingWrong);
  await pass(1100);
  expect([kinds(), deciding.problem()]).toEqual([['switched lte'], null]);
  expect(lines.map(({ level }) => level)).toEqual(['error', 'info']);
});

it('what keeps failing is tried more and more seldom', async () => {
  const { see, all } = begin([]);
  all.reconcile = () => Promise.reject(new Error('no'));
  await see(...up);
  await pass(300_000);
  expect(all.desired.length).toBeLessThan(20);
  expect(all.desired.length).toBeGreaterThan(10);
});

it('settles the family that succeeded though the other failed', async () => {
  const { all, see, deciding } = begin([]);
  all.families = [4, 6];
  const six = (health: 'up' | 'down', name: string) => measured(name, health, { family: 6 });
  await see(...up, six('up', 'fibre'), six('up', 'lte'));
  all.reconcile = () => Promise.resolve({ failed: new Set<Family>([4]), problems: ['no'] });
  await see(...fibreDown, six('down', 'fibre'), six('up', 'lte'));
  expect(deciding.seats().map((seat) => seat.active())).toEqual(['fibre', 'lte']);
  expect(all.told.map(({ family }) => family)).toEqual([6]);
});

it('touches nothing where it observes, and tells what it would do', async () => {
  const { deciding, see, all, kinds } = begin([], { mode: 'observe' });
  await see(...up);
  await see(...fibreDown);
  expect([all.desired, kinds(), deciding.seats()[0]?.selection()?.desired]).toEqual([[], [], 'lte']);
  expect(all.order.at(-1)).toBe('settled');
});

it('observes for a while, leaves what stands, and acts when that ends', async () => {
  const { deciding, see, all, kinds } = begin([]);
  await see(...up);
  deciding.obey({ action: 'observe', ttlSeconds: 60 });
  await settled();
  const before = all.desired.length;
  await see(...fibreDown);
  expect([all.desired.length, kinds(), deciding.mode()]).toEqual([before, [], 'observe']);
  expect(deciding.seats()[0]?.active()).toBe('fibre');
  await pass(60_100);
  expect([kinds(), deciding.mode()]).toEqual([['switched lte'], 'overlay']);
});

it('goes where it is forced to, and back when that ends', async () => {
  const { deciding, see, kinds, wanted } = begin([]);
  await see(...up);
  expect(deciding.obey(force)).toBeNull();
  await settled();
  expect([wanted(), deciding.forced()?.uplink]).toEqual([{ uplink: 'lte' }, 'lte']);
  await pass(61_000);
  expect([wanted(), deciding.forced(), kinds()]).toEqual([
    { uplink: 'fibre' },
    null,
    ['switched lte', 'switched fibre'],
  ]);
});

it('refuses a force that would end the last working way', async () => {
  const { deciding, see, kinds } = begin([]);
  await see(measured('fibre', 'up'), measured('lte', 'down'));
  expect(deciding.obey(force)).toContain('lte is down');
  await settled();
  expect(kinds()).toEqual([]);
});

it('tells once that all are down, until one carries something again', async () => {
  const { see, kinds } = begin([]);
  const none = (lte: 'down' | 'recovering' | 'unknown') => [measured('fibre', 'down'), measured('lte', lte)];
  await see(...up);
  await see(...none('down'));
  await see(...none('unknown'));
  await see(...none('down'));
  await see(measured('fibre', 'recovering'), measured('lte', 'down'));
  await see(...none('down'));
  expect(kinds()).toEqual(['allDown']);
  await see(...up);
  await see(...none('down'));
  expect(kinds()).toEqual(['allDown', 'allDown']);
});

it('what changes while it acts is heeded afterwards', async () => {
  const { deciding, see, all, kinds } = begin([]);
  await see(...up);
  let done: (reconciled: Reconciled) => void = () => undefined;
  all.reconcile = () => new Promise((resolve) => (done = resolve));
  await see(...fibreDown);
  all.reconcile = () => Promise.resolve(nothingWrong);
  all.seen = [measured('fibre', 'up'), measured('lte', 'down')];
  deciding.decide();
  deciding.decide();
  await settled();
  expect(kinds()).toEqual([]);
  done(nothingWrong);
  await settled();
  expect(kinds()).toEqual(['switched lte', 'switched fibre']);
});

it('what it waits for before a voluntary switch does not hold up a switch that presses', async () => {
  const { see, all, kinds, wanted } = begin([]);
  all.active = 'lte';
  all.targets = ['192.0.2.1'];
  all.answers = () => new Promise(() => undefined);
  await see(...up);
  expect([all.desired.length, kinds()]).toEqual([0, []]);
  await see(...up);
  expect(all.desired.length).toBe(0);
  await see(measured('fibre', 'down'), measured('lte', 'up'));
  expect([wanted(), kinds()]).toEqual([{ uplink: 'lte' }, []]);
});

it('takes back a voluntary switch that loses what answered, and goes by the other one for long', async () => {
  const { deciding, see, all, kinds } = begin([]);
  all.active = 'lte';
  all.targets = ['192.0.2.1'];
  let asked = 0;
  all.answers = () => Promise.resolve((asked += 1) === 1);
  await see(...up);
  expect(kinds()).toEqual(['switched fibre', 'heldBack', 'rolledBack lte']);
  expect([...deciding.distrusted()]).toEqual(['fibre']);
  await pass(600_000);
  expect(kinds()).toHaveLength(3);
  expect(deciding.seats()[0]?.selection()?.why).toContain('fibre did not reach what it has to');
  // Told by itself when it is over, and not only at the next decision.
  await pass(1_200_001);
  expect(kinds().slice(3)).toEqual(['heldBack', 'switched fibre', 'confirmed fibre']);
  expect(all.told.flatMap((one) => (one.kind === 'heldBack' ? one.isHeld : []))).toEqual([true, false]);
});

it('takes back also a switch away from a degraded one', async () => {
  const { see, all, kinds } = begin([]);
  all.targets = ['192.0.2.1'];
  let asked = 0;
  all.answers = () => Promise.resolve((asked += 1) === 1);
  await see(measured('fibre', 'degraded'), measured('lte', 'up'));
  expect(kinds()).toEqual(['switched lte', 'heldBack', 'rolledBack fibre']);
});

it('does not take back a switch from what was dead', async () => {
  const { see, all, kinds } = begin([]);
  all.targets = ['192.0.2.1'];
  all.answering.add('192.0.2.1');
  await see(...up);
  all.answering.clear();
  await see(...fibreDown);
  expect(kinds()).toEqual(['switched lte', 'confirmed lte']);
});

it('does not take back what was forced', async () => {
  const { deciding, see, all, kinds } = begin([]);
  await see(...up);
  all.targets = ['192.0.2.1'];
  let asked = 0;
  all.answers = () => Promise.resolve((asked += 1) === 1);
  deciding.obey(force);
  await settled();
  expect(kinds()).toEqual(['switched lte', 'confirmed lte']);
});

it('a confirmation is followed by a decision, with which it is told', async () => {
  const { see, all } = begin([]);
  all.targets = ['192.0.2.1'];
  await see(...up);
  await see(...fibreDown);
  expect(all.order.slice(all.order.indexOf('confirmed'))).toEqual([
    'confirmed',
    'choosing',
    'reconcile',
    'settled',
  ]);
});

it('without failover nothing is decided, no timer runs, and it begins afresh later', async () => {
  const { deciding, see, all, kinds } = begin([]);
  await see(...up);
  await see(...fibreDown);
  all.configured = false;
  deciding.decide();
  await settled();
  all.order.length = 0;
  expect(vi.getTimerCount()).toBe(0);
  all.configured = true;
  all.settings = { ...usual, lastResort: 'unreachable' };
  await see(measured('fibre', 'probing'), measured('lte', 'probing'));
  expect([all.desired.at(-1)?.families[4]?.active, kinds()]).toEqual([{ uplink: 'fibre' }, ['switched lte']]);
});

it('an uplink that a reload took away loses the default to another', async () => {
  const { see, all, kinds, wanted } = begin([]);
  await see(...up);
  all.uplinks = {
    lte: { interface: 'eth1', priority: 2, health: { targets: [] } },
    satellite: { interface: 'eth2', priority: 3, health: { targets: [] } },
  };
  await see(measured('lte', 'up'), measured('satellite', 'down'));
  expect([wanted(), kinds(), all.desired.at(-1)?.interfaces]).toEqual([
    { uplink: 'lte' },
    ['switched lte'],
    ['eth1', 'eth2'],
  ]);
});

it('one uplink that a reload left alone needs nothing of ours in overlay mode, and is told of as ever', async () => {
  const { see, all, kinds, wanted } = begin([]);
  await see(...up);
  expect(wanted()).toEqual({ uplink: 'fibre' });
  all.uplinks = { lte: { interface: 'eth1', priority: 2, health: { targets: [] } } };
  await see(measured('lte', 'up'));
  expect([all.desired.at(-1)?.families, kinds()]).toEqual([{}, []]);
  await see(measured('lte', 'down'));
  expect([all.desired.at(-1)?.families, kinds()]).toEqual([{}, ['allDown']]);
});

it('the only uplink with IPv6 needs nothing of ours there in overlay mode, and as much as ever in IPv4', async () => {
  const { see, all } = begin([]);
  all.families = [4, 6];
  const fibre6 = measured('fibre', 'up', { family: 6 });
  const families = () => Object.keys(all.desired.at(-1)?.families ?? {});
  // The other one has an address in the file to be asked, and none of its own.
  await see(...up, fibre6, measured('lte', 'down', { family: 6, link: 'no address' }));
  expect(families()).toEqual(['4']);
  await see(...up, fibre6, measured('lte', 'up', { family: 6 }));
  expect(families()).toEqual(['4', '6']);
  await see(...up, fibre6, measured('lte', 'down', { family: 6, link: 'no address' }));
  expect(families()).toEqual(['4', '6']);
});

it('one uplink alone has what capture mode took from the system', async () => {
  const { see, all, wanted } = begin([]);
  all.settings = { ...usual, mode: 'capture' };
  all.uplinks = { lte: { interface: 'eth1', priority: 2, health: { targets: [] } } };
  await see(measured('lte', 'up'));
  expect(wanted()).toEqual({ uplink: 'lte' });
});

it('a family that a reload took away is wanted no more, and wakes nobody', async () => {
  const { deciding, see, all } = begin([]);
  all.families = [4, 6];
  await see(...up, measured('fibre', 'up', { family: 6 }), measured('lte', 'up', { family: 6 }));
  expect(Object.keys(all.desired.at(-1)?.families ?? {})).toEqual(['4', '6']);
  all.families = [4];
  await see(...up);
  expect(Object.keys(all.desired.at(-1)?.families ?? {})).toEqual(['4']);
  const before = all.desired.length;
  await pass(29_000);
  expect(all.desired.length).toBe(before);
  expect(deciding.seats().map(({ family }) => family)).toEqual([4]);
});

it('goes on deciding after a decision that failed', async () => {
  const { see, all, kinds, lines } = begin([]);
  await see(...up);
  all.fault = true;
  await see(...fibreDown);
  all.fault = false;
  expect(lines.some(({ level }) => level === 'error')).toBe(true);
  await pass(30_100);
  expect(kinds()).toEqual(['switched lte']);
});

it('no decision is under way beside other work, and one follows', async () => {
  const { deciding, see, all } = begin([]);
  await see(...up);
  all.order.length = 0;
  await deciding.between(async () => {
    deciding.decide();
    await settled();
    all.order.push('work');
  });
  await settled();
  expect(all.order.slice(0, 2)).toEqual(['work', 'choosing']);
});

it('stops when what is under way is done, and decides nothing afterwards', async () => {
  const { deciding, see, all } = begin([]);
  await see(...up);
  let done: (reconciled: Reconciled) => void = () => undefined;
  all.reconcile = () => new Promise((resolve) => (done = resolve));
  await see(...fibreDown);
  const stop = deciding.stop();
  deciding.decide();
  done(nothingWrong);
  await stop;
  const before = all.desired.length;
  await pass(100_000);
  expect([all.desired.length, vi.getTimerCount()]).toEqual([before, 0]);
});

it('stops at once though it waits to know what answers, and then switches nothing', async () => {
  const { deciding, see, all, kinds } = begin([]);
  all.active = 'lte';
  all.targets = ['192.0.2.1'];
  all.answers = () => new Promise(() => undefined);
  await see(...up);
  await deciding.stop();
  expect([all.desired, kinds()]).toEqual([[], []]);
});

it('forces none that is in the file and not measured, and says why', () => {
  const { deciding, all } = begin([measured('fibre', 'up')]);
  all.uplinks['lte'] = { interface: 'eth1', priority: 2, health: { targets: ['2001:db8::1'] } };
  expect(deciding.obey(force)).toBe(
    'force: lte is not measured in IPv4: none of uplinks.lte.targets is of IPv4, and failover.families asks for no other',
  );
});
