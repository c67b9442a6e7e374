// Templates of Home Assistant (Jinja2) that read the agent's states. Every key that they name is always there; null
// becomes `None`, which Home Assistant takes for unknown.

/** A moment in ms since 1970 as ISO 8601 with its offset: a naive one would be refused. */
export const moment = (key: string): string =>
  `{{ none if value_json.${key} is none else (value_json.${key} / 1000) | timestamp_utc }}`;

/** To three decimals: a figure is shown whole where Home Assistant is not told how much of it to show. */
export const divided = (key: string, by: number): string =>
  `{{ none if value_json.${key} is none else (value_json.${key} / ${by}) | round(3) }}`;

/** `condition` may use the null-free keys of `value_json`. */
export const onOff = (condition: string): string => `{{ 'ON' if ${condition} else 'OFF' }}`;

/** Of a text as much as a state can hold. */
export const text = (key: string): string =>
  `{{ none if value_json.${key} is none else value_json.${key}[:255] }}`;

/** The organisation of a network, or its number where only that is known. */
export const network =
  '{% set network = value_json.network %}' +
  '{{ none if network is none else network.organisation[:255] if network.organisation ' +
  "else none if network.asn is none else 'AS' ~ network.asn }}";

/** An object of JSON, from what Jinja calls a dictionary. */
export const object = (entries: Readonly<Record<string, string>>): string =>
  `{{ {${Object.entries(entries)
    .map(([key, expression]) => `'${key}': ${expression}`)
    .join(', ')}} | to_json }}`;

/**
 * An event of the agent as an event entity takes it; nothing at all where it is of another subject or kind, which Home
 * Assistant passes over without a word. `types` maps kinds to expressions of their type.
 */
export function eventOf(
  types: Readonly<Record<string, string>>,
  condition: string,
  more: Readonly<Record<string, string>>,
): string {
  const told = Object.entries(types).map(([kind, type]) => `'${kind}': ${type}`);
  const attributes = {
    event_type: 'types[value_json.kind]',
    id: 'value_json.id',
    at: 'value_json.at',
    ...more,
  };
  return (
    `{% set types = {${told.join(', ')}} %}` +
    `{% if ${condition} and value_json.kind in types %}${object(attributes)}{% endif %}`
  );
}
