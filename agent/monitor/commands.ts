// What is asked of a monitor over MQTT, read from a message, or why it can't be. Pure.
import { parseDuration } from '../../shared/duration.ts';
import { quoted } from '../../shared/issues.ts';
import { commandedMonitor } from '../../shared/topics.ts';

/** A message as the connection hands it on. */
export interface CommandMessage {
  topic: string;
  payload: Buffer;
  tooLarge: boolean;
  retained: boolean;
}

export type Command =
  | { monitor: string; command: 'run' }
  | { monitor: string; command: 'enabled/set'; enabled: boolean }
  | { monitor: string; command: 'interval/set'; everyMs: number };

export type ReadCommand = { ok: true; value: Command } | { ok: false; monitor: string; problem: string };

const leastMs = 1000;
const mostMs = 31 * 86_400_000;

/** Seconds, or a duration such as `15m`; null where it is neither, or out of range. */
function intervalMs(text: string): number | null {
  const ms = parseDuration(/^[\d.]+$/.test(text) ? `${text}s` : text);
  return ms !== null && ms >= leastMs && ms <= mostMs ? ms : null;
}

const switched: Record<string, boolean> = { on: true, true: true, off: false, false: false };

/** The text of a payload, bare or as a JSON string. */
function textOf(payload: Buffer): string {
  const text = new TextDecoder('utf-8', { fatal: true }).decode(payload).trim();
  if (!text.startsWith('"')) return text;
  const value: unknown = JSON.parse(text);
  return String(value).trim();
}

function readText(payload: Buffer): string | null {
  try {
    return textOf(payload);
  } catch {
    return null;
  }
}

function problemOf({ tooLarge, retained }: CommandMessage): string | null {
  if (retained) {
    return 'the command is retained: it would be obeyed again at each connection; send it without the retain flag';
  }
  return tooLarge ? 'the command is larger than 64 KiB' : null;
}

/** Null where nothing is asked of a monitor's schedule: another topic, or a retained message that is cleared. */
export function readCommand(message: CommandMessage): ReadCommand | null {
  const commanded = commandedMonitor(message.topic);
  if (commanded === null || commanded.command === 'history/request') return null;
  const { monitor, command } = commanded;
  // MQTT 5 §3.3.1.3: an empty retained message deletes the one that is kept.
  if (message.retained && message.payload.length === 0 && !message.tooLarge) return null;
  const refuse = (problem: string): ReadCommand => ({
    ok: false,
    monitor,
    problem: `${command}: ${problem}`,
  });
  const problem = problemOf(message);
  if (problem !== null) return refuse(problem);
  if (command === 'run') return { ok: true, value: { monitor, command } };
  const text = readText(message.payload);
  if (text === null) return refuse("the command can't be read as text in UTF-8 or JSON");
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
