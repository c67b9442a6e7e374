// The monitoring as the rest of the agent sees it: apart from monitoring.ts, so that its own parts can be typed by it.
import type { Failure } from '../../shared/failure.ts';
import type { MonitorState } from '../../shared/monitor.ts';
import type { Event } from '../../shared/event.ts';
import type { Result, Traffic } from '../../shared/result.ts';
import type { Actions } from '../action/index.ts';
import type { Config } from '../config.ts';
import type { FileSettings } from '../config/file.ts';
import type { Log } from '../log.ts';
import type { LoopDelay } from '../loop-delay.ts';
import type { Incoming, Outgoing } from '../mqtt.ts';
import type { Pipeline } from '../pipeline.ts';
import type { Retained } from '../publish/availability.ts';
import type { Pages } from '../request/http/pages.ts';
import type { Store } from '../store/index.ts';
import type { Uplinks } from '../uplink/index.ts';
import type { HealthOfUplink } from '../uplink/states.ts';

export interface MonitoringNeeds {
  config: Pick<Config, 'DEVICE_NAME' | 'HOMEASSISTANT_PREFIX' | 'SYSLOG_ADDRESS'>;
  version: string;
  /** The environment that actions inherit. */
  environment: NodeJS.Dict<string>;
  log: Log;
  store: Store;
  uplinks: Pick<Uplinks, 'view'>;
  file: () => FileSettings;
  egressServers: () => readonly string[];
  /** By the names of the uplinks that are measured. */
  health: () => ReadonlyMap<string, HealthOfUplink>;
  /** What else the broker keeps of this agent, as it is now. */
  alsoKept: () => Retained[];
  watch: Pipeline['watch'];
  answer: Pipeline['answer'];
  queueLoad: () => readonly { uplink: string; running: number; waiting: number }[];
  loopDelayMs: () => LoopDelay;
  publish: (message: Outgoing) => void;
  isConnected: () => boolean;
  /** `…/info` says something else now. */
  onAbout: () => void;
  stopping: AbortSignal;
}

/** How the rest of the agent tells what is kept, and has programs run. */
export interface Voice {
  /** An event: kept, then sent and acted on. */
  emit(event: Event): void;
  /** What the broker is to keep, where it has it otherwise. */
  show(message: Retained): void;
  /** What the broker is to keep no more. */
  clear(messages: readonly Retained[]): void;
  /** The uplinks' states may be others. */
  refreshUplinks(): void;
  /** What was put on an uplink that is no probe's. */
  spent(uplink: string | null, traffic: Traffic): void;
  runProgram: Actions['runOnce'];
}

/** What it is to the one way of requests. */
export interface MonitoringStages {
  /** Why an uplink may carry no probe now; null where it may. */
  budgetRefusal: (uplink: string | null) => Failure | null;
  /** Each result, whoever asked. */
  observe(result: Result): void;
  /** A result's message: at once, or kept while the broker is away. */
  publishResult(message: Outgoing): void;
}

/** Its part of the connection to the broker. */
export interface MonitoringRole {
  subscriptions: string[];
  /** Where a message was for a monitor, or from Home Assistant. */
  heard(incoming: Incoming): boolean;
  /** What the broker keeps of it, told at each connection. */
  introduction(): Outgoing[];
  /** After the introduction. */
  connected(): void;
}

export interface MonitoringReports {
  /** What `…/info` says of it. */
  about(): object;
  states(): MonitorState[];
  /** For people, at the start. */
  overview(): { monitors: MonitorState[]; expectedBytes: ReadonlyMap<string, number> };
}

export interface MonitoringLife {
  start(): Promise<void>;
  networkChanged(): void;
  /** The file is another. */
  reload(former: FileSettings): Promise<void>;
  /** Nothing is watched any more. */
  stop(): Promise<void>;
  /** Resolves when all that is known is kept. */
  close(): Promise<void>;
}

export interface Monitoring {
  stages: MonitoringStages;
  /** What others of the agent tell by the same ways. */
  voice: Voice;
  broker: MonitoringRole;
  pages: Pages;
  reports: MonitoringReports;
  life: MonitoringLife;
}
