// The entities of what each kind of probe measures.
import type { Kind } from '../../shared/request.ts';
import {
  type Component,
  type Components,
  diagnostic,
  milliseconds,
  packetLoss,
  sensor,
} from '../component.ts';
import { network, object, text } from '../templates.ts';

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

/** Off until someone wants it: it says where a person lives, and the recorder keeps it. */
export const publicAddress = (topic: string): Component =>
  sensor('Public address', topic, text('publicAddress'), {
    ...diagnostic,
    icon: 'mdi:ip-network',
    enabled_by_default: false,
  });

/** By kind of probe, for a monitor's topic. */
export const measured: Readonly<Record<Kind, (topic: string) => Components>> = {
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
