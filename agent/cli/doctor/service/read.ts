// What systemctl, a journal and /proc say of a service, read. Pure.
import * as z from 'zod';
import { effectiveIn } from '../../../../shared/capability.ts';

/** What a process has in effect, by its /proc/PID/status, as systemctl calls it. */
export const capabilitiesOf = (status: string): string[] =>
  effectiveIn(status).map((name) => name.toLowerCase());

/** The file of a unit's EnvironmentFiles, such as `/etc/pathproof/agent.env (ignore_errors=yes)`; null without one. */
export const settingsOf = (environmentFiles: string): string | null =>
  /^(\S+) \(ignore_errors=/.exec(environmentFiles)?.[1] ?? null;

const LogLine = z.looseObject({ level: z.number(), msg: z.string() });
/** pino's number of an error. */
const errorLevel = 50;

function loggedError(line: string): string | null {
  try {
    const { level, msg } = LogLine.parse(JSON.parse(line));
    return level >= errorLevel ? msg : null;
  } catch {
    return null;
  }
}

/** Of systemd itself, and of a program that ended without a word of its own. */
const outside = /: (Failed at step .*|Failed with result .*|Main process exited, .*)$|^(\w*Error: .*)/;

/**
 * The last error of a journal's lines: what the agent said of why it does not start, or logged; else what systemd saw. What
 * `cleanup` says after each stop is none.
 */
export function lastErrorIn(journal: readonly string[]): string | null {
  let own: string | null = null;
  let seen: string | null = null;
  let refusing = false;
  for (const line of journal) {
    const isDetail = /^ {2}\S/.test(line);
    if (isDetail && refusing) own = own === null ? line.trim() : `${own}; ${line.trim()}`;
    if (isDetail) continue;
    refusing = line.startsWith('pathproof does not start');
    if (refusing) own = null;
    own = loggedError(line) ?? own;
    seen = outside.exec(line)?.slice(1).find(Boolean) ?? seen;
  }
  return own ?? seen;
}
