// The entities of a monitor: what its kind of probe measures, how it is, and what can be asked of it.
import { monitorStateTopic } from '../shared/topics.ts';
import type { Components } from './component.ts';
import { condition, happenings } from './monitor/condition.ts';
import { controls } from './monitor/controls.ts';
import type { DescribedMonitor } from './monitor/described.ts';
import { measured } from './monitor/measured.ts';

export function monitorComponents(agent: string, monitor: DescribedMonitor): Components {
  const topic = monitorStateTopic(agent, monitor.name);
  return {
    ...condition(agent, topic),
    ...measured[monitor.kind](topic),
    event: happenings(agent, monitor),
    ...controls(agent, monitor, topic),
  };
}
