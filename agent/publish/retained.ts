// What the broker keeps of this agent. Which topics that are is known on disk: what is no more goes from the broker, also
// where it went while the agent was off, or bore another name then.
import type { Change, KeepsState } from '../../shared/store.ts';
import type { Log } from '../log.ts';
import { type Retained, retained } from './availability.ts';

export interface RetainedParts {
  store: KeepsState;
  log: Log;
  publish(message: Retained & { settled?: (delivered: boolean) => void }): void;
  isConnected(): boolean;
  /** Topics that are others' to publish, and there as long as the agent is. */
  always: readonly string[];
}

export interface RetainedTopics {
  /** Published where there is a connection and the broker has it otherwise: at the next one all is told anew. */
  show(message: Retained): void;
  /** All that there is, to be published by the caller at a connection; what was kept beside it is cleared. */
  all(messages: readonly Retained[]): Retained[];
  /** Taken from the broker, now or at the next connection. */
  clear(messages: readonly Retained[]): void;
}

const part = 'retained';

/** Takes up what an earlier run of the agent left with the broker. Never rejects. */
export async function openRetained(parts: RetainedParts): Promise<RetainedTopics> {
  const { store, log, publish, isConnected, always } = parts;
  const kept = new Set<string>();
  const told = new Map<string, string>();
  let current = new Set(always);

  // Where the disk fails the store says so; the broker is told all the same.
  const write = (changes: Change[]): void => {
    if (changes.length > 0) void store.write(changes, { sync: true }).catch(() => undefined);
  };

  function note(topics: Iterable<string>): void {
    const added = [...topics].filter((topic) => !kept.has(topic));
    for (const topic of added) kept.add(topic);
    write(added.map((key) => ({ part, key, value: true })));
  }

  function forget(topic: string): void {
    if (current.has(topic)) return;
    kept.delete(topic);
    write([{ part, key: topic, value: undefined }]);
  }

  function clear(topic: string): void {
    current.delete(topic);
    told.delete(topic);
    const settled = (delivered: boolean): void => {
      if (delivered) forget(topic);
    };
    publish({ ...retained(topic, ''), settled });
  }

  try {
    for await (const [topic] of store.sub(part).entries()) kept.add(topic);
  } catch (error) {
    log.warn({ err: error }, 'what was left with the broker can not be read');
  }
  return {
    show(message) {
      const { topic, payload } = message;
      if (!isConnected() || told.get(topic) === payload) return;
      current.add(topic);
      told.set(topic, payload);
      note([topic]);
      publish(message);
    },
    all(messages) {
      current = new Set([...always, ...messages.map(({ topic }) => topic)]);
      told.clear();
      for (const { topic, payload } of messages) told.set(topic, payload);
      note(current);
      for (const topic of kept) if (!current.has(topic)) clear(topic);
      return [...messages];
    },
    clear: (messages) => messages.forEach(({ topic }) => clear(topic)),
  };
}
