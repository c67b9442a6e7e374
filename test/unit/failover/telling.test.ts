import { expect, it } from 'vitest';
import { readFileSettings } from '../../../agent/config/file.ts';
import { createTelling } from '../../../agent/failover/telling.ts';
import type { Transition } from '../../../agent/uplink/health/condition.ts';
import type { Measured } from '../../../agent/uplink/measuring.ts';
import type { Event } from '../../../shared/event.ts';
import type { Health } from '../../../shared/failover.ts';
import { sayProblems } from '../../../shared/issues.ts';
import { measured } from '../uplink/deciding/kit.ts';

const file = readFileSettings(
  'uplinks: { lte: { interface: eth1, priority: 2, title: Backup }, fibre: { interface: eth0, priority: 1 } }',
);
if (!file.ok) throw new Error(sayProblems(file.problems));
const { uplinks } = file.settings;

const turned = (from: Health, to: Health, other: Partial<Transition> = {}): Transition => ({
  ...{ from, to, outageMs: null },
  ...other,
});

function begin(...seen: Measured[]) {
  const events: Event[] = [];
  const telling = createTelling({
    uplinks: () => uplinks,
    measured: () => seen,
    emit: (event) => events.push(event),
    epochMs: () => 1_700_000_000_000,
  });
  const told = () => events.map(({ kind, subject }) => (subject === null ? kind : `${kind} ${subject}`));
  return { telling, events, told };
}

const switched = { kind: 'switched' as const, family: 4 as const, from: 'fibre', to: 'lte', why: '' };

it('tells of a change only after the routes that it was chosen by are in order', () => {
  const { telling, told } = begin();
  telling.changed(measured('fibre', 'down'), turned('up', 'down'));
  telling.settled();
  expect(told()).toEqual([]);
  telling.choosing();
  // While the routes are brought about, another one changes: that is for the next choice.
  telling.changed(measured('lte', 'down'), turned('up', 'down'));
  telling.happened({ ...switched, durationMs: 1 });
  telling.settled();
  expect(told()).toEqual(['uplink.down fibre', 'failover.switched lte']);
  telling.choosing();
  telling.settled();
  expect(told().slice(2)).toEqual(['uplink.down lte']);
});

it.each<[what: string, path: Health[], told: string[]]>([
  ['well at the start is no news', ['probing', 'recovering', 'up'], []],
  ['ill at the start is', ['probing', 'down'], ['uplink.down lte']],
  ['badly at the start is', ['probing', 'degraded'], ['uplink.degraded lte']],
  [
    'half over and down again is the same outage',
    ['up', 'down', 'recovering', 'down', 'recovering', 'up'],
    ['uplink.down lte', 'uplink.up lte'],
  ],
  ['lost sight of is no outage', ['probing', 'up', 'unknown', 'up'], []],
  [
    'mended while nobody saw it is told',
    ['up', 'degraded', 'unknown', 'up'],
    ['uplink.degraded lte', 'uplink.up lte'],
  ],
])('that a line is %s', (_what, path, expected) => {
  const { telling, told } = begin();
  path.slice(1).forEach((to, index) => {
    telling.changed(measured('lte', to), turned(path[index] ?? 'probing', to));
  });
  telling.choosing();
  telling.settled();
  expect(told()).toEqual(expected);
});

it('tells how long an outage was', () => {
  const { telling, events } = begin();
  telling.changed(measured('lte', 'down'), turned('up', 'down'));
  telling.changed(measured('lte', 'up'), turned('down', 'up', { outageMs: 61_000 }));
  telling.choosing();
  telling.settled();
  expect(events[1]?.evidence).toMatchObject({ family: 'ipv4', outageMs: 61_000 });
});

it('tells when an uplink begins and ceases to be held back, each once', () => {
  const { telling, events } = begin();
  for (const suppressed of [false, true, true, false]) {
    telling.changed(measured('lte', 'up', { suppressed }), null);
  }
  telling.choosing();
  telling.settled();
  expect(events.map(({ kind, to }) => [kind, to])).toEqual([
    ['uplink.suppressed', 'suppressed'],
    ['uplink.suppressed', null],
  ]);
});

it.each<[health: Health, online: boolean | null]>([
  ['up', true],
  ['degraded', true],
  ['recovering', true],
  ['down', false],
  ['probing', null],
  // A name that is being looked up.
  ['unknown', null],
])('how an uplink is found at the start is told once it is known: %s', (health, online) => {
  const { telling, events } = begin(measured('lte', health));
  for (let turn = 0; turn < 2; turn += 1) {
    telling.choosing();
    telling.settled();
  }
  expect(events.map(({ evidence }) => evidence['online'])).toEqual(online === null ? [] : [online]);
});

it('names an uplink by its title, its part, its interface and its address of IPv4', () => {
  const six = measured('lte', 'up', { family: 6, sources: ['2001:db8::2'] });
  const { telling, events } = begin(six, measured('lte', 'up'));
  telling.happened({ ...switched, durationMs: 1.4 });
  telling.settled();
  expect(events[0]).toMatchObject({ from: 'fibre', to: 'lte' });
  expect(events[0]?.evidence).toMatchObject({
    link: { name: 'Backup', role: 'Standby', interface: 'eth1', address: '198.51.100.2' },
    durationMs: 1,
  });
});

it('tells of an uplink that is configured no more without its link', () => {
  const { telling, events } = begin();
  telling.happened({ ...switched, to: 'eth7', durationMs: 1 });
  telling.settled();
  expect(events[0]?.evidence).not.toHaveProperty('link');
});

it('all of them are down: the primary first', () => {
  const { telling, events } = begin(measured('lte', 'down'));
  telling.happened({ kind: 'allDown', family: 4, why: 'no way' });
  telling.settled();
  expect(events[0]).toMatchObject({ kind: 'failover.allDown', subject: null });
  expect(events[0]?.evidence['links']).toMatchObject([{ role: 'Primary' }, { role: 'Standby' }]);
});

it('a confirmation is good where all answered', () => {
  const { telling, events } = begin();
  for (const b of [true, false]) {
    telling.happened({ kind: 'confirmed', family: 4, to: 'lte', answers: { a: true, b } });
  }
  telling.settled();
  expect(events.map(({ evidence }) => evidence['online'])).toEqual([true, false]);
});

it('tells at once what was seen where no routes are chosen, but not how uplinks are found', () => {
  const { telling, told } = begin(measured('lte', 'down'));
  telling.changed(measured('lte', 'down'), turned('up', 'down'));
  telling.unchosen();
  expect(told()).toEqual(['uplink.down lte']);
});
