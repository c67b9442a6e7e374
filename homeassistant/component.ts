// What an entity of Home Assistant is made from: one component of a device's discovery message.
// https://www.home-assistant.io/integrations/mqtt/#device-discovery-payload

export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };

export interface Component {
  platform: string;
  [key: string]: Json;
}

/** Components by their ids. */
export type Components = Record<string, Component>;

/** Where an entity's device tells whether the entity can be believed: all of these must say `online`. */
export const available = (topics: readonly string[]): { availability: Json; availability_mode: 'all' } => ({
  availability: topics.map((topic) => ({
    topic,
    payload_available: 'online',
    payload_not_available: 'offline',
  })),
  availability_mode: 'all',
});

export const diagnostic = { entity_category: 'diagnostic' } as const;

type Entity = (
  name: string | null,
  topic: string,
  template: string,
  more?: Record<string, Json>,
) => Component;

const reading =
  (platform: string): Entity =>
  (name, topic, template, more = {}) => ({
    platform,
    name,
    state_topic: topic,
    value_template: template,
    ...more,
  });

export const sensor = reading('sensor');
export const binarySensor = reading('binary_sensor');
export const event = reading('event');
export const update = reading('update');

/** A length of time that is measured: a round trip, say. */
export const milliseconds = (
  name: string,
  topic: string,
  key: string,
  more?: Record<string, Json>,
): Component =>
  sensor(name, topic, `{{ value_json.${key} }}`, {
    device_class: 'duration',
    state_class: 'measurement',
    unit_of_measurement: 'ms',
    // Home Assistant shows none of a duration's decimals in ms otherwise.
    suggested_display_precision: 1,
    ...more,
  });

export const packetLoss = (topic: string): Component =>
  sensor('Packet loss', topic, '{{ value_json.lossPercent }}', {
    state_class: 'measurement',
    unit_of_measurement: '%',
    icon: 'mdi:package-variant-remove',
  });

/** Each component with what Home Assistant takes from it alone: its identity for ever, and its quality of service. */
export const identified = (objectId: string, components: Components): Components =>
  Object.fromEntries(
    Object.entries(components).map(([id, component]) => [
      id,
      { ...component, unique_id: `${objectId}_${id}`, qos: 1 },
    ]),
  );
