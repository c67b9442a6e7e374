// Programs that no event asks for: run under the rules of actions, and ended with the agent.
import type { Log } from '../log.ts';
import type { Environment } from './environment.ts';
import { type Order, runProgram } from './run.ts';
import { tellEnding } from './telling.ts';

export interface AloneParts {
  log: Log;
  environment: Environment;
  /** Why programs can't be run without the agent's powers; null where they can. */
  refusal(): Promise<string | null>;
  sayRefused(about: object, why: string): void;
  stopped(): boolean;
  /** Ends what runs. */
  ending: AbortSignal;
}

export interface Alone {
  /** Never rejects. */
  run(program: Order['program'], timeoutMs: number, environment: Environment): Promise<void>;
  /** Resolves when none runs. */
  over(): Promise<unknown>;
}

export function createAlone(parts: AloneParts): Alone {
  const { log, refusal, sayRefused, stopped, ending } = parts;
  const running = new Set<Promise<void>>();

  async function run(order: Order): Promise<void> {
    const about = { program: order.program[0] };
    if (stopped()) return;
    const refused = await refusal();
    if (stopped()) return;
    if (refused !== null) return sayRefused(about, refused);
    tellEnding(log, about, await runProgram(order, ending));
  }

  return {
    run(program, timeoutMs, told) {
      const onLine = (line: string): void => log.info({ program: program[0], line }, 'output of a program');
      const environment = { ...parts.environment, ...told };
      const mine = run({ program, input: null, environment, timeoutMs, onLine }).finally(() =>
        running.delete(mine),
      );
      running.add(mine);
      return mine;
    },
    over: () => Promise.all(running),
  };
}
