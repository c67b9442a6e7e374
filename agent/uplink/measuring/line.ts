// One uplink in one family over time: asks its targets in turn, sends the burst that a missed answer calls for, and looks
// at what is known whenever something came or is due.
import { isUsable } from '../health/condition.ts';
import { type Outcome, look, seenBy } from '../health/look.ts';
import type { FlapSettings, HealthSettings } from '../health/settings.ts';
import type { BurstOutcome } from '../health/suspicion.ts';
import {
  type Track,
  answered,
  answeredBurst,
  burstWaitOf,
  failedLocally,
  moved,
  newTrack,
  refused,
  retargeted,
  sent,
} from '../health/track.ts';
import type { Seen, Votes } from '../health/votes.ts';
import type { Askable } from '../health/place.ts';
import type { SlotKey } from '../health/window.ts';
import { createAlarm } from './alarm.ts';
import { createBursts } from './burst.ts';
import type { Came, SendEcho } from './echo.ts';
import type { Footing } from './footing.ts';
import { createGateway } from './gateway.ts';
import { theGateway } from './targets.ts';
import { createTurns } from './turns.ts';

export interface LineParts {
  /** As they are configured; at least one. */
  targets(): readonly string[];
  /** Null where a name is not known (yet). */
  addressOf(target: string): string | null;
  settings(): HealthSettings;
  flap(): FlapSettings;
  /** How the uplink stands in the network now. */
  footing(): Footing;
  votes(): Votes;
  send: SendEcho;
  looked(outcome: Outcome): void;
  nowMs(): number;
}

export interface Line {
  /** Looks again: something else is known. */
  look(): void;
  /** Asks each target at once. */
  check(): void;
  /** How often each target is asked. */
  pace(everyMs: number): void;
  seen(): Seen;
  stop(): void;
}

/** Begins with the first look. */
export function createLine(parts: LineParts): Line {
  const { addressOf, send, nowMs } = parts;
  const stopping = new AbortController();
  const gateway = createGateway(send);
  let track: Track = newTrack(parts.targets(), nowMs());
  let footing: Footing | null = null;
  let ended: BurstOutcome | null = null;

  const isReady = (): boolean => footing?.link.link === 'ready';
  const isOpen = (): boolean => isReady() && askable() === 'ready';

  function askable(): Askable {
    if (track.targets.some((target) => addressOf(target) !== null)) return 'ready';
    return track.targets.includes(theGateway) ? 'nobody' : 'names unknown';
  }

  function take(key: SlotKey, came: Came): void {
    if (came.type === 'reply') track = answered(track, key, came.rttMs);
    if (came.type === 'refused') track = refused(track, key);
    if (came.type === 'local') track = failedLocally(track, key, came.why);
    lookNow();
  }

  function ask(key: SlotKey): void {
    const settings = parts.settings();
    const sentMs = nowMs();
    track = sent(track, key, settings, sentMs);
    const destination = addressOf(key.target);
    const why = `the address of ${key.target} is not known`;
    if (destination === null) return take(key, { type: 'local', why });
    const late = (): void => take(key, { type: 'reply', rttMs: nowMs() - sentMs });
    void send({ destination, waitMs: settings.timeoutMs, late }).then((came) => take(key, came));
  }

  const turns = createTurns(
    {
      targets: () => track.targets,
      isOpen,
      ask,
      asked() {
        if (!isUsable(track.condition.health)) void askGateway();
        lookNow();
      },
      nowMs,
    },
    parts.settings().sendIntervalMs,
  );

  async function askGateway(): Promise<void> {
    const address = footing?.gateway ?? null;
    if (address !== null && isReady()) await gateway.ask(address);
  }

  const alarm = createAlarm(() => {
    if (footing !== null && footing.link.lookAgainMs !== null) follow();
    lookNow();
  }, nowMs);
  const bursts = createBursts(
    {
      send,
      answered(name, sentMs, rttMs) {
        track = answeredBurst(track, name, sentMs, rttMs);
      },
      nowMs,
    },
    ({ outcome, unresolved }) => {
      if (unresolved) gateway.unresolved();
      ended = outcome;
      lookNow();
    },
  );

  function burst(names: readonly string[]): void {
    const settings = parts.settings();
    const targets = names.flatMap((name) => {
      const address = addressOf(name);
      return address === null ? [] : [{ name, address, waitMs: burstWaitOf(track, name, settings) }];
    });
    void askGateway();
    bursts.begin(targets, settings.down);
  }

  /** The network may have changed under it. */
  function follow(): Footing {
    const before = footing;
    const now = parts.footing();
    footing = now;
    const targets = parts.targets();
    if (targets.join() !== track.targets.join()) {
      track = retargeted(track, targets);
      turns.restart();
    }
    const isOtherGateway = now.gateway !== before?.gateway;
    if (isOtherGateway) gateway.changed();
    if (before !== null && (isOtherGateway || now.sources[0] !== before.sources[0])) {
      track = moved(track, nowMs());
      stopBurst();
    }
    if (isReady() && (before?.link.link !== 'ready' || isOtherGateway)) {
      turns.hurry();
      void askGateway();
    }
    turns.plan();
    return now;
  }

  function stopBurst(): void {
    bursts.stop();
    ended = null;
  }

  function lookNow(): void {
    if (stopping.signal.aborted) return;
    const { link } = footing ?? follow();
    const facts = {
      link: link.link,
      askable: askable(),
      gateway: gateway.signs(),
      votes: parts.votes(),
      burst: ended,
    };
    ended = null;
    const outcome = look(track, facts, parts.settings(), parts.flap(), nowMs());
    track = outcome.track;
    if (outcome.burst !== null) burst(outcome.burst);
    else if (!outcome.suspect && bursts.underWay()) stopBurst();
    alarm.set([outcome.lookAgainMs, link.lookAgainMs]);
    parts.looked(outcome);
  }

  return {
    look() {
      follow();
      lookNow();
    },
    check() {
      if (!isOpen()) return;
      turns.all();
      lookNow();
    },
    pace: turns.pace,
    seen: () => seenBy(track, footing?.link.link ?? 'missing', nowMs()),
    stop() {
      stopping.abort();
      turns.stop();
      bursts.stop();
      alarm.stop();
    },
  };
}
