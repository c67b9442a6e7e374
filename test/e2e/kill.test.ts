// A real process that keeps events, killed with SIGKILL at 200 random moments: what it said was kept is there.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import * as z from 'zod';
import { openStore } from '../../agent/store/index.ts';
import { Event } from '../../shared/event.ts';
import { recordLog } from '../unit/mqtt/kit.ts';

const writer = fileURLToPath(new URL('./outbox-writer.mjs', import.meta.url));
const kills = 200;
const seed = 20_261_120;

/** The same moments at each run (mulberry32). */
function createRandom(from: number): () => number {
  let state = from;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Runs it and kills it: some time after its first word, or now and then before it has said any. */
async function killedAt(folder: string, random: () => number): Promise<string[]> {
  const child = spawn(process.execPath, [writer, folder], { stdio: ['ignore', 'pipe', 'pipe'] });
  const ended = once(child, 'close');
  let out = '';
  let complaints = '';
  const spoken = new Promise<void>((resolve) => {
    child.stdout.on('data', (chunk: Buffer) => {
      out += chunk.toString();
      resolve();
    });
  });
  child.stderr.on('data', (chunk: Buffer) => (complaints += chunk.toString()));
  const early = random() < 0.1;
  await (early ? delay(random() * 150) : Promise.race([spoken.then(() => delay(random() * 60)), ended]));
  child.kill('SIGKILL');
  await ended;
  expect(complaints).toBe('');
  return out.split('\n').slice(0, -1);
}

const Kept = z.object({ kind: z.string(), payload: z.string() });

/** The ids of the events that are kept, in their order; and the one that was noted along with the last. */
async function takeOut(folder: string): Promise<{ ids: string[]; noted: unknown }> {
  const log = recordLog();
  const store = await openStore(folder, log);
  const ids: string[] = [];
  const outbox = store.sub('outbox');
  const keys: string[] = [];
  for await (const [key, value] of outbox.entries()) {
    keys.push(key);
    const { kind, payload } = Kept.parse(value);
    if (kind === 'event') ids.push(Event.parse(JSON.parse(payload)).id);
  }
  const noted = await store.sub('monitors').get('lte');
  await store.write(
    keys.map((key) => ({ part: 'outbox', key, value: undefined })),
    { sync: false },
  );
  expect(store.trouble()).toBe(null);
  await store.close();
  expect(log.text()).toBe('');
  return { ids, noted };
}

async function killOften(times: number, random: () => number): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'pathproof-kill-'));
  let said = 0;
  for (let kill = 0; kill < times; kill += 1) {
    const told = await killedAt(folder, random);
    const { ids, noted } = await takeOut(folder);
    said += told.length;
    // At most the one that was being kept when it was killed is there and was not said.
    expect(ids.slice(0, told.length)).toEqual(told);
    expect(ids.length - told.length).toBeLessThanOrEqual(1);
    if (ids.length > 0) expect(noted).toEqual({ last: ids.at(-1) });
  }
  rmSync(folder, { recursive: true });
  return said;
}

it('loses no event that was said to be kept, in any of 200 kills, and opens each time', async () => {
  const random = createRandom(seed);
  const writers = Array.from({ length: 4 }, () => killOften(kills / 4, random));
  const said = await Promise.all(writers);
  expect(Math.min(...said)).toBeGreaterThan(kills / 4);
}, 180_000);
