// Uplinks and situations to select among; the clock shows a thousand seconds.
import type { Candidate, SelectionSettings, Standing } from '../../../../agent/uplink/select.ts';
import type { Health } from '../../../../shared/failover.ts';

export const nowMs = 1_000_000;
export const ago = (seconds: number): number => nowMs - seconds * 1000;

export const settings: SelectionSettings = {
  preferPrimary: true,
  failbackDelayMs: 60_000,
  minDwellMs: 30_000,
  startupHoldMs: 10_000,
  lastResort: 'hold',
};

export const standing: Standing = {
  active: null,
  switchedMs: null,
  startedMs: 0,
  startupOver: true,
  forced: null,
};

const uplink = (name: string, priority: number) => {
  return (health: Health, changes: Partial<Candidate> = {}): Candidate => ({
    ...{
      name,
      priority,
      health,
      suppressed: false,
      distrusted: false,
      suspect: false,
      lossPercent: null,
      usable: true,
    },
    upSinceMs: health === 'up' ? 0 : null,
    ...changes,
  });
};

export const fibre = uplink('fibre', 10);
export const dsl = uplink('dsl', 20);
export const lte = uplink('lte', 30);
