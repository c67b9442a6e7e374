// One uplink in one family: all that its health is judged by, and what becomes of it by what is told. Pure; who sends the
// echoes and keeps the time calls it.
import { type Condition, nothingKnown } from './condition.ts';
import { type Flap, noFlap } from './flap.ts';
import type { HealthSettings } from './settings.ts';
import { type Suspicion, noSuspicion } from './suspicion.ts';
import { type RoundTrip, burstWaitMs, decidingWaitMs, smoothed, suspicionWaitMs } from './wait.ts';
import {
  type SlotKey,
  type Window,
  emptyWindow,
  slotOf,
  withAnswer,
  withLife,
  withLocalFault,
  withRefusal,
  withSlot,
  withoutOpen,
} from './window.ts';

export interface Track {
  /** As they are configured: names, too. At least one. */
  targets: readonly string[];
  window: Window;
  roundTrips: ReadonlyMap<string, RoundTrip>;
  condition: Condition;
  suspicion: Suspicion;
  flap: Flap;
  /** By the flap penalty, as of the last look. */
  suppressed: boolean;
}

export const newTrack = (targets: readonly string[], nowMs: number): Track => ({
  targets,
  window: emptyWindow,
  roundTrips: new Map(),
  condition: nothingKnown(nowMs),
  suspicion: noSuspicion,
  flap: noFlap,
  suppressed: false,
});

/** An echo has left for a target; each is asked once a round. */
export function sent(track: Track, key: SlotKey, settings: HealthSettings, nowMs: number): Track {
  const roundTrip = track.roundTrips.get(key.target) ?? null;
  const slot = {
    ...key,
    sentMs: nowMs,
    suspicionWaitMs: suspicionWaitMs(roundTrip, settings.timeoutMs),
    waitMs: decidingWaitMs(roundTrip, settings.timeoutMs),
    rttMs: null,
    refused: false,
    localFault: null,
  };
  return { ...track, window: withSlot(track.window, slot, settings) };
}

function withRoundTrip({ roundTrips }: Track, target: string, rttMs: number): Map<string, RoundTrip> {
  return new Map(roundTrips).set(target, smoothed(roundTrips.get(target) ?? null, rttMs));
}

/** The answer to an echo has come, however late; a second one, or one to an echo that is no longer here, says nothing. */
export function answered(track: Track, key: SlotKey, rttMs: number): Track {
  if (slotOf(track.window, key)?.rttMs !== null) return track;
  return {
    ...track,
    window: withAnswer(track.window, key, rttMs),
    roundTrips: withRoundTrip(track, key.target, rttMs),
  };
}

/** How long after its last echo to a target a burst is waited for, in ms. */
export const burstWaitOf = (track: Track, target: string, { timeoutMs }: HealthSettings): number =>
  burstWaitMs(track.roundTrips.get(target) ?? null, timeoutMs);

/** A target has answered an echo of a burst. */
export const answeredBurst = (track: Track, target: string, sentMs: number, rttMs: number): Track => ({
  ...track,
  window: withLife(track.window, target, sentMs),
  roundTrips: withRoundTrip(track, target, rttMs),
});

/** An ICMP error came back for an echo. */
export const refused = (track: Track, key: SlotKey): Track => ({
  ...track,
  window: withRefusal(track.window, key),
});

/** This machine could not send an echo that was told of as sent; `why` is for people. */
export const failedLocally = (track: Track, key: SlotKey, why: string): Track => ({
  ...track,
  window: withLocalFault(track.window, key, why),
});

/** Address or gateway are others: what is under way may find nobody here, and takes other times. */
export const moved = (track: Track, nowMs: number): Track => ({
  ...track,
  window: withoutOpen(track.window, nowMs),
  roundTrips: new Map(),
  suspicion: noSuspicion,
});

/** Other targets: its health stays until they say otherwise. */
export const retargeted = (track: Track, targets: readonly string[]): Track => ({
  ...track,
  targets,
  window: { ...emptyWindow, provingFromMs: track.window.provingFromMs },
  roundTrips: new Map(),
  suspicion: noSuspicion,
});
