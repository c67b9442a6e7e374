// Lets one process at a time do something in a clone; the others wait.
import { mkdirSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const beatMs = 1000;
const staleMs = 15_000;

/**
 * Runs `work` while holding a lock folder. Its time is renewed each second, and a folder that was not for long is taken
 * over: unlike a process id, that tells a holder in another pid namespace from a dead one.
 * @param {string} path
 * @param {() => Promise<void>} work
 */
export async function withLock(path, work) {
  mkdirSync(dirname(path), { recursive: true });
  while (!take(path)) await sleep(100);
  const beat = setInterval(() => utimesSync(path, new Date(), new Date()), beatMs);
  const release = () => rmSync(path, { recursive: true, force: true });
  process.on('exit', release);
  try {
    await work();
  } finally {
    clearInterval(beat);
    process.off('exit', release);
    release();
  }
}

function take(path) {
  try {
    mkdirSync(path);
    writeFileSync(join(path, 'pid'), `${process.pid}\n`);
    return true;
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
  }
  const renewedMs = statSync(path, { throwIfNoEntry: false })?.mtimeMs;
  if (renewedMs !== undefined && Date.now() - renewedMs > staleMs) takeAway(path);
  return false;
}

/** By renaming, which only one of several who wait can do. */
function takeAway(path) {
  const away = `${path}.${process.pid}`;
  try {
    renameSync(path, away);
    rmSync(away, { recursive: true });
  } catch (error) {
    if (error.code !== 'ENOENT') throw error;
  }
}
