// What a request that was given in words comes to: what does not belong to its kind, and what its schema says, both in
// the names that the asker used.
import { type Field, kindsWith } from '../headers.ts';
import type { FieldProblem } from '../issues.ts';
import { type Kind, oneOf, parseRequest } from '../request.ts';
import { hostProblem, portProblem } from './host.ts';

/** Why a request of a kind can't have this field; null where it can. */
export function notOfThisKind(field: Field, kind: Kind): string | null {
  const able = kindsWith(field);
  if (able.includes(kind)) return null;
  const others = able.join(' and ');
  return field.part === 'expect'
    ? `${oneOf(kind)} can't judge this; ${others} can`
    : `${oneOf(kind)} takes none; ${others} ${able.length > 1 ? 'do' : 'does'}`;
}

const targetIsHost = (kind: Kind): boolean => kind === 'ping' || kind === 'traceroute' || kind === 'dns';

/** What people write after a host that is none of it, such as a port; null where there is nothing of that. */
export const targetProblem = (kind: Kind, text: string): string | null =>
  targetIsHost(kind) ? (hostProblem(text) ?? portProblem(text)) : null;

/**
 * Lets the request's own schema judge what was read, and says its problems in the asker's names; nothing more of what is
 * `bad` already.
 */
export function conclude(
  kind: Kind,
  body: Record<string, unknown>,
  problems: FieldProblem[],
  { names, bad }: { names: Map<string, string>; bad: Set<string> },
): { body: Record<string, unknown> } & ({ ok: true } | { ok: false; problems: FieldProblem[] }) {
  const parsed = parseRequest(kind, body);
  const found = parsed.ok ? [] : parsed.problems;
  const named = found.flatMap(({ path, message }) => {
    const [field = ''] = path.replace(/^expect\./, '').split('.');
    if (bad.has(field)) return [];
    const said = message.replace(/^must be at least (min\w+)/, (whole, low: string) =>
      whole.replace(low, names.get(low) ?? low),
    );
    return [{ path: names.get(field) ?? field, message: said }];
  });
  const all = [...problems, ...named];
  return all.length === 0 ? { ok: true, body } : { ok: false, body, problems: all };
}
