// When the blueprints act: their own templates, decided as Home Assistant decides.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import * as z from 'zod';

const program = fileURLToPath(new URL('../../fixtures/homeassistant/automation.py', import.meta.url));
const folder = new URL('../../../homeassistant/blueprints/automation/pathproof/', import.meta.url);
const Input = z.object({ input: z.string() });
const Blueprint = z.object({
  triggers: z.array(z.looseObject({ to: z.string().optional(), from: z.string().optional() })),
  variables: z.record(z.string(), z.union([z.string(), Input])),
  conditions: z.array(z.object({ value_template: z.string() })).optional(),
});

function blueprint(name: string): z.output<typeof Blueprint> {
  const input = { tag: '!input', resolve: (word: string) => ({ input: word }) };
  return Blueprint.parse(parse(readFileSync(new URL(name, folder), 'utf8'), { customTags: [input] }));
}

interface Entity {
  state: string;
  last_changed: string;
  attributes?: Readonly<Record<string, string | null>>;
}
const at = (time: string): string => `2026-11-20T${time}:00+00:00`;
const is = (state: string, since: string): Entity => ({ state, last_changed: at(since) });

interface Scene {
  now: string;
  /** When it last ran its actions; null: never. */
  told: string | null;
  trigger?: { id: string; from: Entity | null; to: Entity };
  states: Record<string, Entity>;
}

function decide(
  name: string,
  inputs: Record<string, string | number>,
  { now, told, trigger, states }: Scene,
): { runs: boolean; title: string; message: string } {
  const { variables, conditions } = blueprint(name);
  const job = {
    now: at(now),
    told: told === null ? null : at(told),
    trigger:
      trigger === undefined
        ? {}
        : { id: trigger.id, from_state: trigger.from, to_state: { ...trigger.to, name: 'Backup' } },
    states,
    condition: conditions?.[0]?.value_template ?? '',
    variables: Object.fromEntries(
      Object.entries(variables).map(([key, value]) => [
        key,
        typeof value === 'string' ? value : inputs[value.input],
      ]),
    ),
  };
  const { status, stdout, stderr } = spawnSync('/usr/bin/python3', [program], {
    input: JSON.stringify([job]),
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(stderr);
  const Decided = z.object({ runs: z.boolean(), title: z.string(), message: z.string() });
  const [decided] = z.array(Decided).parse(JSON.parse(stdout));
  if (decided === undefined) throw new Error('unreachable: one job, one answer');
  return decided;
}

describe('backup-down', () => {
  const inputs = { monitor: 'line', minutes: 5, last_outage: 'outage', last_change: 'change' };
  const outage = (began: string | null, changed: string): Record<string, Entity> => ({
    outage: is(began === null ? 'unknown' : at(began), '00:00'),
    change: is(at(changed), '00:00'),
  });
  const down = (from: Entity | null, since: string) => ({ id: 'down', from, to: is('off', since) });
  const up = (from: Entity, since: string) => ({ id: 'up', from, to: is('on', since) });

  it.each<[what: string, scene: Scene, message: string | null]>([
    [
      'an outage',
      {
        now: '08:05',
        told: null,
        trigger: down(is('on', '01:00'), '08:00'),
        states: outage(null, '08:00'),
      },
      'Down since 08:00.',
    ],
    [
      'an outage that a restart of Home Assistant finds',
      {
        now: '08:06',
        told: '02:00',
        trigger: down(is('unavailable', '08:00'), '08:01'),
        states: outage('07:50', '07:51'),
      },
      'Down since 07:50.',
    ],
    [
      'nothing where a restart finds the outage that it told of',
      {
        now: '08:06',
        told: '07:56',
        trigger: down(is('unavailable', '08:00'), '08:01'),
        states: outage('07:50', '07:51'),
      },
      null,
    ],
    [
      'the end of an outage',
      {
        now: '08:10',
        told: '08:05',
        trigger: up(is('off', '08:00'), '08:10'),
        states: outage('07:59', '08:10'),
      },
      'It went down at 07:59.',
    ],
    [
      'nothing of the end of an outage too short to be told of',
      {
        now: '08:02',
        told: null,
        trigger: up(is('off', '08:00'), '08:02'),
        states: outage('07:59', '08:02'),
      },
      null,
    ],
    [
      'the end of an outage in which the agent was away',
      {
        now: '09:00',
        told: '08:05',
        trigger: up(is('unavailable', '08:30'), '09:00'),
        states: outage('07:59', '08:50'),
      },
      'It went down at 07:59.',
    ],
    [
      'the end of an outage that was interrupted and came back for a minute',
      {
        now: '09:00',
        told: '08:05',
        trigger: up(is('off', '08:59'), '09:00'),
        states: outage('07:59', '09:00'),
      },
      'It went down at 07:59.',
    ],
    [
      'nothing where a restart finds the line up that it told of',
      {
        now: '09:00',
        told: '08:10',
        trigger: up(is('unknown', '08:59'), '09:00'),
        states: outage('07:59', '08:10'),
      },
      null,
    ],
    [
      'nothing where a restart finds a line that never was down',
      {
        now: '09:00',
        told: null,
        trigger: up(is('unavailable', '08:59'), '09:00'),
        states: outage(null, '01:00'),
      },
      null,
    ],
  ])('tells %s', (_what, scene, message) => {
    const { runs, message: said } = decide('backup-down.yaml', inputs, scene);
    expect(runs ? said : null).toBe(message);
  });
});

describe('failover', () => {
  /** The entity since an event of that moment; `seen`: where it was unavailable then, since when it is not. */
  const event = (time: string, event_type: string, more = {}, seen = time): Entity => ({
    ...is(at(time), seen),
    attributes: {
      ...{ event_type, id: time, at: at(time), from: 'fibre', to: 'lte', reason: 'fibre is down' },
      ...more,
    },
  });
  const away = (state: string, since: string): Entity => ({ ...is(state, since), attributes: {} });
  const before = event('07:00', 'confirmed');

  it.each<[what: string, from: Entity | null, to: Entity, told: [title: string, message: string] | null]>([
    ['a switch', before, event('08:00', 'switched'), ['The line is lte now', 'fibre → lte: fibre is down']],
    [
      'the first switch ever',
      away('unknown', '01:00'),
      event('08:00', 'switched', { from: null, reason: null }),
      ['The line is lte now', 'none → lte'],
    ],
    [
      'a switch that was taken back',
      event('07:59', 'switched'),
      event('08:00', 'rolled_back', { from: 'lte', to: 'fibre', reason: 'the broker did not answer' }),
      ['The line is fibre again: the switch did not work', 'lte → fibre: the broker did not answer'],
    ],
    [
      'that all lines are down',
      before,
      event('08:00', 'all_down', { from: 'lte', to: null, reason: null }),
      ['All lines are down', 'lte → none'],
    ],
    [
      'a switch that came while the entity was unavailable',
      away('unavailable', '07:59'),
      event('08:00', 'switched', {}, '08:01'),
      ['The line is lte now', 'fibre → lte: fibre is down'],
    ],
    [
      'nothing of what was told before the agent was away',
      away('unavailable', '08:30'),
      event('08:00', 'switched', {}, '08:31'),
      null,
    ],
    [
      'nothing of it where Home Assistant knows the entity again',
      null,
      event('08:00', 'switched', {}, '09:00'),
      null,
    ],
    [
      'nothing of an event that comes twice',
      event('08:00', 'switched'),
      event('08:01', 'switched', { id: '08:00' }),
      null,
    ],
    ['nothing of a confirmation', before, event('08:00', 'confirmed'), null],
    ['nothing of one that failed', before, event('08:00', 'unconfirmed'), null],
  ])('tells %s', (_what, from, to, told) => {
    const scene = { now: '09:00', told: null, trigger: { id: '0', from, to }, states: {} };
    const { runs, title, message } = decide('failover.yaml', {}, scene);
    expect(runs ? [title, message] : null).toEqual(told);
  });

  it('hears of nothing while the entity is away', () => {
    expect(blueprint('failover.yaml').triggers).toMatchObject([{ not_to: ['unavailable', 'unknown'] }]);
  });
});

describe('power-cycle-modem', () => {
  const inputs = { monitor: 'line', socket: 'socket', minutes: 10, minutes_between: 60 };
  const on = is('on', '01:00');

  it.each<[what: string, runs: boolean, scene: Scene]>([
    [
      'acts on an outage',
      true,
      { now: '08:10', told: null, states: { line: is('off', '08:00'), socket: on } },
    ],
    [
      'waits until it is long enough',
      false,
      { now: '08:09', told: null, states: { line: is('off', '08:00'), socket: on } },
    ],
    [
      'leaves the modem alone during the rest',
      false,
      { now: '08:30', told: '08:10', states: { line: is('off', '08:15'), socket: on } },
    ],
    [
      'acts on an outage that began during the rest, after it',
      true,
      { now: '09:10', told: '08:10', states: { line: is('off', '08:15'), socket: on } },
    ],
    [
      'tries again while the line stays down',
      true,
      { now: '09:10', told: '08:10', states: { line: is('off', '08:00'), socket: on } },
    ],
    [
      'leaves a line that is up alone',
      false,
      { now: '09:10', told: null, states: { line: is('on', '08:00'), socket: on } },
    ],
    [
      'knows nothing of a line that is unavailable',
      false,
      { now: '09:10', told: null, states: { line: is('unavailable', '08:00'), socket: on } },
    ],
    [
      'turns a socket on that was left off',
      true,
      { now: '08:15', told: '08:10', states: { line: is('off', '08:11'), socket: is('off', '08:11') } },
    ],
    [
      'turns it on though the agent is away too',
      true,
      {
        now: '08:15',
        told: '08:10',
        states: { line: is('unavailable', '08:11'), socket: is('off', '08:11') },
      },
    ],
    [
      'leaves a socket off while the line is up',
      false,
      { now: '08:15', told: null, states: { line: on, socket: is('off', '08:11') } },
    ],
    [
      'can do nothing with a socket that is unavailable',
      false,
      { now: '09:15', told: null, states: { line: is('off', '08:00'), socket: is('unavailable', '08:11') } },
    ],
  ])('%s', (_what, runs, scene) => {
    expect(decide('power-cycle-modem.yaml', inputs, scene).runs).toBe(runs);
  });
});

it('wrong-circuit tells whatever was known before', () => {
  const { triggers } = blueprint('wrong-circuit.yaml');
  expect(triggers).toMatchObject([{ to: 'on' }]);
  expect(triggers[0]).not.toHaveProperty('from');
});
