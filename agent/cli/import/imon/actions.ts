// imon's action script, started for the same events with the same arguments. Pure.
import type { EventKind } from '../../../../shared/event.ts';
import { type Line, list, set } from '../lines.ts';
import type { Circumstances, Program } from '../moved.ts';
import { fitName } from '../names.ts';
import { notYet, runOf } from '../programs.ts';

const timeoutMs = 300_000;

interface Caller {
  /** The section that starts the script, and the monitor that it has become; null for failover. */
  monitor: 'updown' | 'ddns' | 'ping' | null;
  on: readonly EventKind[];
}

const callers: readonly Caller[] = [
  { monitor: 'updown', on: ['monitor.down', 'monitor.up'] },
  { monitor: 'ddns', on: ['egress.changed', 'egress.unknown'] },
  { monitor: 'ping', on: ['probe.result'] },
  {
    monitor: null,
    on: ['failover.initial', 'failover.switched', 'failover.confirmed', 'failover.allDown'],
  },
];

/** `present` has the sections that have become something. */
export function actionsOf(
  path: string,
  instance: string,
  present: readonly string[],
  circumstances: Circumstances,
): { sections: Line[]; programs: Program[] } {
  const calling = callers.filter(({ monitor }) => present.includes(monitor ?? 'failover'));
  if (path === '' || calling.length === 0) return { sections: [], programs: [] };
  const use = `imon's action script (instance ${instance})`;
  const name = `imon-${fitName(instance) ?? 'main'}`;
  const program = { path, use, name, hasArguments: true, timeoutMs };
  const { lines, problem } = runOf(program, 'global.action', circumstances);
  const sets = calling.map(({ monitor, on }) => [
    set('on', on, `section ${monitor ?? 'failover'}`),
    ...(monitor === null ? [] : [set('subject', monitor)]),
    ...lines,
    set('format', 'imon'),
    set('instance', instance, 'the instance'),
  ]);
  const about = problem === null ? {} : { off: true, above: [notYet(problem)] };
  return { sections: [list('actions', sets, about)], programs: [program] };
}
