// The clock being set, seen by its distance from the monotonic one.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type StepGuard, watchForSteps } from '../../../agent/monitor/steps.ts';

const clock = { wallMs: 0, monotonicMs: 0 };
const read = { wallMs: () => clock.wallMs, monotonicMs: () => clock.monotonicMs };
const steps: number[] = [];
let guard: StepGuard;

function pass(ms: number, drift = 0): void {
  clock.monotonicMs += ms;
  clock.wallMs += ms + drift;
  vi.advanceTimersByTime(ms);
}

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  Object.assign(clock, { wallMs: 1_800_000_000_000, monotonicMs: 77_000 });
  steps.length = 0;
  guard = watchForSteps(read, (stepMs) => void steps.push(stepMs));
});
afterEach(() => {
  guard.stop();
  vi.useRealTimers();
});

describe('the guard', () => {
  it('sees a step within a second, once, in either direction', () => {
    pass(5000);
    clock.wallMs += 3_600_000;
    pass(1000);
    pass(5000);
    clock.wallMs -= 86_400_000;
    pass(1000);
    pass(5000);
    expect(steps).toEqual([3_600_000, -86_400_000]);
  });

  it('sees no step in slewing, nor where the process slept', () => {
    for (let second = 0; second < 4000; second++) pass(1000, 0.5);
    clock.monotonicMs += 3_600_000;
    clock.wallMs += 3_600_000;
    pass(1000);
    expect(steps).toEqual([]);
  });

  it('looks when it is asked, and has then told', () => {
    expect(guard.check()).toBe(false);
    clock.wallMs += 5000;
    expect(guard.check()).toBe(true);
    expect(steps).toEqual([5000]);
    expect(guard.check()).toBe(false);
  });

  it('leaves no timer behind', () => {
    guard.stop();
    expect(vi.getTimerCount()).toBe(0);
  });
});
