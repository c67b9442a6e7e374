// Which settings a command goes by: the same two options wherever it reads them.
import { basename } from 'node:path';
import type { Command } from 'commander';
import { Failure } from '../../shared/failure.ts';
import { type SettingsFound, type SettingsPlace, envFile, settingsPlace } from '../config/place.ts';
import { instanceOf } from '../config/service.ts';

export interface SettingsOptions {
  settings?: string;
  instance?: string;
}

/** Not `--env-file`: Node looks for that among a program's own options too, and ends where there is no such file. */
export function withSettings(command: Command): Command {
  const ofFile = command.createOption(
    '--settings <FILE>',
    'settings out of this file (else ./agent.env, else /etc/pathproof/agent.env, where there is one)',
  );
  const ofService = command.createOption(
    '--instance <NAME>',
    'those of the service pathproof@NAME: /etc/pathproof/NAME.env and NAME.yaml',
  );
  return command.addOption(ofFile.conflicts('instance')).addOption(ofService);
}

/** By which option a command reads this file of variables; none for an agent.env, which is found by its folder. */
export function optionFor(file: string): string {
  const instance = instanceOf(file);
  if (typeof instance === 'string') return ` --instance ${instance}`;
  return basename(file) === envFile ? '' : ` --settings ${file}`;
}

export const findPlace = ({ settings, instance }: SettingsOptions): SettingsFound =>
  settingsPlace({ envFile: settings, instance });

/** The same. Throws Failure where the options name no file that can be read. */
export function placeBy(options: SettingsOptions): SettingsPlace {
  const found = findPlace(options);
  if (!found.ok) throw new Failure('badRequest', found.message);
  return found.place;
}
