// One uplink in one family, measured: how it stands in the network, the addresses of its targets, its line of echoes.
import { type Family, familyOf } from '../../../shared/ip.ts';
import type { Exit } from '../../../shared/way.ts';
import { type Condition, nothingKnown, upSinceMs } from '../health/condition.ts';
import type { Figures } from '../health/figures.ts';
import type { Link } from '../health/link.ts';
import type { FlapSettings, HealthSettings } from '../health/settings.ts';
import type { Outcome } from '../health/look.ts';
import type { Votes } from '../health/votes.ts';
import type { NetworkState } from '../network.ts';
import type { SendEcho } from './echo.ts';
import { type FootedUplink, type Footing, footingOf } from './footing.ts';
import { type Line, createLine } from './line.ts';
import { createNames } from './names.ts';

export interface MeasuredUplink extends FootedUplink {
  health: HealthSettings & { targets: readonly string[] };
}

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

const theGateway = 'the gateway';

/** Whom to ask in a family, as it is configured: targets of it, and names; without any target the gateway. */
export function targetsIn(
  { health: { targets } }: MeasuredUplink,
  family: Family,
  gatewaysCount: boolean,
): readonly string[] {
  if (targets.length === 0) return gatewaysCount ? [theGateway] : [];
  return targets.filter((target) => (familyOf(target) ?? family) === family);
}

/** The same, as the uplink stands; empty where nothing says that it has this family at all. */
export function targetsOf(
  uplink: MeasuredUplink,
  family: Family,
  { sources }: Footing,
  gatewaysCount: boolean,
): readonly string[] {
  const asked = targetsIn(uplink, family, gatewaysCount);
  const isSure = family === 4 || sources.length > 0 || asked.some((target) => familyOf(target) === family);
  return isSure ? asked : [];
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
