// The programs that the agent starts: whether they are there, and who of this configuration needs them.
import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { FileSettings } from '../../config/file.ts';
import type { Box } from './box.ts';
import { type Finding, ok, warning, wrong } from './report.ts';

type Needs = (file: FileSettings) => boolean;

const changesRoutes: Needs = ({ failover }) => failover !== null && failover.mode !== 'observe';

/** In the order in which they are told. */
const programs: readonly { name: string; debian: string; what: string; needed: Needs }[] = [
  { name: 'ip', debian: 'iproute2', what: 'reads the network', needed: () => true },
  {
    name: 'curl',
    debian: 'curl',
    what: 'fetches pages',
    needed: ({ monitors }) => Object.values(monitors).some(({ probe }) => probe.kind === 'http'),
  },
  {
    name: 'setpriv',
    debian: 'util-linux',
    what: "takes the agent's capabilities from actions",
    needed: ({ actions, uplinks }) =>
      actions.length > 0 || Object.values(uplinks).some(({ reset }) => reset !== null),
  },
  {
    name: 'ss',
    debian: 'iproute2',
    what: 'resets connections of a line that failover leaves',
    needed: (file) => changesRoutes(file) && file.failover?.flushOnFailback !== 'none',
  },
];

/** `isThere` by a program's name; `file` is null where the configuration is wrong. */
export function judgePrograms(isThere: (name: string) => boolean, file: FileSettings | null): Finding[] {
  const missing = programs.filter(({ name }) => !isThere(name));
  const findings = missing.map(({ name, debian, what, needed }) => {
    const isNeeded = file === null ? name === 'ip' : needed(file);
    const seen = `not there; it ${what}`;
    return (isNeeded ? wrong : warning)(name, seen, `sudo apt-get install ${debian}`);
  });
  const there = programs.filter(({ name }) => isThere(name)).map(({ name }) => name);
  return there.length === 0 ? findings : [...findings, ok(null, `${there.join(', ')} are there`)];
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

export function lookFor(path: string, name: string): boolean {
  return path.split(delimiter).some((folder) => folder !== '' && isExecutable(join(folder, name)));
}

export const programsThere = ({ config, environment }: Box): Promise<Finding[]> =>
  Promise.resolve(judgePrograms((name) => lookFor(environment['PATH'] ?? '', name), config?.file ?? null));
