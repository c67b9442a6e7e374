// The health of all uplinks: which are measured, how often each is asked, and what they tell of each other.
import type { Family } from '../../shared/ip.ts';
import { type Transition, isUsable } from './health/condition.ts';
import type { Outcome } from './health/look.ts';
import { type Votes, noVotes, votesOf } from './health/votes.ts';
import { footingOf } from './measuring/footing.ts';
import { createLater } from './measuring/later.ts';
import {
  type Measured,
  type MeasuredUplink,
  type Measurement,
  type MeasurementParts,
  createMeasurement,
} from './measuring/measurement.ts';
import { targetsIn, targetsOf } from './measuring/targets.ts';

export type { Measured, MeasuredUplink } from './measuring/measurement.ts';

export interface MeasuringParts extends Omit<
  MeasurementParts,
  'votes' | 'looked' | 'found' | 'foundElsewhere'
> {
  uplinks(): Readonly<Record<string, MeasuredUplink>>;
  families(): readonly Family[];
  /** The uplink that the kernel's default route leaves by; null where it is none's. */
  active(family: Family): string | null;
  /** Something of one but its figures is another; `transition` where that is its health. */
  changed(measured: Measured, transition: Transition | null): void;
}

export interface Measuring {
  /** The network, the settings or the active uplink may be others. */
  look(): void;
  all(): Measured[];
  stop(): void;
}

/** What was merely lost is answered by then, at the first echo of the burst that follows; nothing is decided before. */
const meteredGraceMs = 100;

const keyOf = (uplink: string, family: Family): string => `${family} ${uplink}`;

export function createMeasuring(parts: MeasuringParts): Measuring {
  const { uplinks, families, network, nowMs } = parts;
  const measurements = new Map<string, Measurement>();
  const votes = new Map<Family, Votes>();
  const told = new WeakMap<Measurement, string>();
  /** Suspect for so long that what it costs to find out does not count any more. */
  const pressing = new WeakSet<Measurement>();
  const later = createLater();
  let stopped = false;

  const of = (family: Family): Measurement[] =>
    [...measurements.values()].filter((one) => one.family === family);

  function votesNow(family: Family): Votes {
    const seen = of(family).map((one) => one.seen());
    const now = votesOf(votes.get(family) ?? noVotes, seen, nowMs());
    votes.set(family, now);
    return now;
  }

  /**
   * Quick where it matters: on the way out, where something is being found out, and everywhere where nothing works. By a
   * metered line only what is not settled at once: a lossy one beside it would use up its volume.
   */
  function pace(family: Family): void {
    const all = of(family).map((measurement) => ({ measurement, view: measurement.view() }));
    const noneWorks = all.every(({ view }) => !isUsable(view.condition.health));
    const suspects = all.filter(({ view }) => view.suspect).map(({ measurement }) => measurement);
    const active = parts.active(family);
    for (const { measurement, view } of all) {
      const uplink = uplinks()[view.uplink];
      if (uplink === undefined) continue;
      const { health, metered } = uplink;
      const isUrgent =
        noneWorks || suspects.some((one) => !metered || one === measurement || pressing.has(one));
      const isOpen = ['probing', 'recovering'].includes(view.condition.health);
      const isQuick = isUrgent || isOpen || view.uplink === active;
      measurement.pace(isQuick ? health.sendIntervalMs : health.standbyIntervalMs);
    }
  }

  /** Whoever is to be switched to shall have answered just now. */
  function checkBeside(measurement: Measurement, metered: boolean): void {
    for (const other of of(measurement.family)) {
      if (other !== measurement && uplinks()[other.view().uplink]?.metered === metered) other.check();
    }
  }

  function press(measurement: Measurement): void {
    if (stopped || !measurement.view().suspect) return;
    pressing.add(measurement);
    checkBeside(measurement, true);
    pace(measurement.family);
  }

  function looked(measurement: Measurement, { burst, transition }: Outcome): void {
    if (burst !== null) {
      checkBeside(measurement, false);
      later.after(meteredGraceMs, () => press(measurement));
    }
    pace(measurement.family);
    const view = measurement.view();
    const said = JSON.stringify({ ...view, figures: null, condition: { ...view.condition, reason: '' } });
    if (!view.suspect) pressing.delete(measurement);
    if (told.get(measurement) === said) return;
    told.set(measurement, said);
    parts.changed(view, transition);
  }

  const foundElsewhere = (name: string, family: Family): string | null =>
    of(family)
      .map((one) => one.addressOf(name))
      .find((address) => address !== null) ?? null;

  function found(measurement: Measurement): void {
    for (const other of of(measurement.family)) if (other !== measurement) other.look();
  }

  function isMeasured(uplink: MeasuredUplink, family: Family): boolean {
    const footing = footingOf(network(), uplink, family, null, nowMs());
    return targetsOf(uplink, family, footing, parts.gatewaysCount()).length > 0;
  }

  /** One that lost its address in a family stays measured in it, one that has no targets of it any more does not. */
  function stays({ family, interfaceName }: Measurement, uplink: MeasuredUplink | undefined): boolean {
    if (uplink?.interface !== interfaceName || !families().includes(family)) return false;
    return targetsIn(uplink, family, parts.gatewaysCount()).length > 0;
  }

  function begin(name: string, family: Family, first: MeasuredUplink): void {
    let last = first;
    // A removed one may still be asked about while it ends.
    const uplink = (): MeasuredUplink => (last = uplinks()[name] ?? last);
    const measurement = createMeasurement(name, family, uplink, {
      ...parts,
      votes: votesNow,
      looked,
      foundElsewhere,
      found,
    });
    measurements.set(keyOf(name, family), measurement);
  }

  return {
    look() {
      if (stopped) return;
      for (const [key, measurement] of measurements) {
        if (stays(measurement, uplinks()[measurement.view().uplink])) continue;
        measurements.delete(key);
        measurement.stop();
      }
      for (const [name, uplink] of Object.entries(uplinks())) {
        for (const family of families()) {
          if (!measurements.has(keyOf(name, family)) && isMeasured(uplink, family))
            begin(name, family, uplink);
        }
      }
      for (const measurement of measurements.values()) measurement.look();
    },
    all: () => [...measurements.values()].map((measurement) => measurement.view()),
    stop() {
      stopped = true;
      later.stop();
      for (const measurement of measurements.values()) measurement.stop();
      measurements.clear();
    },
  };
}
