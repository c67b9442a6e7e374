// Whether this process may change routes and rules. Pure but for the one file.
import { readFile } from 'node:fs/promises';

/** CAP_NET_ADMIN's number in linux/capability.h. */
const netAdmin = 12n;

/** Whether a process has CAP_NET_ADMIN in effect, by its /proc/PID/status (proc_pid_status(5)). */
export function hasNetAdmin(status: string): boolean {
  const mask = /^CapEff:\s*([0-9a-f]+)$/m.exec(status)?.[1];
  return mask !== undefined && ((BigInt(`0x${mask}`) >> netAdmin) & 1n) === 1n;
}

export const canChangeRoutes = async (): Promise<boolean> =>
  hasNetAdmin(await readFile('/proc/self/status', 'utf8'));
