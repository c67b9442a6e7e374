// The agent's identifier: made once and kept, so that what derives from it outlives names, addresses and interfaces.
import { randomUUID } from 'node:crypto';
import * as z from 'zod';
import type { KeepsState } from '../../shared/store.ts';

/** The kept one, or a new one where there is none. Never rejects: where the disk fails it lasts as long as the agent. */
export async function agentIdOf(store: KeepsState): Promise<string> {
  const kept = await store
    .sub('agent')
    .get('id')
    .catch(() => undefined);
  const read = z.uuid().safeParse(kept);
  if (read.success) return read.data;
  const value = randomUUID();
  await store.write([{ part: 'agent', key: 'id', value }], { sync: true }).catch(() => undefined);
  return value;
}
