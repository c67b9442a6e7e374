// The options of `pathproof probe KIND`, made out of the contract: which there are, what they take, what they are for.
import * as z from 'zod';
import { type Field, fields, kindsWith } from '../../../shared/headers.ts';
import { type Kind, requestSchemas } from '../../../shared/request.ts';
import { kindWords } from './kinds.ts';

/** As it stands in the command line: milliseconds and percent are told by the help, not by the name. */
export const optionName = ({ name }: Pick<Field, 'name'>): string =>
  `--${name.replace(/(Ms|Percent)$/, '').replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;

/** What stands for a kind's target in its usage. */
export const targetWord = (kind: Kind): string => kindWords[kind].argument.slice(1, -1);

const fieldOptions: readonly Field[] = fields.filter(({ name }) => name !== 'target');

export interface OptionRow {
  name: string;
  /** What stands for its value; null for a switch. */
  value: string | null;
  description: string;
  /** All that it takes, where these are fixed words. */
  choices: readonly string[];
  /** Another kind's: it is known only to be refused in exact words. */
  hidden: boolean;
}

const Property = z.looseObject({
  description: z.string().optional(),
  minimum: z.number().optional(),
  maximum: z.number().optional(),
  default: z.unknown().optional(),
  enum: z.array(z.string()).optional(),
  anyOf: z.array(z.looseObject({ const: z.union([z.string(), z.number()]).optional() })).optional(),
});
type Property = z.output<typeof Property>;
const Properties = z.record(z.string(), Property);
const Described = z.looseObject({ properties: Properties.and(z.looseObject({})) });

/** The request's and the expectation's keys of a kind, as its JSON Schema has them. */
function propertiesOf(kind: Kind): Record<Field['part'], Record<string, Property>> {
  const { properties: request } = Described.parse(z.toJSONSchema(requestSchemas[kind], { io: 'input' }));
  const expect = Described.parse(request['expect']).properties;
  return { request, expect };
}

const choicesOf = ({ enum: words, anyOf = [] }: Property): string[] =>
  words ?? anyOf.flatMap((one) => (one.const === undefined ? [] : [String(one.const)]));

function valueWord({ name, reads }: Field): string | null {
  if (reads === 'boolean') return null;
  if (reads === 'list') return 'A,B,…';
  if (name.endsWith('Ms')) return 'MS';
  if (name.endsWith('Percent')) return 'PERCENT';
  return reads === 'number' ? 'N' : 'TEXT';
}

/** What holds where the option is not given; null where that goes without saying. */
const valueSaid = (fallback: unknown): string | null =>
  typeof fallback === 'string' || typeof fallback === 'number' ? `${fallback} where not given` : null;

function describe(field: Field, property: Property): string {
  const { minimum, maximum, description = '' } = property;
  const range = minimum === undefined || maximum === undefined ? null : `${minimum} to ${maximum}`;
  const choices = choicesOf(property).join(', ');
  const usual = valueSaid(property.default);
  const more = field.reads === 'list' ? [] : [range, choices === '' ? null : choices, usual];
  const facts = more.filter((part) => part !== null);
  return facts.length === 0 ? description : `${description} (${facts.join('; ')})`;
}

/** Every option that `probe KIND` knows, in the order of the contract's table. */
export function optionRows(kind: Kind): OptionRow[] {
  const properties = propertiesOf(kind);
  return fieldOptions.map((field) => {
    const property = properties[field.part][field.name];
    return {
      name: optionName(field),
      value: valueWord(field),
      description: property === undefined ? '' : describe(field, property),
      choices: property === undefined ? [] : choicesOf(property),
      hidden: !kindsWith(field).includes(kind),
    };
  });
}
