// The clock: whether somebody keeps it right. Times, cron and certificates are wrong otherwise.
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Finding, ok, unknown, warning, wrong } from './report.ts';

export interface ClockSeen {
  nowMs: number;
  /** When this copy of pathproof was made: it can't be earlier. */
  madeMs: number;
  /** systemd-timesyncd's mark; where it runs it is there once it has set the clock (systemd-timesyncd.service(8)). */
  timesyncMark: boolean;
  /** As the kernel was told; null where it can't be asked. */
  kernel: boolean | null;
  /** Who is there to keep it right. */
  keeper: 'chrony' | 'ntpd' | 'timesyncd' | null;
}

const dayMs = 86_400_000;

const mends: Record<NonNullable<ClockSeen['keeper']> | 'none', string[]> = {
  chrony: ['sudo chronyc -a makestep', 'chronyc sources'],
  ntpd: ['sudo systemctl restart ntp', 'ntpq -p'],
  timesyncd: ['sudo timedatectl set-ntp true', 'sudo systemctl restart systemd-timesyncd'],
  none: ['sudo apt-get install systemd-timesyncd && sudo timedatectl set-ntp true'],
};

export function judgeClock({ nowMs, madeMs, timesyncMark, kernel, keeper }: ClockSeen): Finding {
  const time = new Date(nowMs).toISOString();
  const mend = mends[keeper ?? 'none'];
  if (nowMs < madeMs - dayMs) {
    return wrong(null, `it says ${time}, which is before this pathproof was made`, ...mend);
  }
  if (kernel === true || timesyncMark) return ok(null, `synchronised (${time})`);
  if (kernel === null) return unknown(null, `it says ${time}; whether it is synchronised can't be seen here`);
  const who = keeper === null ? 'nobody is seen that keeps it right' : `${keeper} has not set it yet`;
  return warning(null, `not synchronised: it says ${time}, and ${who}`, ...mend);
}

const keeperFiles = {
  chrony: ['run/chrony/chronyd.pid', 'run/chronyd.pid'],
  ntpd: ['run/ntpd.pid', 'run/ntp/ntpd.pid', 'run/openntpd.pid'],
  timesyncd: ['run/systemd/timesync', 'lib/systemd/systemd-timesyncd', 'usr/lib/systemd/systemd-timesyncd'],
} as const;

/** `root` is the folder that the system's files stand under. */
export function keeperIn(root: string): ClockSeen['keeper'] {
  const holds = (paths: readonly string[]): boolean => paths.some((path) => existsSync(join(root, path)));
  if (holds(keeperFiles.chrony)) return 'chrony';
  if (holds(keeperFiles.ntpd)) return 'ntpd';
  return holds(keeperFiles.timesyncd) ? 'timesyncd' : null;
}

/** Null where a filter of system calls forbids it, or the part is not there. */
const kernelSays = (): Promise<boolean | null> =>
  import('@pathproof/packet-native')
    .then(
      ({ isClockSynchronised }) => isClockSynchronised(),
      () => null,
    )
    .catch(() => null);

export async function clock(): Promise<Finding[]> {
  const seen: ClockSeen = {
    nowMs: Date.now(),
    madeMs: statSync(fileURLToPath(import.meta.url)).mtimeMs,
    timesyncMark: existsSync('/run/systemd/timesync/synchronized'),
    kernel: await kernelSays(),
    keeper: keeperIn('/'),
  };
  return [judgeClock(seen)];
}
