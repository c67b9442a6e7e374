// The blueprints and cards that go with the agent: as Home Assistant would read them, and fitting its entities.
import { readFileSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { type Document, type Scalar, isScalar, parseDocument, visit } from 'yaml';
import * as z from 'zod';
import { discoveryMessages } from '../../../homeassistant/discovery.ts';
import { isRecord } from '../../../shared/record.ts';
import { rendered } from '../../fixtures/homeassistant/templates.ts';
import { knownMonitor } from '../publish/states.ts';
import { described } from './described.ts';

const folder = fileURLToPath(new URL('../../../homeassistant', import.meta.url));

interface File {
  name: string;
  text: string;
  document: Document;
  content: unknown;
}

/** `!input x` becomes `{ input: x }`. */
function filesIn(path: string): File[] {
  return readdirSync(`${folder}/${path}`).map((name) => {
    const text = readFileSync(`${folder}/${path}/${name}`, 'utf8');
    const input = { tag: '!input', resolve: (word: string) => ({ input: word }) };
    const document = parseDocument(text, { customTags: [input], uniqueKeys: true });
    const content: unknown = document.toJS();
    return { name, text, document, content };
  });
}

const blueprints = filesIn('blueprints/automation/pathproof');
const cards = filesIn('cards');

function scalarsOf({ document }: File): Scalar[] {
  const found: Scalar[] = [];
  visit(document, { Scalar: (_key, node) => void found.push(node) });
  return found;
}

const textsOf = (file: File): string[] =>
  scalarsOf(file).flatMap(({ value }) => (typeof value === 'string' ? [value] : []));

const words = z.string().regex(/^\S(.*\S)?$/s);
const Input = z.object({ input: z.string() });
const Selector = z.union([
  z.strictObject({
    entity: z.strictObject({
      filter: z
        .array(
          z.strictObject({
            integration: z.literal('mqtt').optional(),
            domain: z.string(),
            device_class: z.string().optional(),
          }),
        )
        .min(1),
    }),
  }),
  z.strictObject({
    number: z.strictObject({
      min: z.number(),
      max: z.number(),
      unit_of_measurement: z.string(),
      mode: z.enum(['box', 'slider']),
    }),
  }),
  z.strictObject({ action: z.strictObject({}) }),
]);
const Step = z.union([
  z.strictObject({
    action: z.string().regex(/^[a-z_]+\.[a-z_]+$/),
    target: z.strictObject({ entity_id: Input }).optional(),
    data: z.record(z.string(), words).optional(),
  }),
  z.strictObject({ delay: z.record(z.enum(['seconds', 'minutes']), z.unknown()) }),
]);
const StateCondition = z.strictObject({
  condition: z.literal('state'),
  entity_id: Input,
  state: z.string(),
});
const Action = z.union([
  Step,
  z.strictObject({ if: z.array(StateCondition).min(1), then: z.array(Step).min(1) }),
]);
const Duration = z.union([z.strictObject({ minutes: Input }), z.strictObject({ seconds: z.number() })]);
const Blueprint = z.strictObject({
  blueprint: z.strictObject({
    name: words,
    description: words,
    domain: z.literal('automation'),
    author: z.literal('pathproof'),
    // The first that knows triggers, conditions, actions.
    homeassistant: z.strictObject({ min_version: z.literal('2024.10.0') }),
    input: z.record(
      z.string().regex(/^[a-z_]+$/),
      z.strictObject({
        name: words,
        description: words.optional(),
        default: z.union([z.number(), z.array(Action)]).optional(),
        selector: Selector,
      }),
    ),
  }),
  mode: z.enum(['single', 'queued']),
  max: z.int().min(1).optional(),
  max_exceeded: z.literal('silent').optional(),
  triggers: z
    .array(
      z.discriminatedUnion('trigger', [
        z.strictObject({
          trigger: z.literal('state'),
          entity_id: Input,
          to: z.string().optional(),
          not_to: z.array(z.string()).min(1).optional(),
          for: Duration.optional(),
          id: z.string().optional(),
        }),
        z.strictObject({ trigger: z.literal('time_pattern'), minutes: z.string().regex(/^\/\d+$/) }),
      ]),
    )
    .min(1),
  conditions: z
    .array(
      z.discriminatedUnion('condition', [
        StateCondition,
        z.strictObject({ condition: z.literal('template'), value_template: words }),
      ]),
    )
    .optional(),
  variables: z.record(z.string(), z.union([words, Input])).optional(),
  actions: z.union([Input, z.array(Action).min(1)]),
});

describe.each(blueprints.map((file) => [file.name, file] as const))('the blueprint %s', (_name, file) => {
  it('is one, to the last key', () => {
    expect(file.document.errors).toEqual([]);
    expect(file.document.warnings).toEqual([]);
    expect(Blueprint.safeParse(file.content).error?.issues ?? []).toEqual([]);
  });

  it('uses every input that it has, and no other', () => {
    const { input } = Blueprint.parse(file.content).blueprint;
    const used = [...file.text.matchAll(/!input (\w+)/g)].map(([, name]) => name);
    expect([...new Set(used)].sort()).toEqual(Object.keys(input).sort());
  });

  it('has no input within a text, where it would stay as it is', () => {
    expect(textsOf(file).filter((text) => text.includes('!input'))).toEqual([]);
  });

  it('has on and off as words: bare they would be booleans', () => {
    const bare = scalarsOf(file).filter(
      ({ source, type }) => type === 'PLAIN' && /^(on|off)$/.test(source ?? ''),
    );
    expect(bare).toEqual([]);
  });

  it('has templates that are Jinja', () => {
    const templates = textsOf(file).filter((text) => /\{[{%]/.test(text));
    const broken = rendered(templates.map((template) => ({ template, payload: '{}' }))).filter(
      (one) => 'error' in one && !one.error.startsWith('UndefinedError'),
    );
    expect(broken).toEqual([]);
  });
});

it('there are four blueprints and three cards', () => {
  expect([blueprints.length, cards.length]).toEqual([4, 3]);
});

const builtIn = [
  'tile', 'entities', 'history-graph', 'statistics-graph', 'logbook', 'markdown', 'glance', 'conditional', 'heading',
  'vertical-stack', 'horizontal-stack', 'grid',
]; // prettier-ignore

/** A card and those within it. */
function* cardsOf(value: unknown): Iterable<Readonly<Record<string, unknown>>> {
  if (!isRecord(value)) return;
  yield value;
  for (const inner of Array.isArray(value['cards']) ? value['cards'] : []) yield* cardsOf(inner);
}

/** As Home Assistant makes an entity's identifier from its names. */
const slug = (name: string): string => name.toLowerCase().replaceAll(/[^a-z0-9]+/g, '_');

/** Which entities there are, by the place that their device's name takes. */
function known(): Set<string> {
  const found = discoveryMessages(described).flatMap(({ objectId, payload }) =>
    Object.values(payload.components).map(({ platform, name }) => {
      const of = objectId.includes('_uplink_') ? 'YOUR_UPLINK' : 'YOUR_MONITOR';
      return typeof name === 'string' ? `${platform}.${of}_${slug(name)}` : `${platform}.${of}`;
    }),
  );
  return new Set(found);
}

describe.each(cards.map((file) => [file.name, file] as const))('the card %s', (_name, file) => {
  it('is made of cards that are built in', () => {
    expect(file.document.errors).toEqual([]);
    const types = [...cardsOf(file.content)].map(({ type }) => type);
    expect(types.length).toBeGreaterThan(0);
    expect(types.filter((type) => !builtIn.includes(String(type)))).toEqual([]);
  });

  it('shows entities that there are, and graphs few enough of them', () => {
    const shown = [...file.text.matchAll(/\b[a-z_]+\.YOUR_\w+/g)].map(([name]) => name);
    expect(shown.length).toBeGreaterThan(0);
    expect(shown.filter((name) => !known().has(name))).toEqual([]);
    for (const { type, entities } of cardsOf(file.content)) {
      if (type === 'history-graph')
        expect(Array.isArray(entities) ? entities.length : 99).toBeLessThanOrEqual(8);
    }
  });
});

it('the table of the route has a line for each hop', () => {
  const card = cards.find(({ name }) => name === 'route.yaml');
  const node: unknown = card?.document.get('content', true);
  const template = isScalar(node) ? String(node.value) : '';
  const { route, target, via } = knownMonitor();
  const tableOf = (attributes: object): string[] =>
    rendered([{ template, payload: JSON.stringify(attributes) }]).flatMap((one) =>
      'text' in one ? one.text.split('\n').filter((line) => line.trim() !== '') : [one.error],
    );
  const hops = [...(route ?? []), { ttl: 3, address: null, name: null, rttMs: null, organisation: null }];
  const head = ['| Hop | Address | Name | RTT | Network |', '|---:|---|---|---:|---|'];
  expect(tableOf({ hops, target, via })).toEqual([
    'To 1.1.1.1 by lte',
    ...head,
    '| 1 | 192.168.2.1 |  | 0.4 ms |  |',
    '| 2 | 1.1.1.1 | one.one.one.one | 2.2 ms | Cloudflare, Inc. |',
    '| 3 | * |  |  |  |',
  ]);
  expect(tableOf({ hops: [], target, via: null })).toEqual([
    'To 1.1.1.1 by any uplink',
    ...head,
    'No trace is known yet.',
  ]);
});

it('the page on use says what to delete of the cards for each kind of monitor and uplink that lacks it', () => {
  const page = readFileSync(`${folder}/README.md`, 'utf8');
  const shown = new Set(
    cards.flatMap(({ text }) =>
      [...text.matchAll(/\b[a-z_]+\.YOUR_(?:MONITOR|UPLINK)_(\w+)/g)].map(([, name = '']) => name),
    ),
  );
  const lacking = discoveryMessages(described).flatMap(({ objectId, payload }) => {
    const whose = objectId.includes('_monitor_')
      ? 'monitor'
      : objectId.includes('_uplink_')
        ? 'uplink'
        : null;
    const has = Object.values(payload.components).map(({ name }) =>
      typeof name === 'string' ? slug(name) : '',
    );
    const other = whose === 'monitor' ? ['data_left'] : [...shown].filter((name) => name !== 'data_left');
    return whose === null ? [] : [...shown].filter((name) => !has.includes(name) && !other.includes(name));
  });
  const sayings: Record<string, string> = { hops: 'route.yaml' };
  for (const name of new Set(lacking)) expect(page).toContain(sayings[name] ?? name);
  expect(new Set(lacking)).toContain('packet_loss');
});
