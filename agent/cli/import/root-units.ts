// Programs that only root can do their work with: the agent, which is not root, leaves a file, and systemd starts the
// program as root. Pure.
import type { Program } from './moved.ts';

export type Argv = [string, ...string[]];

const unitFolder = '/etc/systemd/system';

const unitOf = ({ name }: Program): string => `pathproof-root-${name}`;

/** The file lies in the agent's own folder itself: a folder below it the agent could put elsewhere. */
const askedBy = ({ name }: Program, folder: string): string => `${folder}/ask-root-${name}`;

const inAwk = (text: string): string => text.replace(/[\\"]/g, '\\$&');

/** Adds a line with its arguments to the file, as xargs(1) reads them: in double quotes. */
const writesArguments = (file: string): string =>
  'BEGIN { for (i = 1; i < ARGC; i++) { gsub(/[\\\\"\\n]/, "", ARGV[i]); ' +
  `printf "%s\\"%s\\"", (i > 1 ? " " : ""), ARGV[i] >> F } print "" >> F }`.replaceAll(
    'F',
    `"${inAwk(file)}"`,
  );

/** What the agent runs in the program's place. */
export function asking(program: Program, folder: string): Argv {
  const file = askedBy(program, folder);
  return program.hasArguments ? ['/usr/bin/awk', writesArguments(file)] : ['/usr/bin/touch', file];
}

/** A path as units have it: `%` and `$` mean something there. */
const inUnit = (path: string): string =>
  /^[\w./+-]+$/.test(path)
    ? path
    : `"${path.replace(/[\\"]/g, '\\$&').replaceAll('%', '%%').replaceAll('$', '$$$$')}"`;

/** In [Path] nothing is quoted. */
const inPath = (path: string): string => path.replaceAll('%', '%%');

// Root must follow no link that the agent made: the list is moved where the agent can't write before it is looked at.
function commands(program: Program, folder: string): string[] {
  const file = askedBy(program, folder);
  if (!program.hasArguments)
    return [`ExecStartPre=/usr/bin/rm -f ${inUnit(file)}`, `ExecStart=${inUnit(program.path)}`];
  const taken = `/run/${unitOf(program)}/asked`;
  return [
    `RuntimeDirectory=${unitOf(program)}`,
    'RuntimeDirectoryMode=0700',
    `ExecStartPre=/usr/bin/mv -f ${inUnit(file)} ${taken}`,
    `ExecStartPre=/usr/bin/test ! -L ${taken}`,
    `ExecStartPre=/usr/bin/test -f ${taken}`,
    `ExecStart=/usr/bin/xargs -r -L 1 -a ${taken} ${inUnit(program.path)}`,
  ];
}

export function serviceUnit(program: Program, folder: string): string {
  return [
    '[Unit]',
    `Description=pathproof's agent asks root for ${program.use}`,
    'StartLimitIntervalSec=0',
    '',
    '[Service]',
    'Type=oneshot',
    ...commands(program, folder),
    `TimeoutStartSec=${Math.ceil(program.timeoutMs / 1000)}`,
    '',
  ].join('\n');
}

export function pathUnit(program: Program, folder: string): string {
  return [
    '[Unit]',
    `Description=Whether pathproof's agent asks root for ${program.use}`,
    '',
    '[Path]',
    // Not PathChanged: what is asked for while the program runs would be missed.
    `PathExists=${inPath(askedBy(program, folder))}`,
    '',
    '[Install]',
    'WantedBy=paths.target',
    '',
  ].join('\n');
}

const written = (name: string, text: string): string[] => [
  `sudo tee ${unitFolder}/${name} >/dev/null <<'END'`,
  ...text.trimEnd().split('\n'),
  'END',
];

/** Lines for a shell that bring them about. */
export const installLines = (program: Program, folder: string): string[] => [
  ...written(`${unitOf(program)}.service`, serviceUnit(program, folder)),
  ...written(`${unitOf(program)}.path`, pathUnit(program, folder)),
  'sudo systemctl daemon-reload',
  `sudo systemctl enable --now ${unitOf(program)}.path`,
];
