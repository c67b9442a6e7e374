// What the tests of health judge by: the defaults, with what a test wants otherwise.
import type { FlapSettings, HealthSettings } from '../../../../agent/uplink/health/settings.ts';

export const settings = (other: Partial<HealthSettings> = {}): HealthSettings => ({
  reliability: 1,
  sendIntervalMs: 1000,
  standbyIntervalMs: 5000,
  timeoutMs: 1000,
  window: 20,
  down: 5,
  up: 5,
  lossPercent: { fail: 40, recover: 10 },
  latencyMs: { fail: 1000, recover: 500 },
  jitterMs: { fail: 0, recover: 0 },
  carrierDebounceMs: 500,
  ...other,
});

export const flapSettings: FlapSettings = {
  halfLifeMs: 300_000,
  penalty: 1000,
  suppress: 3000,
  reuse: 750,
  maxMs: 1_800_000,
};
