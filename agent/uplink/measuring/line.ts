// One uplink in one family over time: asks its targets in turn, sends the burst that a missed answer calls for, and looks
// at what is known whenever something came or is due.
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
import { sendBurst } from './burst.ts';
import type { Came, SendEcho } from './echo.ts';
import type { Footing } from './footing.ts';
import { createGateway } from './gateway.ts';

const longestTimerMs = 2 ** 31 - 1;

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
  let [round, turn] = [0, 0];
  let everyMs = parts.settings().sendIntervalMs;
  let askedMs = -Infinity;
  let bursting: AbortController | null = null;
  let ended: BurstOutcome | null = null;
  let slotTimer: NodeJS.Timeout | undefined;
  let lookTimer: NodeJS.Timeout | undefined;

  const isReady = (): boolean => footing?.link.link === 'ready';
  const resolved = (): boolean => track.targets.some((target) => addressOf(target) !== null);

  function take(key: { round: number; target: string }, came: Came): void {
    if (came.type === 'reply') track = answered(track, key, came.rttMs);
    if (came.type === 'refused') track = refused(track, key);
    if (came.type === 'local') track = failedLocally(track, key, came.why);
    lookNow();
  }

  function ask(): void {
    const target = track.targets[turn % track.targets.length] ?? '';
    if (turn % track.targets.length === 0) round += 1;
    turn += 1;
    askedMs = nowMs();
    const key = { round, target };
    const settings = parts.settings();
    const sentMs = askedMs;
    track = sent(track, key, settings, sentMs);
    const destination = addressOf(target);
    if (destination === null)
      return take(key, { type: 'local', why: `the address of ${target} is not known` });
    const late = (): void => take(key, { type: 'reply', rttMs: nowMs() - sentMs });
    void send({ destination, waitMs: settings.timeoutMs, late }).then((came) => take(key, came));
  }

  /** The targets' turns are spread over the interval. */
  function plan(): void {
    clearTimeout(slotTimer);
    if (!isReady() || !resolved() || stopping.signal.aborted) return;
    const dueMs = askedMs + everyMs / track.targets.length;
    slotTimer = setTimeout(
      () => {
        ask();
        if (track.condition.health !== 'up' && track.condition.health !== 'degraded') void askGateway();
        lookNow();
        plan();
      },
      Math.max(0, dueMs - nowMs()),
    );
  }

  async function askGateway(): Promise<void> {
    const address = footing?.gateway ?? null;
    if (address !== null && isReady()) await gateway.ask(address);
  }

  async function burst(names: readonly string[]): Promise<void> {
    const settings = parts.settings();
    const own = new AbortController();
    bursting = own;
    const targets = names.flatMap((name) => {
      const address = addressOf(name);
      return address === null ? [] : [{ name, address, waitMs: burstWaitOf(track, name, settings) }];
    });
    void askGateway();
    const { outcome, unresolved } = await sendBurst(
      {
        ...{ targets, echoes: settings.down, send, nowMs },
        answered(name, sentMs, rttMs) {
          track = answeredBurst(track, name, sentMs, rttMs);
        },
      },
      AbortSignal.any([own.signal, stopping.signal]),
    );
    if (bursting !== own) return;
    bursting = null;
    if (unresolved) gateway.unresolved();
    ended = outcome;
    lookNow();
  }

  /** The network may have changed under it. */
  function follow(): Footing {
    const before = footing;
    const now = parts.footing();
    footing = now;
    const targets = parts.targets();
    if (targets.join() !== track.targets.join()) {
      track = retargeted(track, targets);
      turn = 0;
    }
    const isOtherGateway = now.gateway !== before?.gateway;
    if (isOtherGateway) gateway.changed();
    if (before !== null && (isOtherGateway || now.sources[0] !== before.sources[0])) {
      track = moved(track, nowMs());
      stopBurst();
    }
    if (isReady() && (before?.link.link !== 'ready' || isOtherGateway)) {
      askedMs = -Infinity;
      void askGateway();
    }
    plan();
    return now;
  }

  function stopBurst(): void {
    bursting?.abort();
    bursting = null;
    ended = null;
  }

  function lookNow(): void {
    if (stopping.signal.aborted) return;
    const { link } = footing ?? follow();
    const facts = {
      link: link.link,
      resolved: resolved(),
      gateway: gateway.signs(),
      votes: parts.votes(),
      burst: ended,
    };
    ended = null;
    const outcome = look(track, facts, parts.settings(), parts.flap(), nowMs());
    track = outcome.track;
    if (outcome.burst !== null) void burst(outcome.burst);
    else if (!outcome.suspect && bursting !== null) stopBurst();
    planLook([outcome.lookAgainMs, link.lookAgainMs]);
    parts.looked(outcome);
  }

  /** After a stall the answers that have come in are read first. */
  function planLook(moments: readonly (number | null)[]): void {
    clearTimeout(lookTimer);
    const known = moments.filter((ms) => ms !== null);
    if (known.length === 0) return;
    const waitMs = Math.ceil(Math.max(0, Math.min(...known) - nowMs()));
    lookTimer = setTimeout(() => setImmediate(lookAgain), Math.min(waitMs, longestTimerMs));
  }

  function lookAgain(): void {
    if (footing !== null && footing.link.lookAgainMs !== null) follow();
    lookNow();
  }

  return {
    look() {
      follow();
      lookNow();
    },
    check() {
      if (!isReady() || !resolved()) return;
      track.targets.forEach(ask);
      lookNow();
      plan();
    },
    pace(ms) {
      if (ms === everyMs) return;
      everyMs = ms;
      plan();
    },
    seen: () => seenBy(track, footing?.link.link ?? 'missing', nowMs()),
    stop() {
      stopping.abort();
      clearTimeout(slotTimer);
      clearTimeout(lookTimer);
    },
  };
}
