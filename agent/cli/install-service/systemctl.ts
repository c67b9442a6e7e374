// The one place that starts systemctl: so that systemd reads its units again.
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';

const patienceMs = 30_000;

/** As sd_booted(3). */
export const systemdRuns = (): boolean => existsSync('/run/systemd/system');

/** Null, or why it failed. */
export const daemonReload = (): Promise<string | null> =>
  new Promise((resolve) => {
    execFile('systemctl', ['daemon-reload'], { timeout: patienceMs }, (error, _stdout, stderr) => {
      resolve(error === null ? null : stderr.trim() || error.message);
    });
  });
