// Which files configure is to write: those that all commands go by, or will once they are written.
import { existsSync } from 'node:fs';
import { hostname } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { defaultName } from '../../config.ts';
import { settingsFolder } from '../../config/service.ts';
import { type SettingsOptions, placeBy } from '../settings.ts';
import { Refusal } from './answers.ts';

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

const root = fileURLToPath(new URL('../../../..', import.meta.url)).replace(/\/$/, '');

/** A clone has its sources; what is installed as a package is not the place for settings. */
const usualFolder = (): string => (existsSync(join(root, 'tsconfig.json')) ? root : settingsFolder);

/** As a folder has them whose agent is started in it. */
export const inFolder = (directory: string, env = 'agent.env'): Target => ({
  directory,
  env,
  yaml: join(directory, 'config.yaml'),
  folder: directory,
  deviceName: defaultName(hostname()),
});

/** Throws Refusal where the options name no place. */
export function targetOf({
  directory,
  ...choice
}: SettingsOptions & { directory?: string | undefined }): Target {
  if (directory !== undefined) return inFolder(resolve(directory));
  const found = placeBy(choice);
  if (!found.ok) throw new Refusal(found.message);
  const { envFile, tried, defaults = {}, folder } = found.place;
  // An instance's file is named by its name, there or not.
  const path = envFile ?? (choice.instance === undefined ? undefined : tried[0]);
  if (path === undefined) return inFolder(usualFolder());
  const beside = inFolder(dirname(resolve(path)), basename(path));
  return {
    ...beside,
    yaml: defaults['CONFIG_FILE'] ?? beside.yaml,
    folder: folder ?? beside.folder,
    deviceName: defaultName(defaults['DEVICE_NAME'] ?? hostname()),
  };
}
