// What comes over MQTT for monitors and from Home Assistant, sorted: commands, questions for history, its coming back.
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

const refusalOf = (code: 'badRequest' | 'retainedRefused', monitor: string, problem: string): Asked => ({
  kind: null,
  word,
  body: null,
  problem: new Failure(code, `monitor ${monitor}: ${problem}`),
  mayForce: false,
  mayProbeSelf: true,
  signal: null,
  reply: null,
});

/** Returns whether the message was for one of these. */
export function createCommands({ prefix, monitors, refuse, answerHistory, born }: CommandParts) {
  function historyRefusal(monitor: string, retained: boolean): Failure | null {
    if (retained) {
      return new Failure('retainedRefused', 'the request is retained: send it without the retain flag');
    }
    const known = monitors.view().some((state) => state.monitor === monitor);
    return known ? null : new Failure('badRequest', `there is no monitor called ${monitor}`);
  }

  function obey(incoming: Incoming): void {
    const read = readCommand(incoming);
    if (read === null) return;
    const monitor = read.ok ? read.value.monitor : read.monitor;
    const problem = read.ok ? monitors.obey(read.value) : read.problem;
    const code = incoming.retained ? 'retainedRefused' : 'badRequest';
    if (problem !== null) refuse(refusalOf(code, monitor, problem));
  }

  return (incoming: Incoming): boolean => {
    const { topic, payload, retained } = incoming;
    if (prefix !== '' && topic === birthTopic(prefix)) {
      // A retained one is the last that was said: Home Assistant may have come back while the agent was away.
      if (payload.toString('utf8') === 'online') born();
      return true;
    }
    const commanded = commandedMonitor(topic);
    if (commanded === null) return false;
    if (commanded.command !== 'history/request') obey(incoming);
    // An empty retained message deletes the one that is kept.
    else if (!retained || payload.length > 0) {
      answerHistory(commanded.monitor, incoming, historyRefusal(commanded.monitor, retained));
    }
    return true;
  };
}
