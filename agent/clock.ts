// The time, on both clocks.
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Instant } from '../shared/instant.ts';

function bootId(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  } catch {
    return randomUUID();
  }
}

const boot = bootId();

/** CLOCK_MONOTONIC counts from the machine's start, so that processes of one start can compare it. */
export const now = (): Instant => ({
  epochMs: Date.now(),
  upMs: Number(process.hrtime.bigint() / 1000n) / 1000,
  boot,
});
