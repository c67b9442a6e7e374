// The one place that starts systemctl and journalctl: so that systemd reads its units again, and tells how one does.
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { messageOf } from '../../../shared/thrown.ts';

const patienceMs = 30_000;
/** Who only looks does not wait for a systemd that hangs. */
const lookMs = 5000;

/** As sd_booted(3). */
export const systemdRuns = (): boolean => existsSync('/run/systemd/system');

/** What it prints; rejects with what it says on stderr, or why it can't be run. */
const printedBy = (
  program: 'systemctl' | 'journalctl',
  words: readonly string[],
  limitMs = lookMs,
): Promise<string> =>
  new Promise((resolve, reject) => {
    execFile(program, words, { timeout: limitMs }, (error, stdout, stderr) => {
      if (error === null) resolve(stdout);
      else reject(new Error(stderr.trim() || error.message, { cause: error }));
    });
  });

/** Null, or why it failed. */
export const daemonReload = (): Promise<string | null> =>
  printedBy('systemctl', ['daemon-reload'], patienceMs).then(() => null, messageOf);

/** A unit's properties by their names, also of a unit that systemd does not know. Rejects with an Error. */
export async function unitProperties(
  unit: string,
  names: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const text = await printedBy('systemctl', ['show', unit, ...names.map((name) => `--property=${name}`)]);
  const lines = text.split('\n').filter((line) => line.includes('='));
  return new Map(
    lines.map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)] as const),
  );
}

/** The last lines of a unit's journal; none where this user may not read it. Rejects with an Error. */
export const journalOf = async (unit: string, lines: number): Promise<string[]> =>
  (await printedBy('journalctl', ['-u', unit, '-n', String(lines), '-o', 'cat', '-q', '--no-pager']))
    .split('\n')
    .filter((line) => line !== '');
