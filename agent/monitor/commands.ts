// What is asked of a monitor over MQTT, read from a message, or why it can't be. Pure.
import {
  type CommandMessage,
  commandText,
  isDeletion,
  refusalOfMessage,
  unreadable,
} from '../../shared/command.ts';
import { parseDuration } from '../../shared/duration.ts';
import { Failure, type FailureCode } from '../../shared/failure.ts';
import { quoted } from '../../shared/issues.ts';
import { commandedMonitor } from '../../shared/topics.ts';

export type Command =
  | { monitor: string; command: 'run' }
  | { monitor: string; command: 'enabled/set'; enabled: boolean }
  | { monitor: string; command: 'interval/set'; everyMs: number };

export type ReadCommand = { ok: true; value: Command } | { ok: false; monitor: string; failure: Failure };

const leastMs = 1000;
const mostMs = 31 * 86_400_000;

/** Seconds, or a duration such as `15m`; null where it is neither, or out of range. */
function intervalMs(text: string): number | null {
  const ms = parseDuration(/^[\d.]+$/.test(text) ? `${text}s` : text);
  return ms !== null && ms >= leastMs && ms <= mostMs ? ms : null;
}

const switched: Record<string, boolean> = { on: true, true: true, off: false, false: false };

/** Null where nothing is asked of a monitor's schedule: another topic, or a retained message that is cleared. */
export function readCommand(message: CommandMessage): ReadCommand | null {
  const commanded = commandedMonitor(message.topic);
  if (commanded === null || commanded.command === 'history/request') return null;
  const { monitor, command } = commanded;
  if (isDeletion(message)) return null;
  const refuse = (problem: string, code: FailureCode = 'badRequest'): ReadCommand => ({
    ok: false,
    monitor,
    failure: new Failure(code, `${command}: ${problem}`),
  });
  const refusal = refusalOfMessage(message, 'command');
  if (refusal !== null) return refuse(refusal.message, refusal.code);
  if (command === 'run') return { ok: true, value: { monitor, command } };
  const text = commandText(message.payload);
  if (text === null) return refuse(unreadable);
  if (command === 'enabled/set') {
    const word = text.toLowerCase();
    const enabled = Object.hasOwn(switched, word) ? switched[word] : undefined;
    return enabled === undefined
      ? refuse(`must be ON or OFF, not ${quoted(text)}`)
      : { ok: true, value: { monitor, command, enabled } };
  }
  const everyMs = intervalMs(text);
  return everyMs === null
    ? refuse(`must be seconds or a duration such as 15m, from 1s to 31d, not ${quoted(text)}`)
    : { ok: true, value: { monitor, command, everyMs } };
}
