// Which settings a command goes by: the same two options wherever it reads them.
import type { Command } from 'commander';
import { type SettingsFound, settingsPlace } from '../config/place.ts';

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

export const placeBy = ({ settings, instance }: SettingsOptions): SettingsFound =>
  settingsPlace({ envFile: settings, instance });
