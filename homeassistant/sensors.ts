// The entities of a monitor: what its kind of probe measures, how it is, and what can be asked of it.
import type { Kind } from '../shared/request.ts';
import { eventTopic, monitorCommandTopic, monitorStateTopic, statusTopic } from '../shared/topics.ts';
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
import { divided, eventOf, moment, network, object, onOff, text } from './templates.ts';

export interface DescribedMonitor {
  name: string;
  title: string;
  kind: Kind;
  /** Whether a calendar says when it runs: then there is no interval to set. */
  cron: boolean;
}

const roundTrips = (topic: string): Components => ({
  rtt_min: milliseconds('RTT minimum', topic, 'minMs'),
  rtt: milliseconds('RTT average', topic, 'rttMs'),
  rtt_max: milliseconds('RTT maximum', topic, 'maxMs'),
  jitter: milliseconds('Jitter', topic, 'jitterMs', diagnostic),
  loss: packetLoss(topic),
});

// The agent cuts the route so that these attributes stay below the 16 KiB that the recorder keeps.
const hops = (topic: string): Component =>
  sensor('Hops', topic, '{{ value_json.hopCount }}', {
    state_class: 'measurement',
    unit_of_measurement: 'hops',
    icon: 'mdi:routes',
    json_attributes_topic: topic,
    json_attributes_template: object({
      hops: 'value_json.route or []',
      target: 'value_json.target',
      via: 'value_json.via',
    }),
  });

const organisation = (topic: string): Component =>
  sensor('Network', topic, network, { ...diagnostic, icon: 'mdi:lan' });

/** What each kind of probe measures. */
const measured: Readonly<Record<Kind, (topic: string) => Components>> = {
  ping: roundTrips,
  traceroute: (topic) => ({ ...roundTrips(topic), hops: hops(topic) }),
  dns: (topic) => ({ rtt: milliseconds('Answer time', topic, 'rttMs') }),
  http: (topic) => ({
    rtt: milliseconds('Answer time', topic, 'rttMs'),
    status_code: sensor('Status code', topic, '{{ value_json.statusCode }}', {
      ...diagnostic,
      icon: 'mdi:web',
    }),
    certificate: sensor('Certificate days left', topic, '{{ value_json.certificateDaysLeft }}', {
      ...diagnostic,
      device_class: 'duration',
      state_class: 'measurement',
      unit_of_measurement: 'd',
      suggested_display_precision: 0,
    }),
  }),
  egress: (topic) => ({
    rtt: milliseconds('Answer time', topic, 'rttMs'),
    network: organisation(topic),
    public_address: publicAddress(topic),
  }),
};

/** Off until someone wants it: it says where a person lives, and the recorder keeps it. */
export const publicAddress = (topic: string): Component =>
  sensor('Public address', topic, text('publicAddress'), {
    ...diagnostic,
    icon: 'mdi:ip-network',
    enabled_by_default: false,
  });

const condition = (agent: string, topic: string): Components => ({
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
function happenings(agent: string, { name, kind }: DescribedMonitor): Component {
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

/** What can be asked and set stays so while the probe itself can't be run. */
function controls(agent: string, { name, cron }: DescribedMonitor, topic: string): Components {
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

export function monitorComponents(agent: string, monitor: DescribedMonitor): Components {
  const topic = monitorStateTopic(agent, monitor.name);
  return {
    ...condition(agent, topic),
    ...measured[monitor.kind](topic),
    event: happenings(agent, monitor),
    ...controls(agent, monitor, topic),
  };
}
