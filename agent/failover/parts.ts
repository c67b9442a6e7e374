// Failover as the rest of the agent sees it: apart from failover.ts, so that its own parts can be typed by it.
import type { Event } from '../../shared/event.ts';
import type { FailoverState, Mode } from '../../shared/failover.ts';
import type { Traffic } from '../../shared/result.ts';
import type { FileSettings } from '../config/file.ts';
import type { ResetSettings } from '../config/uplink/reset.ts';
import type { Log } from '../log.ts';
import type { Incoming, Outgoing } from '../mqtt.ts';
import type { Network } from '../network.ts';
import type { Retained } from '../publish/availability.ts';
import type { HealthOfUplink } from '../uplink/states.ts';
import type { Power } from './power.ts';

export interface FailoverNeeds {
  agent: string;
  file(): FileSettings;
  network: Network;
  power: Power;
  log: Log;
  /** Kept, then sent and acted on. */
  emit(event: Event): void;
  /** A program of the user's; `environment` is what it is told. Never rejects. */
  runProgram(
    run: ResetSettings['run'],
    timeoutMs: number,
    environment: Readonly<Record<string, string>>,
  ): Promise<void>;
  show(message: Retained): void;
  clear(messages: readonly Retained[]): void;
  publish(message: Outgoing): void;
  /** What the uplinks' states show may be another. */
  refreshUplinks(): void;
  spent(uplink: string | null, traffic: Traffic): void;
  leave(addresses: readonly string[]): void;
}

export interface Failover {
  subscriptions: string[];
  start(): void;
  health(): ReadonlyMap<string, HealthOfUplink>;
  state(): FailoverState | null;
  networkChanged(): void;
  reload(former: FileSettings): Promise<void>;
  heard(incoming: Incoming): boolean;
  /** For people, at the start; null where the file has no failover. */
  overview(): { mode: Mode; blindSpots: string[] } | null;
  introduction(): Retained[];
  /** Restores what was there before, where that is wanted. */
  stop(): Promise<void>;
}
