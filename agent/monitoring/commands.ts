// What comes over MQTT for monitors and from Home Assistant, sorted: commands, questions for history, its coming back.
import { isDeletion, refusalOfMessage } from '../../shared/command.ts';
import { Failure } from '../../shared/failure.ts';
import { birthTopic, commandedMonitor } from '../../shared/topics.ts';
import { type Monitors, readCommand } from '../monitor/index.ts';
import type { Incoming } from '../mqtt.ts';
import type { Asked } from '../request/asked.ts';

export interface CommandParts {
  /** Home Assistant's; empty where it is told nothing. */
  prefix: string;
  monitors: Pick<Monitors, 'obey' | 'view'>;
  /** Takes what can't be obeyed: its refusal is a result, as every request's. */
  refuse(asked: Asked): void;
  answerHistory(monitor: string, incoming: Incoming, refusal: Failure | null): void;
  born(): void;
}

/** Where its refusals are heard: pathproof/<agent>/probe/monitor/result. */
const word = 'monitor';

const refusalOf = (monitor: string, { code, message }: Failure): Asked => ({
  kind: null,
  word,
  body: null,
  problem: new Failure(code, `monitor ${monitor}: ${message}`),
  mayForce: false,
  mayProbeSelf: true,
  signal: null,
  reply: null,
});

/** Returns whether the message was for one of these. */
export function createCommands({ prefix, monitors, refuse, answerHistory, born }: CommandParts) {
  function refusalOfUnknown(monitor: string): Failure | null {
    const known = monitors.view().some((state) => state.monitor === monitor);
    return known ? null : new Failure('badRequest', `there is no monitor called ${monitor}`);
  }

  function obey(incoming: Incoming): void {
    const read = readCommand(incoming);
    if (read === null) return;
    if (!read.ok) return refuse(refusalOf(read.monitor, read.failure));
    const problem = monitors.obey(read.value);
    if (problem !== null) refuse(refusalOf(read.value.monitor, new Failure('badRequest', problem)));
  }

  return (incoming: Incoming): boolean => {
    const { topic, payload } = incoming;
    if (prefix !== '' && topic === birthTopic(prefix)) {
      // A retained one is the last that was said: Home Assistant may have come back while the agent was away.
      if (payload.toString('utf8') === 'online') born();
      return true;
    }
    const commanded = commandedMonitor(topic);
    if (commanded === null) return false;
    const { monitor, command } = commanded;
    if (command !== 'history/request') obey(incoming);
    else if (!isDeletion(incoming)) {
      answerHistory(monitor, incoming, refusalOfMessage(incoming, 'request') ?? refusalOfUnknown(monitor));
    }
    return true;
  };
}
