// The entities of what can be asked of a monitor.
import { monitorCommandTopic, statusTopic } from '../../shared/topics.ts';
import { type Component, type Components, available } from '../component.ts';
import { divided, onOff } from '../templates.ts';
import type { DescribedMonitor } from './described.ts';

/** What can be asked and set stays so while the probe itself can't be run. */
export function controls(agent: string, { name, cron }: DescribedMonitor, topic: string): Components {
  const reachable = available([statusTopic(agent)]);
  const enabled: Component = {
    platform: 'switch',
    name: 'Enabled',
    state_topic: topic,
    value_template: onOff('value_json.enabled'),
    command_topic: monitorCommandTopic(agent, name, 'enabled/set'),
    payload_on: 'ON',
    payload_off: 'OFF',
    entity_category: 'config',
    icon: 'mdi:timer-play-outline',
    ...reachable,
  };
  const interval: Component = {
    platform: 'number',
    name: 'Interval',
    state_topic: topic,
    value_template: divided('intervalMs', 1000),
    command_topic: monitorCommandTopic(agent, name, 'interval/set'),
    device_class: 'duration',
    unit_of_measurement: 's',
    min: 1,
    max: 2_678_400,
    step: 1,
    mode: 'box',
    entity_category: 'config',
    ...reachable,
  };
  const run: Component = {
    platform: 'button',
    name: 'Run now',
    command_topic: monitorCommandTopic(agent, name, 'run'),
    payload_press: 'PRESS',
    icon: 'mdi:play',
    ...reachable,
  };
  return { run, enabled, ...(cron ? {} : { interval }) };
}
