// Uplinks as they are measured, for the tests of failover.
import type { Measured } from '../../../../agent/uplink/measuring.ts';
import type { Health } from '../../../../shared/failover.ts';

export const measured = (uplink: string, health: Health, other: Partial<Measured> = {}): Measured => ({
  uplink,
  family: 4,
  condition: {
    ...{ health, place: health === 'down' ? 'isp' : null, reason: `is ${health}`, sinceMs: 0 },
    downFromMs: health === 'down' ? 0 : null,
  },
  figures: null,
  suppressed: false,
  suspect: false,
  upSinceMs: health === 'up' ? -1_000_000 : null,
  link: 'ready',
  gateway: '198.51.100.1',
  sources: ['198.51.100.2'],
  ...other,
});

/** Lets whatever can go on without time do so. */
export const settled = async (): Promise<void> => {
  for (let turn = 0; turn < 50; turn += 1) await Promise.resolve();
};
