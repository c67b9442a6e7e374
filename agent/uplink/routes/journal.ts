// Which foreign routes were taken out, on disk before they are: whoever comes after a killed agent can put them back.
import { open, readFile, readlink, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { codeOf } from '../../../shared/thrown.ts';
import type { Log } from '../../log.ts';
import { areAttributes } from './attributes.ts';
import { ForeignDefault } from './kinds.ts';

const fileName = 'failover-journal.json';

const CapturedRoute = z.strictObject({
  route: ForeignDefault,
  /** What else `ip route add` is to be told of it. */
  attributes: z.array(z.string()).refine(areAttributes, 'no attributes of a route'),
});
export type CapturedRoute = z.output<typeof CapturedRoute>;

const Content = z.strictObject({
  version: z.literal(1),
  /** Routes live as long as the kernel, and in one network namespace. */
  kernel: z.string(),
  routes: z.array(CapturedRoute),
});

export interface Journal {
  routes(): readonly CapturedRoute[];
  /** Resolves when it is on disk. A route that its owner would put in the place of another takes that one's place here. */
  keep(routes: readonly CapturedRoute[]): Promise<void>;
  forget(routes: readonly CapturedRoute[]): Promise<void>;
}

/** Which running kernel, and which network namespace of it, routes are kept of. */
export async function thisKernel(): Promise<string> {
  const boot = await readFile('/proc/sys/kernel/random/boot_id', 'utf8');
  return `${boot.trim()} ${await readlink('/proc/self/ns/net')}`;
}

/** To disk, before this resolves: a folder that isn't synced may still hold the old file after a power cut. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

async function replaceFile(folder: string, text: string): Promise<void> {
  const path = join(folder, fileName);
  const file = await open(`${path}.new`, 'w', 0o600);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(`${path}.new`, path);
  await syncFolder(folder);
}

async function removeFile(folder: string): Promise<void> {
  await rm(join(folder, fileName), { force: true });
  await syncFolder(folder);
}

const isMissing = (error: unknown): boolean => codeOf(error) === 'ENOENT';

/** What is kept in a folder, which stays as it is. Rejects where that can't be read. */
export async function lookIntoJournal(folder: string): Promise<readonly CapturedRoute[]> {
  try {
    const content = Content.parse(JSON.parse(await readFile(join(folder, fileName), 'utf8')));
    return content.kernel === (await thisKernel()) ? content.routes : [];
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}

/** What a former agent kept; nothing where it can't be read, which is told and set aside. */
async function readKept(folder: string, kernel: string, log: Log): Promise<CapturedRoute[]> {
  const path = join(folder, fileName);
  try {
    const content = Content.parse(JSON.parse(await readFile(path, 'utf8')));
    if (content.kernel === kernel) return content.routes;
    log.info({ path }, 'routes were taken out before this machine was started: its own are as they were');
    await removeFile(folder);
  } catch (error) {
    if (isMissing(error)) return [];
    const aside = `${path}.unreadable`;
    await rename(path, aside);
    log.error({ err: error, aside }, "the journal of captured routes can't be read; it was set aside");
  }
  return [];
}

/** IPv4 has one route of a metric, whoever set it; IPv6 may have several. */
const samePlace = ({ route: a }: CapturedRoute, { route: b }: CapturedRoute): boolean =>
  a.family === b.family &&
  a.interfaceName === b.interfaceName &&
  a.metric === b.metric &&
  (a.family === 4 || a.protocol === b.protocol);

/** Rejects where the folder can't be read or written: nothing may be captured then. */
export async function openJournal(folder: string, log: Log): Promise<Journal> {
  const kernel = await thisKernel();
  let kept = await readKept(folder, kernel, log);
  let written: Promise<void> = Promise.resolve();
  // One after another, each with what is kept when its turn comes.
  const write = (): Promise<void> => {
    const next = async (): Promise<void> => {
      if (kept.length === 0) return removeFile(folder);
      const content: z.output<typeof Content> = { version: 1, kernel, routes: kept };
      await replaceFile(folder, `${JSON.stringify(content, null, 2)}\n`);
    };
    const mine = written.then(next);
    written = mine.catch(() => undefined);
    return mine;
  };
  return {
    routes: () => kept,
    async keep(routes) {
      kept = [...kept.filter((one) => !routes.some((other) => samePlace(one, other))), ...routes];
      // None of them is taken out then.
      await write().catch((error: unknown) => {
        kept = kept.filter((one) => !routes.includes(one));
        throw error;
      });
    },
    async forget(routes) {
      if (routes.length === 0) return;
      kept = kept.filter((one) => !routes.includes(one));
      await write();
    },
  };
}
