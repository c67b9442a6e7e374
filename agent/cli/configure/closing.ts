// What comes next once the settings are written, as lines that can be pasted where the person is. Pure.
import { basename, dirname } from 'node:path';
import { envFile } from '../../config/place.ts';
import { instanceOf, serviceName } from '../../config/service.ts';
import type { Installation } from '../installation.ts';
import { optionFor } from '../settings.ts';

export interface Closing {
  /** The file of variables, as a full path. */
  file: string;
  /** Where the person is, whether settings are there that would be read first, and how the command is called there. */
  here: { folder: string; hasSettings: boolean; installation: Installation };
  /** How it is called in the folder of the settings. */
  there: Installation;
  /** systemd's unit of the agent: none yet, there, or started with the machine. */
  unit: 'none' | 'there' | 'enabled';
  /** An uplink that can be asked by, and whom. */
  probe: { target: string; via: string } | null;
}

/** How a command comes to read these settings: from their folder, or by an option. */
function choiceOf({ file, here, there }: Closing): { go: string; command: string; option: string } {
  const folder = dirname(file);
  const { command } = here.installation;
  const option = optionFor(file);
  if (option !== '') return { go: '', command, option };
  const isRead = folder === here.folder || (instanceOf(file) === null && !here.hasSettings);
  return isRead
    ? { go: '', command, option: '' }
    : { go: `cd ${folder} && `, command: there.command, option: '' };
}

function startLines({ file, here, there, unit }: Closing, go: string): string[] {
  const instance = instanceOf(file);
  if (instance === undefined) return basename(file) === envFile ? [`${go}sudo ${there.start}`] : [];
  const name = serviceName(instance);
  const word = instance === null ? '' : ` ${instance}`;
  if (unit === 'enabled') return [`sudo systemctl restart ${name}`];
  const install = unit === 'none' ? [`sudo ${here.installation.command} install-service${word}`] : [];
  return [...install, `sudo systemctl enable --now ${name}`];
}

export function closingLines(closing: Closing): string[] {
  const { go, command, option } = choiceOf(closing);
  const { probe } = closing;
  return [
    'What comes next:',
    ...startLines(closing, go).map((line) => `  ${line}`),
    ...(probe === null
      ? []
      : [
          `  ${go}sudo ${command} probe ping ${probe.target} --via ${probe.via}${option}   # by this line alone`,
        ]),
    `  ${go}sudo ${command} doctor${option}   # what is right, what is not, and what mends it`,
  ];
}
