// Which keys a monitor has: its own, and those of a request of its kind. All others are refused by name.
import { expectationsByKind } from '../../../shared/expectation.ts';
import { type FieldProblem, quoted } from '../../../shared/issues.ts';
import { nearest } from '../../../shared/nearest.ts';
import { type Kind, kinds, oneOf, requestSchemas } from '../../../shared/request.ts';
import { uplinkKeys } from '../uplinks.ts';

// What only one who asks and waits can say, and what `probe` says.
const ofRequestsAlone = ['kind', 'id', 'replyTo', 'force'];

export const requestKeys = (kind: Kind): string[] =>
  Object.keys(requestSchemas[kind].shape).filter((key) => !ofRequestsAlone.includes(key));

export interface Owner {
  /** "a monitor" */
  name: string;
  ownKeys: readonly string[];
  /** Keys that stand one level above. */
  above: readonly string[];
}

/** Why a key does not belong here. `kind` is null where none was named that exists. */
function refusal(key: string, { name, ownKeys, above }: Owner, kind: Kind | null): string {
  if (ofRequestsAlone.includes(key))
    return `${name} has no ${key}${key === 'kind' ? '; probe names it' : ''}`;
  if (above.includes(key)) return `${key} belongs to the monitor, not to ${name}`;
  const others = kinds.filter((other) => requestKeys(other).includes(key));
  if (kind !== null && others.length > 0)
    return `${oneOf(kind)} has no ${key} (${others.join(', ')} ${others.length > 1 ? 'have' : 'has'} one)`;
  if (kinds.some((one) => expectationsByKind[one].includes(key))) return `${key} belongs under expect`;
  const known = [...ownKeys, ...(kind === null ? kinds : [kind]).flatMap(requestKeys)];
  const meant = nearest(key, known);
  // Not of all: an uplink has `targets`, and who writes that here means `target`.
  if (meant === null && uplinkKeys.includes(key)) return `${key} belongs to an uplink`;
  return `unknown key ${quoted(key)}${meant === null ? '' : `; did you mean ${meant}?`}`;
}

// With every line under them commented out there is nothing.
const mayBeEmpty = ['alsoPing', 'confirm', 'expect', 'warn'];

interface SortedKeys {
  own: Record<string, unknown>;
  request: Record<string, unknown>;
  /** What is said of all others. */
  unknown: FieldProblem[];
}

/** Parts the owner's own keys from those of its request. What is said of others bears no path: it is of the whole. */
export function sortKeys(content: object, owner: Owner, kind: Kind | null): SortedKeys {
  const sorted: SortedKeys = { own: {}, request: {}, unknown: [] };
  const ofRequest = (kind === null ? kinds : [kind]).flatMap(requestKeys);
  for (const [key, value] of Object.entries<unknown>({ ...content })) {
    const part = owner.ownKeys.includes(key) ? sorted.own : ofRequest.includes(key) ? sorted.request : null;
    if (part === null) sorted.unknown.push({ path: '', message: refusal(key, owner, kind) });
    else if (value !== null || !mayBeEmpty.includes(key)) part[key] = value;
  }
  return sorted;
}
