// `pathproof cleanup`: takes out what a killed agent's failover left in the kernel.
import { sayProblems } from '../../shared/issues.ts';
import { messageOf } from '../../shared/thrown.ts';
import { readConfig, readStateDirectory } from '../config.ts';
import { type FailoverSettings, defaultFailover } from '../config/failover.ts';
import { type SettingsFiles, besideTheAgent } from '../config/place.ts';
import { createLog } from '../log.ts';
import { LastWayOut, cleanup, leftovers } from '../uplink/routes/index.ts';
import { stateFolders } from './cleanup/state-folders.ts';
import { type SettingsOptions, placeBy } from './settings.ts';

export interface CleanUp extends SettingsOptions {
  /** By the service, after each stop: what another program marked as failover does is none of its business. */
  stopped?: boolean;
  /** Though no default route would be left. */
  force?: boolean;
}

interface Wanted {
  stateDir: string;
  logLevel: string;
  proto: number;
}

const complain = (line: string): void => void process.stderr.write(`${line}\n`);

const leavesNothing = (failover: FailoverSettings | null): boolean =>
  failover !== null && failover.mode !== 'observe' && failover.restoreOnExit;

/**
 * What is to be cleaned up; null where nothing is. Wrong settings are told of and keep nothing from being taken out: a
 * service that did not start by them is stopped, and its route may be in the way.
 */
async function wantedBy(files: SettingsFiles, stopped: boolean): Promise<Wanted | null> {
  const read = readConfig(undefined, files);
  if (read.ok) {
    const { STATE_DIR: stateDir, LOG_LEVEL: logLevel, file } = read.config;
    if (stopped && !leavesNothing(file.failover)) return null;
    return { stateDir, logLevel, proto: (file.failover ?? defaultFailover).routeProto };
  }
  const wanted = {
    stateDir: readStateDirectory(undefined, files),
    logLevel: 'info',
    proto: defaultFailover.routeProto,
  };
  if (stopped && (await leftovers(wanted)).own.length === 0) return null;
  complain('pathproof cleanup: the configuration is wrong:');
  for (const problem of read.problems) complain(`  ${sayProblems([problem])}`);
  complain(`it goes on with STATE_DIR ${wanted.stateDir} and routeProto ${wanted.proto}`);
  return wanted;
}

/** Its exit status: 0 where nothing of failover's is left, or was to be left. */
export async function cleanUp({ stopped = false, force = false, ...choice }: CleanUp = {}): Promise<number> {
  try {
    // The service has its settings in its environment, and may not read their file.
    const wanted = await wantedBy(stopped ? besideTheAgent : placeBy(choice), stopped);
    if (wanted === null) return 0;
    const { stateDir, logLevel, proto } = wanted;
    const log = createLog(logLevel, null);
    const spareLast = !stopped && !force;
    const { restored, removed } = await cleanup({ stateDirs: stateFolders(stateDir), proto, spareLast, log });
    for (const words of restored) process.stdout.write(`put back: ip ${words}\n`);
    for (const words of removed) process.stdout.write(`taken out: ip ${words}\n`);
    if (restored.length + removed.length === 0) process.stdout.write('nothing of failover is left\n');
    return 0;
  } catch (error) {
    complain(`pathproof cleanup: ${messageOf(error)}`);
    if (error instanceof LastWayOut)
      complain(
        'It stays. Set STATE_DIR to the folder of the agent that was in charge, or take it out all the same: --force',
      );
    return 2;
  }
}
