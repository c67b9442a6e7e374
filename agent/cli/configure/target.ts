// Which files configure is to write: those that all commands go by, or will once they are written.
import { hostname } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { defaultName } from '../../config.ts';
import { thisInstallation, usualSettingsFolder } from '../installation.ts';
import { type SettingsOptions, placeBy } from '../settings.ts';

export interface Target {
  directory: string;
  /** The file of variables in it. */
  env: string;
  /** The YAML file, where the variables name none. */
  yaml: string;
  /** Where the agent will run: a relative CONFIG_FILE is meant from there. */
  folder: string;
  /** What the agent is called, where nothing says so yet. */
  deviceName: string;
}

/** As a folder has them whose agent is started in it. */
export const inFolder = (directory: string, env = 'agent.env'): Target => ({
  directory,
  env,
  yaml: join(directory, 'config.yaml'),
  folder: directory,
  deviceName: defaultName(hostname()),
});

/** Throws Failure where the options name no place. */
export function targetOf({
  directory,
  ...choice
}: SettingsOptions & { directory?: string | undefined }): Target {
  if (directory !== undefined) return inFolder(resolve(directory));
  const { envFile, tried, defaults = {}, folder } = placeBy(choice);
  // An instance's file is named by its name, there or not.
  const path = envFile ?? (choice.instance === undefined ? undefined : tried[0]);
  if (path === undefined) return inFolder(usualSettingsFolder(thisInstallation()));
  const beside = inFolder(dirname(resolve(path)), basename(path));
  return {
    ...beside,
    yaml: defaults['CONFIG_FILE'] ?? beside.yaml,
    folder: folder ?? beside.folder,
    deviceName: defaultName(defaults['DEVICE_NAME'] ?? hostname()),
  };
}
