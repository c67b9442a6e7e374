// What actions are made from, and what they are to the rest of the agent.
import type { Event } from '../../shared/event.ts';
import type { Change, KeepsState } from '../../shared/store.ts';
import type { Log } from '../log.ts';
import type { ActionSettings } from './entries.ts';
import type { Environment } from './environment.ts';
import type { Order } from './run.ts';

export interface ActionOptions {
  /** As the configuration has them now. */
  settings: () => readonly ActionSettings[];
  store: KeepsState;
  log: Log;
  agent: string;
  /** The log goes to syslog: imon's scripts are told. */
  syslog: boolean;
  /** The agent's own, without secrets. */
  environment: Readonly<Record<string, string | undefined>>;
  /** The agent stops: what has not begun by then is left for the next start, rather than begun and ended at once. */
  stopping: AbortSignal;
}

export interface Actions {
  /** What has to be run for an event, to be written in one batch with it; none for what is not kept (probe.result). */
  changesFor(event: Event): Change[];
  /** Runs what asks for an event, which is on disk by now, in its turn. */
  take(event: Event): void;
  /** Runs what asks for an event that is not kept. */
  observed(event: Event): void;
  /** Runs a program that no event asks for, under the same rules; `environment` is what it is told. Never rejects. */
  runOnce(program: Order['program'], timeoutMs: number, environment: Environment): Promise<void>;
  /** Takes up what the last run of the agent left. Never rejects. */
  start(): Promise<void>;
  /** Ends what runs; what waits is left for the next start. */
  stop(): Promise<void>;
}
