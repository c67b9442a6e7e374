// The entities of failover, on the agent's device: which uplink is in use, what can be asked of it, what it did.
import { modes } from '../shared/failover.ts';
import { eventTopic, failoverSetTopic, failoverStateTopic, statusTopic } from '../shared/topics.ts';
import { type Component, type Components, available, diagnostic, event, sensor } from './component.ts';
import { eventOf, object, text } from './templates.ts';

const types = {
  'failover.switched': "'switched'",
  // Its targets may just as well not have answered.
  'failover.confirmed': "'confirmed' if value_json.evidence.get('online') else 'unconfirmed'",
  'failover.rolledBack': "'rolled_back'",
  'failover.allDown': "'all_down'",
};

/** Unknown where an uplink is forced that is no option (any more): Home Assistant would log each such state. */
function choice(agent: string, uplinks: readonly string[]): Component {
  const options = [...uplinks, 'auto'];
  const words = options.map((option) => `'${option}'`).join(', ');
  return {
    platform: 'select',
    name: 'Active uplink',
    state_topic: failoverStateTopic(agent),
    value_template:
      "{% set chosen = value_json.forced.uplink if value_json.forced else 'auto' %}" +
      `{{ chosen if chosen in [${words}] else none }}`,
    command_topic: failoverSetTopic(agent),
    options,
    icon: 'mdi:swap-horizontal',
  };
}

/** `uplinks` are the names of those that can be chosen. */
export function failoverComponents(agent: string, uplinks: readonly string[]): Components {
  const topic = failoverStateTopic(agent);
  const reachable = available([statusTopic(agent)]);
  return {
    active_uplink: { ...choice(agent, uplinks), ...reachable },
    uplink_in_use: sensor('Uplink in use', topic, text('active'), {
      icon: 'mdi:routes',
      json_attributes_topic: topic,
      json_attributes_template: object({
        desired: 'value_json.desired',
        reason: 'value_json.reason',
        problem: 'value_json.problem',
      }),
      ...reachable,
    }),
    failover_mode: sensor('Failover mode', topic, '{{ value_json.mode }}', {
      ...diagnostic,
      device_class: 'enum',
      options: [...modes],
      ...reachable,
    }),
    failover_event: event(
      'Failover',
      eventTopic(agent),
      eventOf(types, 'true', {
        from: 'value_json.from',
        to: 'value_json.to',
        reason: "value_json.evidence.get('reason')",
      }),
      {
        event_types: ['switched', 'confirmed', 'unconfirmed', 'rolled_back', 'all_down'],
        icon: 'mdi:swap-horizontal-bold',
        ...reachable,
      },
    ),
  };
}
