// The judge of discovery messages, judged: what it must refuse, each for its own reason.
import { describe, expect, it } from 'vitest';
import { outcomes } from '../../fixtures/homeassistant/templates.ts';
import { type Message, messageProblems, messagesProblems } from '../../fixtures/homeassistant/validator.ts';

type Json = string | number | boolean | null | Json[] | { [key: string]: Json };
type Tree = Record<string, Json>;

const availability = [{ topic: 'pathproof/pi/status' }, { topic: 'pathproof/pi/monitor/a/availability' }];
const rest = (id: string) => ({ unique_id: `pi_a_${id}`, qos: 1 });
const state = { state_topic: 'pathproof/pi/monitor/a/state' };

const good = (): Record<string, Tree> & { components: Record<string, Tree> } => ({
  device: { identifiers: ['pi_a'], name: 'pi a', via_device: 'pi' },
  origin: { name: 'pathproof', sw_version: '1' },
  components: {
    up: { platform: 'binary_sensor', name: null, device_class: 'connectivity', ...state, ...rest('up') },
    rtt: {
      platform: 'sensor', name: 'RTT', device_class: 'duration', state_class: 'measurement',
      unit_of_measurement: 'ms', value_template: '{{ value_json.rttMs }}', icon: 'mdi:timer', ...state, ...rest('rtt'),
    },
    data: {
      platform: 'sensor', name: 'Data', device_class: 'data_size', state_class: 'total', unit_of_measurement: 'MB',
      value_template: '{{ value_json.bytes }}', last_reset_value_template: '{{ value_json.since }}', ...state, ...rest('data'),
    },
    at: { platform: 'sensor', name: 'At', device_class: 'timestamp', value_template: '{{ value_json.at }}', ...state, ...rest('at') },
    kind: { platform: 'sensor', name: 'Kind', device_class: 'enum', options: ['a', 'b'], value_template: '{{ value_json.kind }}', ...state, ...rest('kind') },
    event: { platform: 'event', name: 'Event', event_types: ['up'], value_template: '{{ value }}', state_topic: 'pathproof/pi/event', ...rest('event') },
    run: { platform: 'button', name: 'Run', command_topic: 'pathproof/pi/run', ...rest('run') },
    on: { platform: 'switch', name: 'On', command_topic: 'pathproof/pi/on', entity_category: 'config', ...state, ...rest('on') },
    every: { platform: 'number', name: 'Every', command_topic: 'pathproof/pi/every', min: 1, max: 9, step: 1, mode: 'box', ...state, ...rest('every') },
    gone: { platform: 'select' },
  },
}); // prettier-ignore

const base = { availability, availability_mode: 'all' };
const topic = 'homeassistant/device/pi_a/config';
const asMessage = (payload: unknown, where = topic): Message => ({
  topic: where,
  payload: JSON.stringify(payload),
});

/** The good one, with these keys of a component set; undefined takes one away. */
function withComponent(id: string, keys: Record<string, Json | undefined>): unknown {
  const { components, ...others } = good();
  return { ...base, ...others, components: { ...components, [id]: { ...components[id], ...keys } } };
}
const withTop = (keys: Record<string, Json | undefined>): unknown => ({ ...base, ...good(), ...keys });
const withDevice = (keys: Record<string, Json | undefined>): unknown => ({
  ...base,
  ...good(),
  device: { ...good()['device'], ...keys },
});

describe('a discovery message', () => {
  it('that is good passes', () => {
    expect(messageProblems(asMessage(withTop({})))).toEqual([]);
  });

  it.each<[what: string, payload: unknown, problem: RegExp]>([
    ['an unknown key', withTop({ state: 1 }), /Unrecognized key: "state"/],
    ['a base topic', withTop({ '~': 'pathproof/pi' }), /Unrecognized key: "~"/],
    ['a quality of service for all', withTop({ qos: 1 }), /Unrecognized key: "qos"/],
    ['no origin', withTop({ origin: undefined }), /^origin: /],
    ['an origin without a name', withTop({ origin: { sw_version: '1' } }), /^origin\.name: /],
    ['components as a list', withTop({ components: [] }), /^components: /],
    ['no components', withTop({ components: {} }), /no components/],
    ['the single availability topic', withTop({ availability_topic: 'a' }), /availability_topic/],
    ['several availabilities and no mode', withTop({ availability_mode: undefined }), /need the mode all/],
    ['the mode latest', withTop({ availability_mode: 'latest' }), /need the mode all/],
    ['an availability topic twice', withTop({ availability: [availability[0] ?? null, availability[0] ?? null] }), /availability topic twice/],
    ['a misnamed key of availability', withTop({ availability: [{ topic: 'a', payload_online: 'x' }] }), /payload_online/],
    ['no name', withDevice({ name: undefined }), /^device\.name: /],
    ['no identifiers', withDevice({ identifiers: [] }), /^device\.identifiers: /],
    ['a MAC address', withDevice({ connections: [['mac', '00:00:5e:00:53:01']] }), /"connections"/],
    ['via_device as a pair', withDevice({ via_device: ['mqtt', 'pi'] }), /^device\.via_device: /],
    ['a device below itself', withDevice({ via_device: 'pi_a' }), /below itself/],
    ['half a URL', withDevice({ configuration_url: 'pi.lan' }), /^device\.configuration_url: /],
    ['an area', withDevice({ suggested_area: 'Cellar' }), /"suggested_area"/],
    ['a platform that is none', withComponent('rtt', { platform: 'sensors' }), /^components\.rtt\.platform: /],
    ['no unique_id', withComponent('rtt', { unique_id: undefined }), /^components\.rtt\.unique_id: /],
    ['no name of an entity', withComponent('rtt', { name: undefined }), /^components\.rtt\.name: /],
    ['no quality of service', withComponent('rtt', { qos: undefined }), /^components\.rtt\.qos: /],
    ['an unknown key of a component', withComponent('rtt', { unit: 'ms' }), /"unit"/],
    ['an abbreviation', withComponent('rtt', { stat_t: 'a' }), /"stat_t"/],
    ['object_id', withComponent('rtt', { object_id: 'rtt' }), /"object_id"/],
    ['has_entity_name', withComponent('rtt', { has_entity_name: true }), /"has_entity_name"/],
    ['expire_after on what is retained', withComponent('rtt', { expire_after: 60 }), /"expire_after"/],
    ['an entity id of another platform', withComponent('rtt', { default_entity_id: 'switch.rtt' }), /another platform/],
    ['a blank in a component id', withComponent('a b', { platform: 'select' }), /^components\.a b: /],
    ['a wildcard', withComponent('run', { command_topic: 'pathproof/+/run' }), /^components\.run\.command_topic: /],
    ['a retained command', withComponent('run', { retain: true }), /^components\.run\.retain: /],
    ['an icon of its own', withComponent('rtt', { icon: 'timer' }), /^components\.rtt\.icon: /],
    ['a sensor to configure', withComponent('rtt', { entity_category: 'config' }), /^components\.rtt\.entity_category: /],
    ['a unit of another class', withComponent('rtt', { unit_of_measurement: 'KB' }), /unit KB of device_class duration/],
    ['a unit in other letters', withComponent('data', { unit_of_measurement: 'KB' }), /unit KB of device_class data_size/],
    ['no unit', withComponent('rtt', { unit_of_measurement: undefined }), /duration without a unit/],
    ['a class that does not fit loss', withComponent('rtt', { device_class: 'power_factor' }), /^components\.rtt\.device_class: /],
    ['a state class that is none', withComponent('rtt', { state_class: 'average' }), /^components\.rtt\.state_class: /],
    ['a state class of a moment', withComponent('at', { state_class: 'measurement' }), /state_class measurement of device_class timestamp/],
    ['a unit of a moment', withComponent('at', { unit_of_measurement: 's' }), /unit s of device_class timestamp/],
    ['a reset without a total', withComponent('data', { state_class: 'total_increasing' }), /without state_class total/],
    ['options of what is no enum', withComponent('rtt', { options: ['a'] }), /need each other/],
    ['an enum without options', withComponent('kind', { options: undefined }), /need each other/],
    ['no options', withComponent('kind', { options: [] }), /^components\.kind\.options: /],
    ['a unit of an enum', withComponent('kind', { unit_of_measurement: 's' }), /unit s of device_class enum/],
    ['an event of class null', withComponent('event', { device_class: null }), /^components\.event\.device_class: /],
    ['an event without types', withComponent('event', { event_types: undefined }), /^components\.event\.event_types: /],
    ['an event of no types', withComponent('event', { event_types: [] }), /^components\.event\.event_types: /],
    ['an event without its topic', withComponent('event', { state_topic: undefined }), /^components\.event\.state_topic: /],
    ['a switch without its state', withComponent('on', { state_topic: undefined }), /^components\.on\.state_topic: /],
    ['a number of no range', withComponent('every', { min: 9 }), /min is not below max/],
    ['a number of no mode', withComponent('every', { mode: 'knob' }), /^components\.every\.mode: /],
    ['a second main entity', withComponent('rtt', { name: null }), /not exactly one component/],
    ['no main entity', withComponent('up', { name: 'Up' }), /not exactly one component/],
    ["the device's name again", withComponent('rtt', { name: 'pi a RTT' }), /repeats the device's/],
    ['a name twice', withComponent('at', { name: 'RTT' }), /the name sensor RTT twice/],
    ['attributes from nowhere', withComponent('rtt', { json_attributes_template: '{{ {} }}' }), /without json_attributes_topic/],
    ['a tombstone that is more', withComponent('gone', { name: 'Gone' }), /^components\.gone/],
  ])('with %s is refused', (_what, payload, problem) => {
    expect(messageProblems(asMessage(payload)).join('\n')).toMatch(new RegExp(problem.source, 'm'));
  }); // prettier-ignore

  it.each([
    ['a dot', 'homeassistant/device/pi.a/config'],
    ['a node', 'homeassistant/device/node/pi_a/config'],
    ['a single component', 'homeassistant/sensor/pi_a/config'],
    ['a wildcard', '+/device/pi_a/config'],
  ])('on a topic with %s is refused', (_what, where) => {
    expect(messageProblems(asMessage(withTop({}), where))).toEqual([`topic ${where}`]);
  });

  it('that is no JSON, or too large, is refused', () => {
    expect(messageProblems({ topic, payload: '{' })).toEqual(['no JSON']);
    const large = withDevice({ model: 'x'.repeat(70_000) });
    expect(messageProblems(asMessage(large))).toEqual(['larger than a message may be']);
  });
});

it('messages that share what only one may have, or hang below nobody, are refused', () => {
  const one = asMessage(withTop({}));
  expect(messagesProblems([one, one])).toEqual(
    expect.arrayContaining([
      'identifier pi_a twice',
      `topic ${topic} twice`,
      'device name pi a twice',
      'unique_id sensor pi_a_rtt twice',
      'via_device pi is nobody',
    ]),
  );
});

describe('a template', () => {
  const judged = (id: string, keys: Record<string, Json>, payload: unknown): (string | null)[] => {
    const states = new Map([
      ['pathproof/pi/monitor/a/state', [JSON.stringify(payload)]],
      ['pathproof/pi/event', [JSON.stringify(payload)]],
    ]);
    return outcomes([asMessage(withComponent(id, keys))], states)
      .filter(({ where }) => where.startsWith(`pi a.${id}`))
      .map(({ problem }) => problem);
  };

  it.each<[what: string, id: string, template: string, problem: string | null]>([
    ['a number', 'rtt', '{{ value_json.n }}', null],
    ['null', 'rtt', '{{ value_json.null }}', null],
    ['a text for a number', 'rtt', '{{ value_json.text }}', 'is no number'],
    ['nothing for a number', 'rtt', '', 'is no number'],
    ['NaN', 'rtt', 'NaN', 'is no number'],
    ['a key that is not there', 'rtt', '{{ value_json.none_such }}', "UndefinedError: 'dict object' has no attribute 'none_such'"],
    ['broken words', 'rtt', '{{ value_json.n', "TemplateSyntaxError: unexpected end of template, expected 'end of print statement'."],
    ['a moment without its offset', 'at', '2026-11-20T07:00:00', 'is no moment with its offset'],
    ['a count of seconds', 'at', '{{ value_json.n }}', 'is no moment with its offset'],
    ['a word that is no option', 'kind', 'c', 'is no option'],
    ['a boolean', 'on', '{{ value_json.true }}', 'is no on or off'],
    ['a number beyond its range', 'every', '10', 'is no number in range'],
    ['an event without a type', 'event', '{}', 'is no event of a known type'],
    ['an event of another type', 'event', '{"event_type":"down"}', 'is no event of a known type'],
    ["an event with an attribute of Home Assistant's", 'event', '{"event_type":"up","state":1}', "the attribute state is Home Assistant's own"],
    ['an event that is none', 'event', '', null],
  ])('that gives %s is judged', (_what, id, template, problem) => {
    const payload = { n: 1, null: null, text: 'x', true: true };
    const value_template = template === '' ? "{{ '' }}" : template;
    expect(judged(id, { value_template }, payload)).toEqual([problem]);
  }); // prettier-ignore

  it.each([
    ['a list', '[]', 'no object of JSON'],
    ['no JSON', 'x', 'no object of JSON'],
    ['too much', '{"a":"{{ \'x\' * 16000 }}"}', 'too large for the recorder'],
    ['a reserved name', '{"icon":1}', "the attribute icon is Home Assistant's own"],
  ])('that gives attributes as %s is refused', (_what, json_attributes_template, problem) => {
    const keys = { json_attributes_topic: 'pathproof/pi/monitor/a/state', json_attributes_template };
    expect(judged('up', { ...keys, value_template: 'ON' }, {})).toEqual([null, problem]);
  });

  it('for a text that no state can hold is refused', () => {
    const template = "{{ 'x' * 256 }}";
    const { components, ...others } = good();
    const why = { platform: 'sensor', name: 'Why', value_template: template, ...state, ...rest('why') };
    const message = asMessage({ ...others, components: { ...components, why } });
    const found = outcomes([message], new Map([[state.state_topic, ['{}']]]));
    expect(found.find(({ where }) => where === 'pi a.why')?.problem).toBe('is no text that a state can hold');
  });
});
