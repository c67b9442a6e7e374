// All tests in one go: those of units first, on all cores; then those of the lab, which mostly wait for packets, in two
// halves at a time. Each part runs in namespaces of its own.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const halves = ['1/2', '2/2'];

/** @param {...string} args */
export const vitest = (...args) => [
  process.execPath,
  'node_modules/vitest/vitest.mjs',
  ...args,
  '--config',
  'test/vitest.config.ts',
];

/**
 * Resolves with the exit status; with PATHPROOF_REPORT set, vitest's JSON report of all is written there.
 * @param {(argv: string[]) => Promise<number>} run
 */
export async function runAllTests(run) {
  const folder = mkdtempSync(join(tmpdir(), 'pathproof-report-'));
  const part = (name, ...args) =>
    run(
      vitest(
        'run',
        ...args,
        '--reporter=default',
        '--reporter=blob',
        `--outputFile.blob=${join(folder, name)}`,
      ),
    );
  try {
    const units = await part('unit.json', '--project=unit');
    const labs = await Promise.all(
      halves.map((half, index) => part(`lab-${index}.json`, '--project=lab', `--shard=${half}`)),
    );
    const report = process.env.PATHPROOF_REPORT;
    const merged = report
      ? await run(vitest('--merge-reports', folder, '--reporter=json', `--outputFile.json=${report}`))
      : 0;
    return [units, ...labs, merged].find((status) => status !== 0) ?? 0;
  } finally {
    rmSync(folder, { recursive: true });
  }
}
