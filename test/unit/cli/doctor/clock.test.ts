// The clock: whether it is kept, and what keeps it.
import { describe, expect, it } from 'vitest';
import { type ClockSeen, judgeClock } from '../../../../agent/cli/doctor/clock.ts';

describe('the clock', () => {
  const madeMs = Date.UTC(2026, 10, 1);
  const seen: ClockSeen = { nowMs: madeMs + 1e9, madeMs, timesyncMark: false, kernel: true, keeper: null };

  it.each<[string, Partial<ClockSeen>, string, string | null]>([
    ['that the kernel calls right', {}, 'ok', null],
    ['that timesyncd has set', { kernel: false, timesyncMark: true }, 'ok', null],
    [
      'that nobody keeps',
      { kernel: false },
      'warning',
      'sudo apt-get install systemd-timesyncd && sudo timedatectl set-ntp true',
    ],
    ['that chrony keeps', { kernel: false, keeper: 'chrony' }, 'warning', 'sudo chronyc -a makestep'],
    [
      'that timesyncd keeps',
      { kernel: false, keeper: 'timesyncd' },
      'warning',
      'sudo timedatectl set-ntp true',
    ],
    ['that nobody tells of', { kernel: null }, 'unknown', null],
    [
      'of another age',
      { nowMs: 0 },
      'wrong',
      'sudo apt-get install systemd-timesyncd && sudo timedatectl set-ntp true',
    ],
  ])('%s', (_what, other, status, mend) => {
    const finding = judgeClock({ ...seen, ...other });
    expect([finding.status, finding.mend[0] ?? null]).toEqual([status, mend]);
  });
});
