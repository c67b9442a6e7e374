// The probes that are asked when a monitor's own has failed: one that passes refutes that it is down.
import * as z from 'zod';
import { type FieldProblem, parseWith } from '../../../shared/issues.ts';
import { kinds } from '../../../shared/request.ts';
import { type Owner, sortKeys } from './keys.ts';
import { type ProbeSettings, probeProblems } from './probe.ts';
import { MonitorKeys, kindIn } from './shape.ts';

const aConfirmation: Owner = {
  name: 'a probe of confirm',
  ownKeys: ['probe'],
  above: Object.keys(MonitorKeys.shape).filter((key) => key !== 'probe'),
};

/** By the monitor's `via` where it names none. */
export function readConfirmation(
  content: Readonly<Record<string, unknown>>,
  via: unknown,
  uplinks: readonly string[],
): { probe: ProbeSettings | null; problems: FieldProblem[] } {
  const kind = kindIn(content);
  const { own, request, unknown } = sortKeys(content, aConfirmation, kind);
  if (kind === null) {
    const parsed = parseWith(z.object({ probe: z.enum(kinds) }), own);
    return { probe: null, problems: [...(parsed.ok ? [] : parsed.problems), ...unknown] };
  }
  const probe: ProbeSettings = { kind, body: via === undefined ? request : { via, ...request } };
  // What is wrong with the monitor's own via is told of the monitor.
  const wrong = probeProblems(probe, uplinks).filter(
    ({ path }) => path !== 'via' || request['via'] !== undefined,
  );
  return { probe, problems: [...wrong, ...unknown] };
}
