// How the health of an uplink is judged: durations in ms, shares in percent.

/** Beyond `fail` it degrades, within `recover` it mends, between the two it stays as it is; `fail: 0` is no limit. */
export interface Limit {
  fail: number;
  recover: number;
}

export interface HealthSettings {
  /** How many targets must be good. */
  reliability: number;
  sendIntervalMs: number;
  /** The same while it isn't the way out. */
  standbyIntervalMs: number;
  /** The longest an answer is waited for. */
  timeoutMs: number;
  /** How many of each target's echoes are judged. */
  window: number;
  /** Bad rounds in a row that make it down. */
  down: number;
  /** Good rounds in a row that make it up. */
  up: number;
  lossPercent: Limit;
  latencyMs: Limit;
  jitterMs: Limit;
  /** How long a carrier must have been back before it counts. */
  carrierDebounceMs: number;
}

/** RFC 2439: each outage costs, and what was paid halves with time. */
export interface FlapSettings {
  halfLifeMs: number;
  penalty: number;
  /** Above it the uplink is held back, until it is below `reuse`. */
  suppress: number;
  reuse: number;
  /** The longest it is held back after its last outage. */
  maxMs: number;
}
