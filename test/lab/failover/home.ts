// What outlives an agent: its state on disk and its configuration, for a second one and for `pathproof cleanup`.
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const cli = fileURLToPath(new URL('../../../dist/agent/cli.js', import.meta.url));

export interface Ended {
  code: number | string | null;
  stdout: string;
  stderr: string;
}

export interface Home extends Disposable {
  folder: string;
  stateDir: string;
  /** For an agent that is to live here. */
  env: Record<string, string>;
  /** The command, as the unit's ExecStopPost runs it. */
  cleanup(config: string): Promise<Ended>;
}

export function createHome(): Home {
  const folder = mkdtempSync(join(tmpdir(), 'pathproof-home-'));
  const stateDir = join(folder, 'state');
  return {
    folder,
    stateDir,
    env: { STATE_DIR: stateDir },
    cleanup(config) {
      const file = join(folder, 'config.yaml');
      writeFileSync(file, config);
      const env = { PATH: process.env['PATH'], STATE_DIR: stateDir, CONFIG_FILE: file, LOG_LEVEL: 'error' };
      return new Promise((resolve) => {
        execFile(process.execPath, [cli, 'cleanup'], { env }, (error, stdout, stderr) => {
          resolve({ code: error === null ? 0 : (error.code ?? null), stdout, stderr });
        });
      });
    },
    [Symbol.dispose]: () => rmSync(folder, { recursive: true }),
  };
}
