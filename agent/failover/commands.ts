// What is asked of failover over MQTT: read from a message, or why it can't be, and obeyed.
import {
  type CommandMessage,
  commandText,
  isDeletion,
  refusalOfMessage,
  unreadable,
} from '../../shared/command.ts';
import { FailoverCommand, type FailoverRefusal } from '../../shared/failover.ts';
import { Failure, failureReport } from '../../shared/failure.ts';
import { parseWith, quoted, sayProblems } from '../../shared/issues.ts';
import { nearest } from '../../shared/nearest.ts';
import { failoverSetTopic } from '../../shared/topics.ts';
import type { Incoming, Outgoing } from '../mqtt.ts';
import { failoverRefusal } from '../publish/failover-state.ts';

export type ReadFailoverCommand = { ok: true; value: FailoverCommand } | FailoverRefusal;

/** A command that is not obeyed, as its sender is told. */
export const refusalOf = (failure: Failure): FailoverRefusal => ({
  ok: false,
  reason: failure.message,
  failure: failureReport(failure),
});

const refused = (problem: string): FailoverRefusal => refusalOf(new Failure('badRequest', problem));

/** Undefined where it is no JSON. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** What a text asks for: an object of JSON, or, as Home Assistant's select sends it, an uplink's name or `auto`. */
function askedBy(text: string): unknown {
  if (text.startsWith('{')) return parsed(text);
  return text === 'auto' ? { action: 'release' } : { action: 'force', uplink: text };
}

function readText(text: string, uplinks: readonly string[]): ReadFailoverCommand {
  if (text === '') return refused("the command is empty; send an object of JSON, an uplink's name, or auto");
  const asked = askedBy(text);
  if (asked === undefined) return refused('the command begins like an object of JSON and is none');
  const read = parseWith(FailoverCommand, asked);
  if (!read.ok) return refused(sayProblems(read.problems));
  const { value } = read;
  if (value.action !== 'force' || uplinks.includes(value.uplink)) return { ok: true, value };
  const meant = nearest(value.uplink, uplinks);
  const hint = meant === null ? '' : `; did you mean ${meant}?`;
  return refused(`there is no uplink called ${quoted(value.uplink)}${hint}`);
}

/** `uplinks` are the names of those that can be forced. Null where nothing is asked: a retained message that is cleared. */
export function readFailoverCommand(
  message: CommandMessage,
  uplinks: readonly string[],
): ReadFailoverCommand | null {
  if (isDeletion(message)) return null;
  const refusal = refusalOfMessage(message, 'command');
  if (refusal !== null) return refusalOf(refusal);
  const text = commandText(message.payload);
  return text === null ? refused(unreadable) : readText(text, uplinks);
}

export interface FailoverCommandParts {
  agent: string;
  isConfigured(): boolean;
  /** The names of those that can be forced. */
  uplinks(): readonly string[];
  /** Why a command is not obeyed; null where it is. */
  obey(command: FailoverCommand): string | null;
  publish(message: Outgoing): void;
}

/** Returns whether a message was for failover; whoever is not obeyed is told why. */
export function createFailoverCommands(parts: FailoverCommandParts): (incoming: Incoming) => boolean {
  const { agent, isConfigured, uplinks, obey, publish } = parts;

  function refusalTo(read: ReadFailoverCommand): FailoverRefusal | null {
    if (!read.ok) return read;
    if (!isConfigured()) {
      return refusalOf(new Failure('unsupported', 'failover is not configured: the file has no failover'));
    }
    const refusal = obey(read.value);
    return refusal === null ? null : refusalOf(new Failure('forceRefused', refusal));
  }

  return (incoming) => {
    if (incoming.topic !== failoverSetTopic(agent)) return false;
    const read = readFailoverCommand(incoming, uplinks());
    const refusal = read === null ? null : refusalTo(read);
    if (refusal !== null) publish(failoverRefusal(agent, refusal));
    return true;
  };
}
