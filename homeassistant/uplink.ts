// The entities of an uplink: whether it is there, who the world takes it for, what of its data is used, its health.
import { statusTopic, uplinkStateTopic } from '../shared/topics.ts';
import { type Component, type Components, available, binarySensor, diagnostic, sensor } from './component.ts';
import { healthComponents } from './health.ts';
import { publicAddress } from './monitor/measured.ts';
import { divided, moment, network, text } from './templates.ts';

export interface DescribedUplink {
  name: string;
  title: string;
  metered: boolean;
  hasLimit: boolean;
  /** Whether its health is asked for, by echoes. */
  measured: boolean;
}

const megabytes = (name: string, topic: string, key: string, icon: string): Component =>
  sensor(name, topic, divided(key, 1_000_000), {
    device_class: 'data_size',
    unit_of_measurement: 'MB',
    suggested_display_precision: 1,
    icon,
  });

/** Empty where no period has begun: that is passed over, where `None` would be complained of. */
const periodBegan = `{% if value_json.dataSince is not none %}${moment('dataSince')}{% endif %}`;

const data = (topic: string): Components => ({
  data_used: {
    ...megabytes('Data used', topic, 'dataUsedBytes', 'mdi:chart-donut'),
    state_class: 'total',
    last_reset_value_template: periodBegan,
  },
  data_left: megabytes('Data left', topic, 'dataLeftBytes', 'mdi:sim-outline'),
});

const cost = (topic: string): Components => ({
  expected_monthly: {
    ...megabytes('Expected monthly data of probes', topic, 'expectedMonthlyBytes', 'mdi:calculator'),
    ...diagnostic,
  },
});

export function uplinkComponents(agent: string, uplink: DescribedUplink): Components {
  const { name, metered, hasLimit, measured } = uplink;
  const topic = uplinkStateTopic(agent, name);
  const components: Components = {
    // A modem that has gone is off, and what it has used is known: neither is unavailable then.
    connectivity: {
      ...binarySensor(null, topic, "{{ 'ON' if value_json.state == 'up' else 'OFF' }}", {
        device_class: 'connectivity',
      }),
      ...available([statusTopic(agent)]),
    },
    condition: sensor('Condition', topic, '{{ value_json.state }}', {
      ...diagnostic,
      device_class: 'enum',
      options: ['up', 'down', 'no carrier', 'no address', 'missing'],
      ...available([statusTopic(agent)]),
    }),
    public_address: publicAddress(topic),
    network: sensor('Network', topic, network, { ...diagnostic, icon: 'mdi:lan' }),
    gateway: sensor('Gateway', topic, text('gateway'), { ...diagnostic, icon: 'mdi:router-network' }),
    interface: sensor('Interface', topic, text('interface'), { ...diagnostic, icon: 'mdi:ethernet' }),
    ...(measured ? healthComponents(agent, name, topic) : {}),
  };
  const figures = { ...(hasLimit ? data(topic) : {}), ...(metered || hasLimit ? cost(topic) : {}) };
  for (const [id, component] of Object.entries(figures)) {
    components[id] = { ...component, ...available([statusTopic(agent)]) };
  }
  return components;
}
