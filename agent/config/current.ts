// The settings of the YAML file as they are in force: read at the start, and anew where that is asked for.
import { sayProblems } from '../../shared/issues.ts';
import { type Config, readConfigFile } from '../config.ts';
import type { Log } from '../log.ts';
import type { FileSettings } from './file.ts';

export interface CurrentFile {
  now(): FileSettings;
  /** The settings that were in force until now; null where the file is wrong, which is logged, and they stay. */
  reload(): FileSettings | null;
}

export function createCurrentFile({ CONFIG_FILE: path, file }: Config, log: Log): CurrentFile {
  let inForce = file;
  return {
    now: () => inForce,
    reload() {
      const { settings, problems } = readConfigFile(path);
      if (problems.length > 0) {
        log.error({}, `not reloaded: ${sayProblems(problems)}`);
        return null;
      }
      const former = inForce;
      inForce = settings;
      return former;
    },
  };
}
