// One uplink in one family, measured: how it stands in the network, the addresses of its targets, its line of echoes.
import type { Family } from '../../../shared/ip.ts';
import type { Exit } from '../../../shared/way.ts';
import { type Condition, nothingKnown, upSinceMs } from '../health/condition.ts';
import type { Figures } from '../health/figures.ts';
import type { Link } from '../health/link.ts';
import type { FlapSettings } from '../health/settings.ts';
import type { Outcome } from '../health/look.ts';
import type { Votes } from '../health/votes.ts';
import type { NetworkState } from '../network.ts';
import type { SendEcho } from './echo.ts';
import { footingOf } from './footing.ts';
import { type Line, createLine } from './line.ts';
import { createNames } from './names.ts';
import { type MeasuredUplink, targetsIn, theGateway } from './targets.ts';

export type { MeasuredUplink } from './targets.ts';

/** As it is now; moments are monotonic. */
export interface Measured {
  uplink: string;
  family: Family;
  condition: Condition;
  /** Null before the first look. */
  figures: Figures | null;
  suppressed: boolean;
  /** It missed an answer just now, and whether it is down is being found out. */
  suspect: boolean;
  upSinceMs: number | null;
  link: Link;
  gateway: string | null;
  sources: readonly string[];
}

export interface MeasurementParts {
  network(): NetworkState;
  flap(): FlapSettings;
  /** Uplinks without targets are asked by their gateway. */
  gatewaysCount(): boolean;
  votes(family: Family): Votes;
  sendBy(exit: Exit): SendEcho;
  /** Rejects where a name has no address. */
  resolve(name: string, family: Family, exit: Exit, signal: AbortSignal): Promise<readonly string[]>;
  /** The address of a name that another uplink found in this family; null where none did. */
  foundElsewhere(name: string, family: Family): string | null;
  /** It found a name's address: another may have waited for that. */
  found(measurement: Measurement): void;
  looked(measurement: Measurement, outcome: Outcome): void;
  nowMs(): number;
}

export interface Measurement extends Pick<Line, 'look' | 'check' | 'pace' | 'seen' | 'stop'> {
  family: Family;
  /** By another one nothing of this is known. */
  interfaceName: string;
  view(): Measured;
  /** Of a name among its targets, as it found it by itself; null where it did not. */
  addressOf(name: string): string | null;
}

/** `uplink` gives its settings as they are now. To be looked at to begin. */
export function createMeasurement(
  name: string,
  family: Family,
  uplink: () => MeasuredUplink,
  parts: MeasurementParts,
): Measurement {
  const { network, nowMs } = parts;
  let footing = footingOf(network(), uplink(), family, null, nowMs());
  let outcome: Outcome | null = null;
  const { interface: interfaceName } = uplink();
  const exit: Exit = { uplink: name, interfaceName, source: null };
  const send = parts.sendBy(exit);
  const names = createNames({
    family,
    resolve: (host, signal) => parts.resolve(host, family, exit, signal),
    found() {
      line.look();
      parts.found(measurement);
    },
    nowMs,
  });

  /** A line that is dead from the start finds no names, and is dead all the same: what others found does for it. */
  const addressOf = (target: string): string | null =>
    target === theGateway
      ? footing.gateway
      : (names.addressOf(target) ?? parts.foundElsewhere(target, family));

  /** Where it lost the addresses that it was measured for, it is measured on: that is an outage. */
  const targets = (): readonly string[] => targetsIn(uplink(), family, parts.gatewaysCount());

  const line = createLine({
    targets,
    addressOf,
    settings: () => uplink().health,
    flap: parts.flap,
    footing() {
      footing = footingOf(network(), uplink(), family, footing.link, nowMs());
      if (footing.link.link === 'ready') names.refresh(targets());
      return footing;
    },
    votes: () => parts.votes(family),
    send,
    looked(looked) {
      outcome = looked;
      parts.looked(measurement, looked);
    },
    nowMs,
  });
  const measurement: Measurement = {
    family,
    interfaceName,
    look: line.look,
    check: line.check,
    pace: line.pace,
    seen: line.seen,
    addressOf: names.addressOf,
    view() {
      const condition = outcome?.track.condition ?? nothingKnown(nowMs());
      return {
        uplink: name,
        family,
        condition,
        figures: outcome?.figures ?? null,
        suppressed: outcome?.track.suppressed ?? false,
        suspect: outcome?.suspect ?? false,
        upSinceMs: upSinceMs(condition),
        link: footing.link.link,
        gateway: footing.gateway,
        sources: footing.sources,
      };
    },
    stop() {
      line.stop();
      names.stop();
    },
  };
  return measurement;
}
