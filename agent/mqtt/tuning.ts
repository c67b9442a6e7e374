// How patient the connection is, and how much it holds.

export interface MqttTuning {
  /** The version tried first. */
  protocol: 4 | 5;
  firstRetryMs: number;
  maxRetryMs: number;
  /** A connection that lasted so long starts the back-off afresh. */
  stableMs: number;
  connectTimeoutMs: number;
  keepaliveSeconds: number;
  window: number;
  outboxMessages: number;
  outboxBytes: number;
  outboxRetainedBytes: number;
  maxLosses: number;
  /** How long stop() waits for the outbox to empty. */
  drainMs: number;
  random: () => number;
}

export const usualTuning: MqttTuning = {
  protocol: 5,
  firstRetryMs: 1000,
  maxRetryMs: 60_000,
  stableMs: 30_000,
  connectTimeoutMs: 10_000,
  keepaliveSeconds: 30,
  window: 20,
  outboxMessages: 1000,
  outboxBytes: 8 * 1024 * 1024,
  outboxRetainedBytes: 32 * 1024 * 1024,
  maxLosses: 5,
  drainMs: 1000,
  random: Math.random,
};
