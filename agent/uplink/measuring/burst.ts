// The echoes that decide whether an uplink that missed an answer is down: several to each of two targets, 50 ms apart.
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import type { BurstOutcome } from '../health/suspicion.ts';
import type { Came, SendEcho } from './echo.ts';

const spacingMs = 50;

export interface BurstTarget {
  name: string;
  address: string;
  waitMs: number;
}

export interface BurstParts {
  targets: readonly BurstTarget[];
  /** To each of them. */
  echoes: number;
  send: SendEcho;
  /** One that answered, and when its echo was sent. */
  answered(name: string, sentMs: number, rttMs: number): void;
  nowMs(): number;
}

export interface BurstResult {
  outcome: BurstOutcome;
  /** The next hop did not answer ARP: nothing left. */
  unresolved: boolean;
}

// Read anew each time: TypeScript takes a property for what it was a line before.
const isOver = ({ aborted }: AbortSignal): boolean => aborted;

/** Over with the first answer, or when all are silent. Never rejects. */
export async function sendBurst(parts: BurstParts, signal: AbortSignal): Promise<BurstResult> {
  const { targets, echoes, send, answered, nowMs } = parts;
  const over = new AbortController();
  const came: Came[] = [];

  async function ask({ name, address: destination, waitMs }: BurstTarget): Promise<void> {
    const sentMs = nowMs();
    const late = (): void => answered(name, sentMs, nowMs() - sentMs);
    const one = await send({ destination, waitMs, late });
    came.push(one);
    if (one.type !== 'reply') return;
    answered(name, sentMs, one.rttMs);
    over.abort();
  }

  const asked: Promise<void>[] = [];
  const either = AbortSignal.any([over.signal, signal]);
  for (let index = 0; index < echoes && !isOver(either); index += 1) {
    if (index > 0) await delay(spacingMs, undefined, { signal: either }).catch(() => undefined);
    if (!isOver(either)) asked.push(...targets.map(ask));
  }
  if (!isOver(either)) await Promise.race([once(either, 'abort'), Promise.all(asked)]);
  if (isOver(over.signal)) return { outcome: 'answered', unresolved: false };
  const told = came.filter(({ type }) => type !== 'local');
  const unresolved = told.length > 0 && told.every((one) => one.type === 'silence' && one.left === false);
  return { outcome: told.length > 0 && !isOver(signal) ? 'silent' : 'unknown', unresolved };
}

export interface Bursts {
  begin(targets: readonly BurstTarget[], echoes: number): void;
  underWay(): boolean;
  /** Nothing is told of the one under way any more. */
  stop(): void;
}

/** One at a time; `over` is told how each ended that was not stopped. */
export function createBursts(
  parts: Omit<BurstParts, 'targets' | 'echoes'>,
  over: (result: BurstResult) => void,
): Bursts {
  let current: AbortController | null = null;

  function stop(): void {
    current?.abort();
    current = null;
  }

  async function run(own: AbortController, burst: BurstParts): Promise<void> {
    const result = await sendBurst(burst, own.signal);
    if (current !== own) return;
    current = null;
    over(result);
  }

  return {
    begin(targets, echoes) {
      stop();
      current = new AbortController();
      void run(current, { ...parts, targets, echoes });
    },
    underWay: () => current !== null,
    stop,
  };
}
