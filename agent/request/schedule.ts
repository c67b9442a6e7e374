// The schedule's entrance: what a monitor probes becomes what the pipeline takes. Pure.
import { randomUUID } from 'node:crypto';
import type { Kind } from '../../shared/request.ts';
import type { Asked } from './asked.ts';

/** `signal`: the agent's stop. The id tells which monitor asked; what the configuration asks for may not be forced. */
export const askedBySchedule = (
  monitor: string,
  { kind, body }: { kind: Kind; body: Readonly<Record<string, unknown>> },
  signal: AbortSignal,
): Asked => ({
  kind,
  word: kind,
  body: { ...body, id: `${monitor}/${randomUUID()}` },
  problem: null,
  mayForce: false,
  mayProbeSelf: true,
  signal,
  reply: null,
});
