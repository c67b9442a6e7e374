// imon's failover between a primary network and a standby one, as two uplinks. Pure.
import { durationWords } from '../../../../shared/duration.ts';
import type { FieldProblem } from '../../../../shared/issues.ts';
import { type Line, block, set } from '../lines.ts';
import { type Lost, needsNetAdmin } from '../moved.ts';
import { uplinkNames } from '../names.ts';
import { type Failover, within } from './shape.ts';

export interface Failovers {
  sections: Line[];
  lost: Lost[];
  otherwise: string[];
  problems: FieldProblem[];
}

const hourMs = 3_600_000;
const roles = ['primary', 'standby'] as const;
type Role = (typeof roles)[number];

const needed = roles.flatMap((role) => [`${role}-if`, `${role}-gw`] as const);

/** As many echoes as before in the same time, evenly; bad is a line that leaves as many unanswered as one check had. */
function healthLines({ interval, pingcount, pingwait }: Failover): Line[] {
  const every = within('interval / pingcount', interval / pingcount, 200, hourMs);
  const wait = within('pingwait', pingwait, 100, 10_000);
  return [
    set('sendInterval', durationWords(every.ms), every.from),
    set('standbyInterval', durationWords(every.ms), 'the same: both were asked alike'),
    set('timeout', durationWords(wait.ms), wait.from),
    set('down', pingcount, 'pingcount'),
    set('up', 1, 'one answer was enough'),
    set('loss', { fail: 0 }, 'it judged none'),
    set('latency', { fail: 0 }, 'it judged none'),
  ];
}

function uplinkLine(keys: Failover, role: Role, name: string, priority: number): Line {
  const title = keys[`${role}-name`];
  const ping = keys[`${role}-ping`];
  return block(name, [
    ...(title === name || title === '' ? [] : [set('title', title, `${role}-name`)]),
    set('interface', keys[`${role}-if`], `${role}-if`),
    set('priority', priority, role),
    set('gateway', keys[`${role}-gw`], `${role}-gw`),
    ...(ping === ''
      ? [set('targets', [], `${role}-ping is not given: the gateway is asked`)]
      : [set('targets', [ping], `${role}-ping`)]),
    ...healthLines(keys),
  ]);
}

const postpings = (keys: Failover): string[] =>
  [...new Set(roles.map((role) => keys[`${role}-postping`]))].filter((host) => host !== '');

const leastMetric = 2;
const usualStandbyBase = 20_000;

function failoverLines(keys: Failover): Line[] {
  const metric = Math.max(keys.metric, leastMetric);
  const confirm = postpings(keys);
  return [
    set('mode', 'overlay', 'it added a default route of its own'),
    set('families', ['ipv4'], 'it knew no other'),
    set('preferPrimary', keys['prefer-primary'], 'prefer-primary'),
    set('failbackDelay', '0s', 'it went back at once; 60s is calmer'),
    set('minDwell', '0s', 'the same'),
    set(
      'metricActive',
      metric,
      metric === keys.metric ? 'metric' : `metric, which must be at least ${leastMetric}`,
    ),
    ...(metric < usualStandbyBase
      ? []
      : [set('metricStandbyBase', metric + 1, 'it must be more than metricActive')]),
    ...(confirm.length === 0
      ? []
      : [block('confirm', [set('targets', confirm, 'primary-postping, standby-postping')])]),
  ];
}

const always = [
  needsNetAdmin,
  'With both lines down the last one keeps the default route (failover.lastResort: hold): imon took out both.',
  'Each line is asked by echoes that leave by it alone: imon asked by whichever had the default route.',
  'A default route of others is left alone. One whose metric is not greater than failover.metricActive is in the way, ' +
    'which the agent says at its start.',
  'A line that keeps going up and down is held back for a while; failover.flap: { penalty: 0 } turns that off.',
];

const ofPostping =
  'The hosts of postping are asked after each switch, whichever way it went; where one answered before and does so no ' +
  'more, the switch is taken back. Leave only hosts under confirm that both lines can reach.';

const nameless =
  'Where primary-name or standby-name is not given, the action script is told primary or standby.';

function otherwiseOf(keys: Failover): string[] {
  const isNameless = roles.some((role) => keys[`${role}-name`] === '');
  return [
    ...always,
    ...(postpings(keys).length === 0 ? [] : [ofPostping]),
    ...(isNameless ? [nameless] : []),
  ];
}

const nothing: Failovers = { sections: [], lost: [], otherwise: [], problems: [] };

export function failoverOf(keys: Failover | undefined): Failovers {
  if (keys === undefined) return nothing;
  const missing = needed.filter((key) => keys[key] === '');
  if (missing.length > 0 && !keys.enable) {
    const why = `is not enabled, and lacks ${missing.join(', ')}`;
    return { ...nothing, lost: [{ key: 'failover', why }] };
  }
  const message = "is missing; imon's failover needs it";
  const problems = missing.map((key) => ({ path: `failover.${key}`, message }));
  const names = uplinkNames(
    roles.map((role) => ({ title: keys[`${role}-name`], interface: keys[`${role}-if`], otherwise: role })),
  );
  const uplinks = roles.map((role, index) => uplinkLine(keys, role, names[index] ?? role, (index + 1) * 10));
  const about = keys.enable ? {} : { off: true, above: ['A comment for now: failover is not enabled.'] };
  const sections = [
    block('uplinks', uplinks, null, about),
    block('failover', failoverLines(keys), 'section failover', about),
  ];
  return { ...nothing, sections, otherwise: keys.enable ? otherwiseOf(keys) : [], problems };
}
