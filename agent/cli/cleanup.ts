// `pathproof cleanup`: takes out what a killed agent's failover left in the kernel.
import { sayProblems } from '../../shared/issues.ts';
import { messageOf } from '../../shared/thrown.ts';
import { readConfig } from '../config.ts';
import { type FailoverSettings, defaultFailover } from '../config/failover.ts';
import { createLog } from '../log.ts';
import { cleanup } from '../uplink/routes/index.ts';
import { type SettingsOptions, placeBy } from './settings.ts';

export interface CleanUp extends SettingsOptions {
  /** By the service, after each stop: what another program marked as failover does is none of its business. */
  stopped?: boolean;
}

const leavesNothing = (failover: FailoverSettings | null): boolean =>
  failover !== null && failover.mode !== 'observe' && failover.restoreOnExit;

/** Its exit status: 0 where nothing of failover's is left, or was to be left. */
export async function cleanUp({ stopped = false, ...choice }: CleanUp = {}): Promise<number> {
  const found = placeBy(choice);
  if (!found.ok) {
    process.stderr.write(`pathproof cleanup: ${found.message}\n`);
    return 2;
  }
  // The service has its settings in its environment.
  const read = stopped ? readConfig() : readConfig(undefined, found.place);
  if (!read.ok) {
    process.stderr.write('pathproof cleanup needs the configuration, which is wrong:\n');
    for (const problem of read.problems) process.stderr.write(`  ${sayProblems([problem])}\n`);
    return 2;
  }
  const { STATE_DIR: stateDir, LOG_LEVEL, file } = read.config;
  if (stopped && !leavesNothing(file.failover)) return 0;
  const { routeProto: proto } = file.failover ?? defaultFailover;
  try {
    const { restored, removed } = await cleanup({ stateDir, proto, log: createLog(LOG_LEVEL, null) });
    for (const words of restored) process.stdout.write(`put back: ip ${words}\n`);
    for (const words of removed) process.stdout.write(`taken out: ip ${words}\n`);
    if (restored.length + removed.length === 0) process.stdout.write('nothing of failover is left\n');
    return 0;
  } catch (error) {
    process.stderr.write(`pathproof cleanup: ${messageOf(error)}\n`);
    return 2;
  }
}
