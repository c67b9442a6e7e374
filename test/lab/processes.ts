// Finds and ends what still runs in a network namespace, however it was started.
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

export const namespacePath = (node: string) => `/run/netns/${node}`;

/** Processes of a network namespace (a path as above, or `/proc/PID/ns/net`), dead ones nobody waited for left out. */
export function processesIn(path: string): number[] {
  const namespace = statSync(path).ino;
  return readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry))
    .map(Number)
    .filter((pid) => {
      try {
        const state = readFileSync(`/proc/${pid}/stat`, 'latin1').replace(/^.*\) /s, '')[0];
        return state !== 'Z' && statSync(`/proc/${pid}/ns/net`).ino === namespace;
      } catch {
        return false; // it has just ended, or is another user's
      }
    });
}

export async function endProcessesIn(path: string): Promise<void> {
  for (let pids = processesIn(path); pids.length > 0; pids = processesIn(path)) {
    for (const pid of pids) {
      try {
        process.kill(pid, 'SIGKILL');
      } catch {
        // it has just ended
      }
    }
    await sleep(2);
  }
}
