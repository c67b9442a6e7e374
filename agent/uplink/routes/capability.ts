// Whether this process may change routes and rules. Pure but for the one file.
import { readFile } from 'node:fs/promises';
import { effectiveIn } from '../../../shared/capability.ts';

/** Whether a process has CAP_NET_ADMIN in effect, by its /proc/PID/status (proc_pid_status(5)). */
export const hasNetAdmin = (status: string): boolean => effectiveIn(status).includes('CAP_NET_ADMIN');

export const canChangeRoutes = async (): Promise<boolean> =>
  hasNetAdmin(await readFile('/proc/self/status', 'utf8'));
