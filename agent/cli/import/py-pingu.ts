// py-pingu's configuration as uplinks and failover. Pure.
import * as z from 'zod';
import { parseWith } from '../../../shared/issues.ts';
import { hostTarget } from '../../../shared/target.ts';
import { defaultFailover } from '../../config/failover.ts';
import { routeProto } from '../../config/failover/numbers.ts';
import { type Line, block, set, yamlText } from './lines.ts';
import {
  type Circumstances,
  type Lost,
  type Move,
  type Program,
  endWords,
  needsNetAdmin,
  strangers,
} from './moved.ts';
import { uplinkNames } from './names.ts';
import { fit } from './py-pingu/fit.ts';
import { Interface, type InterfaceKeys, uplinkOf } from './py-pingu/uplink.ts';

const File = z.looseObject({
  host: hostTarget,
  proto: z.int().min(0).max(255).default(89),
  period: z.number().min(0.001).default(5),
  gateways_file: z.string().nullish(),
  interfaces: z
    .record(z.string(), Interface)
    .refine((interfaces) => Object.keys(interfaces).length > 0, { error: 'has no interface' }),
});
type File = z.output<typeof File>;

/** By these a file is known as py-pingu's. */
export const pyPinguKeys: readonly string[] = Object.keys(File.shape);

const otherwise = [
  needsNetAdmin,
  'Echoes are spread over the period and judged as they come, so that an outage is found sooner than at the next check.',
  'With all lines bad the last one is kept (failover.lastResort: hold): py-pingu left no default route at all.',
  'A line that lets too much through late or not at all is used where no better one is left.',
  'A line that keeps going up and down is held back for a while; failover.flap: { penalty: 0 } turns that off.',
  'A reset script runs only where the line has carrier, address and gateway and is silent all the same, and after the ' +
    'routes are changed.',
  'Default routes that were there before are put back at the end; IPv6 is left alone, as by py-pingu.',
  'One host decides for all lines; with a second one under targets, its own outage is told from theirs.',
];

function failoverLines({ proto }: File): Line[] {
  const refused = !routeProto.safeParse(proto).success;
  return [
    set('mode', 'capture', 'it takes the default routes of others out, and keeps them'),
    set('families', ['ipv4'], 'it knew no other'),
    ...(refused
      ? [
          set(
            'routeProto',
            defaultFailover.routeProto,
            `proto ${proto} is that of another program, which this must not be`,
          ),
        ]
      : [set('routeProto', proto, 'proto')]),
    set('failbackDelay', '0s', 'it went back at once; 60s is calmer'),
    set('minDwell', '0s', 'the same'),
  ];
}

const head = (file: string): string[] => [
  `Made by pathproof import py-pingu from ${file}. Behind each key stands the one it comes from.`,
  'Where no key is, it says why: "it" is py-pingu.',
  'metric has become priority: the line in force has the route of metric 5 (failover.metricActive), each other good line',
  'one of metric 20000 (failover.metricStandbyBase) and its place in this file.',
];

function lostOf(read: File): Lost[] {
  const interfaces = Object.entries(read.interfaces);
  const gateways = 'the routes that are taken out are written to STATE_DIR by themselves';
  return [
    ...(read.gateways_file == null ? [] : [{ key: 'gateways_file', why: gateways }]),
    ...strangers(read, pyPinguKeys, '', 'py-pingu'),
    ...interfaces.flatMap(([name, one]) =>
      strangers(one, Object.keys(Interface.shape), `interfaces.${name}.`, 'py-pingu'),
    ),
  ];
}

/** As they are if they can be priorities, else their order. */
function prioritiesOf(interfaces: readonly InterfaceKeys[]): number[] {
  const metrics = interfaces.map(({ metric }) => metric ?? Infinity);
  if (metrics.every((metric) => metric <= 1000)) return metrics;
  const sorted = [...new Set(metrics)].sort((a, b) => a - b);
  return metrics.map((metric) => (sorted.indexOf(metric) + 1) * 10);
}

export function movePyPingu(content: object, circumstances: Circumstances, odd: readonly string[]): Move {
  const parsed = parseWith(File, content);
  if (!parsed.ok) return parsed;
  const read = parsed.value;
  const interfaces = Object.entries(read.interfaces);
  const names = uplinkNames(
    interfaces.map(([name], index) => ({ title: name, interface: name, otherwise: `line-${index + 1}` })),
  );
  const priorities = prioritiesOf(interfaces.map(([, keys]) => keys));
  const programs: Program[] = [];
  const lost = lostOf(read);
  const uplinks = interfaces.map(([name, keys], index) => {
    const place = { name: names[index] ?? name, interface: name, priority: priorities[index] ?? 100 };
    const made = uplinkOf(place, { ...keys, ...fit(keys, read.period) }, read.host, circumstances);
    programs.push(...made.programs);
    lost.push(...made.lost);
    return made.line;
  });
  const sections = [block('uplinks', uplinks), block('failover', failoverLines(read))];
  const differs = [...odd, ...otherwise];
  const text = yamlText(head(circumstances.file), sections, endWords(lost, differs));
  return { ok: true, moved: { text, lost, otherwise: differs, programs } };
}
