// What has to be run, as it is kept on disk between an event and the end of its action.
import { createHash } from 'node:crypto';
import * as z from 'zod';
import { Event } from '../../shared/event.ts';
import type { Change, KeepsState } from '../../shared/store.ts';

/** What an action of the configuration says. */
export interface ActionSettings {
  on: readonly string[];
  subject: string | null;
  run: readonly [string, ...string[]];
  format: 'json' | 'imon';
  instance: string;
  timeoutMs: number;
}

export const part = 'actions';

/** `begun`: it may have done its work, or a part of it. */
const Entry = z.object({ action: z.string(), event: Event, begun: z.boolean() });
export type Entry = z.output<typeof Entry>;

/** Names an action as long as the configuration says the same of it, its time limit aside: arguments may be secrets. */
export function nameOf({ on, subject, run, format, instance }: ActionSettings): string {
  const said = JSON.stringify([on, subject, run, format, instance]);
  return createHash('sha256').update(said).digest('hex').slice(0, 16);
}

/** Sorted by it, they stand in the order of their events. */
export const keyOf = (event: Event, action: string): string => `${event.at}!${event.id}!${action}`;

export const kept = (key: string, entry: Entry): Change => ({ part, key, value: entry });
export const forgotten = (key: string): Change => ({ part, key, value: undefined });

/** All that is kept; null for what can't be read. Rejects where the disk fails. */
export async function entriesOf(store: KeepsState): Promise<[key: string, entry: Entry | null][]> {
  const entries: [string, Entry | null][] = [];
  for await (const [key, value] of store.sub(part).entries()) {
    const read = Entry.safeParse(value);
    entries.push([key, read.success ? read.data : null]);
  }
  return entries;
}
