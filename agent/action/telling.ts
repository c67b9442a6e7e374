// What the log says of an action: never its arguments, which may be secrets.
import type { Event } from '../../shared/event.ts';
import type { Log } from '../log.ts';
import type { ActionSettings } from './entries.ts';
import { mostLines } from './output.ts';
import type { Ending } from './run.ts';

export interface Told {
  /** Null where the configuration has it no more. */
  action: ActionSettings | null;
  event: Event;
}

export const aboutOf = ({ action, event: { id, kind, subject } }: Told) => ({
  program: action?.run[0] ?? null,
  kind,
  subject,
  event: id,
});

/** How a run ended, in one line; one more where not all of its output is shown. `told` says what was run. */
export function tellEnding(log: Log, told: object, ending: Ending): void {
  const { exitCode, signal, endedBy, notStarted, durationMs, outputCut, timeoutMs } = ending;
  const about = { ...told, durationMs };
  if (outputCut)
    log.warn(about, `an action wrote more than 64 KiB or ${mostLines} lines; the rest is not shown`);
  if (notStarted !== null) return log.error(about, `an action could not be started: ${notStarted}`);
  if (endedBy === 'stop') return log.warn(about, 'an action was ended, because the agent stops');
  if (endedBy === 'timeout')
    return log.warn(about, `an action was ended, because it took longer than ${timeoutMs} ms`);
  if (exitCode === 0) return log.info(about, 'an action has run');
  log.warn({ ...about, exitCode, signal }, 'an action failed');
}
