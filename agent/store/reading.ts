// What is read: what lies over the disk, and what is on it. Damage shows only here: it is mended, and read on.
import { Damaged, type KeyRange } from '../../shared/store.ts';
import { type Disk, causeOf, isDamage } from './disk.ts';
import { merged } from './merge.ts';
import type { Overlay } from './overlay.ts';

export interface ReadingParts {
  overlay: Overlay;
  /** Null where there never was one. Rejects where there was one. */
  disk(): Promise<Disk | null>;
  /** Resolves when it is worth reading again. Rejects where nothing has changed. */
  mend(error: unknown): Promise<void>;
}

export interface Reading {
  get(part: string, key: string): Promise<unknown>;
  entries(part: string, range: KeyRange): AsyncGenerator<[key: string, value: unknown]>;
}

function parsed(text: string | null | undefined): unknown {
  if (text === undefined || text === null) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const lastWord = (error: unknown): unknown =>
  isDamage(error) ? new Damaged(causeOf(error).message, { cause: error }) : error;

/** What is left of the range after this key. */
const after = (range: KeyRange, key: string): KeyRange => ({
  ...range,
  ...(range.newestFirst === true ? { before: key } : { from: `${key}\0` }),
  ...(range.most === undefined ? {} : { most: range.most - 1 }),
});

export function createReading({ overlay, disk, mend }: ReadingParts): Reading {
  async function read(part: string, key: string): Promise<unknown> {
    const over = overlay.get(part, key);
    return parsed(over === undefined ? await (await disk())?.get(part, key) : over.text);
  }

  async function* readOn(part: string, range: KeyRange, again: boolean): ReturnType<Reading['entries']> {
    let rest = range;
    try {
      const content = await disk();
      const over = overlay.within(part, range);
      for await (const [key, text] of merged(over, content, part, range)) {
        rest = after(rest, key);
        yield [key, parsed(text)];
      }
      return;
    } catch (error) {
      if (again) throw lastWord(error);
      await mend(error);
    }
    yield* readOn(part, rest, true);
  }

  return {
    async get(part, key) {
      try {
        return await read(part, key);
      } catch (error) {
        await mend(error);
      }
      return read(part, key).catch((error: unknown) => {
        throw lastWord(error);
      });
    },
    entries: (part, range) => readOn(part, range, false),
  };
}
