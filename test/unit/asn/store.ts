// A store in memory, as the networks know it, with what is in it.
import type { NetworkStore } from '../../../agent/asn/kept.ts';

export interface MemoryStore extends NetworkStore {
  content: Map<string, unknown>;
  /** How often it was read. */
  reads: string[];
}

export function memoryStore(content = new Map<string, unknown>()): MemoryStore {
  const reads: string[] = [];
  return {
    content,
    reads,
    get(key) {
      reads.push(key);
      return Promise.resolve(content.get(key));
    },
    put: (key, value) => Promise.resolve(void content.set(key, value)),
    delete: (key) => Promise.resolve(void content.delete(key)),
    async *entries() {
      await Promise.resolve();
      yield* [...content];
    },
  };
}

/** A disk that has gone away. */
export const brokenStore: NetworkStore = {
  get: () => Promise.reject(new Error('disk')),
  put: () => Promise.reject(new Error('disk')),
  delete: () => Promise.reject(new Error('disk')),
  async *entries() {
    await Promise.reject(new Error('disk'));
  },
};
