// The entities of how a monitor is, and of what happened to it.
import { eventTopic, statusTopic } from '../../shared/topics.ts';
import {
  type Component,
  type Components,
  available,
  binarySensor,
  diagnostic,
  event,
  sensor,
} from '../component.ts';
import { divided, eventOf, moment, object, onOff, text } from '../templates.ts';
import type { DescribedMonitor } from './described.ts';

export const condition = (agent: string, topic: string): Components => ({
  connectivity: binarySensor(null, topic, "{{ {'up': 'ON', 'down': 'OFF'}.get(value_json.state, none) }}", {
    device_class: 'connectivity',
  }),
  degraded: binarySensor('Degraded', topic, onOff('value_json.degraded'), {
    ...diagnostic,
    device_class: 'problem',
  }),
  // The wrong circuit, as a rule.
  unexpected: binarySensor(
    'Answer not as expected',
    topic,
    "{{ {true: 'ON', false: 'OFF'}.get(value_json.unexpected, none) }}",
    {
      ...diagnostic,
      device_class: 'problem',
      json_attributes_topic: topic,
      json_attributes_template: object({
        reason: 'value_json.reason',
        target: 'value_json.target',
        via: 'value_json.via',
      }),
    },
  ),
  // It says why, where the others are unavailable.
  reason: sensor('Reason', topic, text('reason'), {
    ...diagnostic,
    icon: 'mdi:text',
    ...available([statusTopic(agent)]),
  }),
  last_change: sensor('Last change', topic, moment('since'), { ...diagnostic, device_class: 'timestamp' }),
  last_probe: sensor('Last probe', topic, moment('at'), { ...diagnostic, device_class: 'timestamp' }),
  last_outage: sensor('Last outage', topic, moment('outageAt'), { device_class: 'timestamp' }),
  outage_length: sensor('Last outage length', topic, divided('outageMs', 1000), {
    device_class: 'duration',
    unit_of_measurement: 's',
    suggested_display_precision: 0,
  }),
});

const changes: Readonly<Record<string, string>> = {
  'monitor.up': "'up'",
  'monitor.down': "'down'",
  'monitor.degraded': "'degraded' if value_json.to == 'degraded' else 'normal'",
};
const changesOfEgress: Readonly<Record<string, string>> = {
  'egress.changed': "'address_changed'",
  'egress.unknown': "'address_unknown'",
};

/** Attributes leave the addresses of egress out: who wants them in the recorder turns their sensor on. */
export function happenings(agent: string, { name, kind }: DescribedMonitor): Component {
  const isEgress = kind === 'egress';
  const types = isEgress ? { ...changes, ...changesOfEgress } : changes;
  const words = ['up', 'down', 'degraded', 'normal'];
  const template = eventOf(types, `value_json.subject == '${name}'`, {
    from: "value_json.from if value_json.kind.startswith('monitor.') else none",
    to: "value_json.to if value_json.kind.startswith('monitor.') else none",
    reason: "value_json.evidence.get('reason')",
    outage_ms: "value_json.evidence.get('outageMs')",
  });
  return event('Event', eventTopic(agent), template, {
    event_types: isEgress ? [...words, 'address_changed', 'address_unknown'] : words,
    icon: 'mdi:bell-outline',
  });
}
