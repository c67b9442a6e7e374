// One interface of py-pingu's as an uplink. Pure.
import * as z from 'zod';
import { durationWords } from '../../../../shared/duration.ts';
import { type Line, block, set } from '../lines.ts';
import type { Circumstances, Lost, Program } from '../moved.ts';
import { notYet, runOf } from '../programs.ts';
import type { Rounds } from './fit.ts';

const graceOfPyPingu = 600;
const mostGrace = 7 * 86_400;
const resetTimeoutMs = 600_000;

export const Interface = z.looseObject({
  metric: z.int().min(0).optional(),
  count: z.int().min(1).default(5),
  max_lost: z.int().min(0).default(2),
  max_delay: z.number().min(1).default(1000),
  period: z.number().min(0.001).optional(),
  reset_script: z.string().nullish(),
  reset_script_grace_period: z.number().min(0).default(graceOfPyPingu),
});
export type InterfaceKeys = z.output<typeof Interface>;

interface Place {
  name: string;
  interface: string;
  priority: number;
}

interface Made {
  line: Line;
  programs: Program[];
  lost: Lost[];
}

type Keys = InterfaceKeys & Rounds;

function healthLines(keys: Keys, host: string): Line[] {
  const every = durationWords(keys.intervalMs);
  const delay = Math.min(keys.max_delay, 60_000);
  const { lossPercent } = keys;
  const loss = lossPercent === 0 ? { fail: 0 } : { fail: lossPercent, recover: lossPercent };
  return [
    set('targets', [host], 'host'),
    set(
      'sendInterval',
      every,
      keys.limited ? 'period / count, which may be 500ms to 1h here' : 'period / count',
    ),
    set('standbyInterval', every, 'the same: all lines were asked alike'),
    set('window', keys.window, 'count'),
    set('down', keys.down, 'max_lost + 1'),
    set('up', keys.up, 'count - max_lost'),
    set('loss', loss, 'max_lost of count'),
    set(
      'latency',
      { fail: delay, recover: delay },
      delay === keys.max_delay ? 'max_delay' : 'max_delay, at most 60000 here',
    ),
  ];
}

function resetLine(
  keys: Keys,
  name: string,
  circumstances: Circumstances,
): Pick<Made, 'programs'> & { lines: Line[] } {
  const { reset_script: path, reset_script_grace_period: grace } = keys;
  if (path == null || path === '') return { lines: [], programs: [] };
  const use = `the reset script of ${name}`;
  const program = { path, use, name: `reset-${name}`, hasArguments: false, timeoutMs: resetTimeoutMs };
  const { lines, problem } = runOf(program, 'reset_script', circumstances);
  const all = [
    ...lines,
    set('after', 1, 'it ran at the first check that failed'),
    set('grace', durationWords(Math.round(Math.min(grace, mostGrace) * 1000)), 'reset_script_grace_period'),
  ];
  const about = problem === null ? {} : { off: true, above: [notYet(problem)] };
  return { lines: [block('reset', all, null, about)], programs: [program] };
}

export function uplinkOf(place: Place, keys: Keys, host: string, circumstances: Circumstances): Made {
  const { name, priority } = place;
  const { lines, programs } = resetLine(keys, name, circumstances);
  const without = 'has none: py-pingu could not use this interface; it comes last';
  const line = block(
    name,
    [
      ...(name === place.interface ? [] : [set('title', place.interface, 'interfaces')]),
      set('interface', place.interface, 'interfaces'),
      set('priority', priority, keys.metric === undefined ? 'there was no metric' : 'metric'),
      ...healthLines(keys, host),
      ...lines,
    ],
    null,
  );
  const lost =
    keys.metric === undefined ? [{ key: `interfaces.${place.interface}.metric`, why: without }] : [];
  return { line, programs, lost };
}
