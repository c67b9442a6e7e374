// The entities of an uplink's health, apart from the state of its link: who answers through it, where the fault lies.
import { healths, places } from '../shared/failover.ts';
import { eventTopic, statusTopic } from '../shared/topics.ts';
import {
  type Component,
  type Components,
  available,
  binarySensor,
  diagnostic,
  event,
  milliseconds,
  packetLoss,
  sensor,
} from './component.ts';
import { eventOf, object } from './templates.ts';

const types = {
  'uplink.up': "'up'",
  'uplink.down': "'down'",
  'uplink.degraded': "'degraded'",
  'uplink.suppressed': "'suppressed'",
};

function happenings(agent: string, name: string): Component {
  const template = eventOf(types, `value_json.subject == '${name}'`, {
    from: 'value_json.from',
    to: 'value_json.to',
    place: "value_json.evidence.get('place')",
    reason: "value_json.evidence.get('reason')",
  });
  return event('Event', eventTopic(agent), template, {
    event_types: ['up', 'down', 'degraded', 'suppressed'],
    icon: 'mdi:bell-outline',
  });
}

const reachable =
  "{{ {'up': 'ON', 'degraded': 'ON', 'recovering': 'ON', 'down': 'OFF'}.get(value_json.health, none) }}";

/** `none` where all is well: where nobody knows it is unknown. */
const fault =
  "{{ value_json.place or ('none' if value_json.health in ['up', 'degraded', 'recovering'] else none) }}";

const active = "{{ none if value_json.health is none else 'ON' if value_json.active else 'OFF' }}";

const ofFamily = (family: 'ipv4' | 'ipv6', key: 'health' | 'reason'): string =>
  `value_json.families.${family}.${key} if value_json.families.${family} else none`;

/** None of them is unavailable where the interface is gone: that it is down is then what they say. */
export function healthComponents(agent: string, name: string, topic: string): Components {
  const components: Components = {
    reachable: binarySensor('Reachable', topic, reachable, { device_class: 'connectivity' }),
    health: sensor('Health', topic, '{{ value_json.health }}', {
      device_class: 'enum',
      options: [...healths],
      json_attributes_topic: topic,
      json_attributes_template: object({
        ipv4: ofFamily('ipv4', 'health'),
        ipv4_reason: ofFamily('ipv4', 'reason'),
        ipv6: ofFamily('ipv6', 'health'),
        ipv6_reason: ofFamily('ipv6', 'reason'),
        suppressed: 'value_json.suppressed',
      }),
    }),
    fault: sensor('Fault', topic, fault, { device_class: 'enum', options: ['none', ...places] }),
    active: binarySensor('Active', topic, active, { icon: 'mdi:routes' }),
    loss: packetLoss(topic),
    rtt: milliseconds('Latency', topic, 'rttMs'),
    jitter: milliseconds('Jitter', topic, 'jitterMs', diagnostic),
    event: happenings(agent, name),
  };
  const always = available([statusTopic(agent)]);
  return Object.fromEntries(
    Object.entries(components).map(([id, component]) => [id, { ...component, ...always }]),
  );
}
