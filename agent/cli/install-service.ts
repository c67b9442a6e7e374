// `pathproof install-service`: writes systemd's unit for this installation, tells what it is and what is left to do.
import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { messageOf } from '../../shared/thrown.ts';
import { instanceFile, instanceShape, isInstance } from '../config/service.ts';
import { type Step, plansFor, stepFor } from './install-service/files.ts';
import { daemonReload, systemdRuns } from './install-service/systemctl.ts';
import {
  type Installation,
  type Service,
  explained,
  filesOf,
  serviceOf,
  unfit,
} from './install-service/texts.ts';
import { thisInstallation } from './installation.ts';
import { backupName, writeFiles } from './write-files.ts';

export interface InstallService {
  dryRun?: boolean;
  failover?: boolean;
}

const { root, command } = thisInstallation();

const say = (text: string): void => void process.stdout.write(text);

function complain(problems: readonly string[]): void {
  process.stderr.write('pathproof install-service:\n');
  for (const problem of problems) process.stderr.write(`  ${problem}\n`);
}

/** Whether everybody can read a file, and pass all folders on the way to it. */
function readableByAll(path: string): boolean {
  if ((statSync(path).mode & 0o004) === 0) return false;
  for (let folder = dirname(path); ; folder = dirname(folder)) {
    if ((statSync(folder).mode & 0o001) === 0) return false;
    if (folder === '/') return true;
  }
}

/** Why the service's own user could not run this installation. */
function obstacles({ node, root: folder }: Installation): string[] {
  const away = 'sudo mv';
  const notNode = unfit(node);
  const notRoot = unfit(folder);
  const unreadable = [node, join(folder, 'dist/agent/main.js'), join(folder, 'package.json')].filter(
    (path) => !readableByAll(path),
  );
  return [
    ...(notNode === null
      ? []
      : [`${notNode}; install Node.js for all users (https://nodejs.org/en/download)`]),
    ...(notRoot === null ? [] : [`${notRoot}; ${away} ${folder} /opt/pathproof, and do this again there`]),
    ...(notNode === null && notRoot === null
      ? unreadable.map((path) => `other users can't read ${path}: sudo chmod -R o+rX ${folder}`)
      : []),
  ];
}

/** Whether a package brought the unit already, for this very installation. */
function isPackaged({ unit }: Service): boolean {
  const path = join('/usr/lib/systemd/system', unit);
  return existsSync(path) && readFileSync(path, 'utf8').includes(`${root}/dist/agent/main.js`);
}

const shippedText = (...path: string[]): string => readFileSync(join(root, ...path), 'utf8');

function tellStep({ file, what }: Step, backup: string | null, dryRun: boolean): void {
  const { path, text, once, mode } = file;
  if (what === 'keep') return say(`${once ? 'is there, and yours' : 'is as it should be'}: ${path}\n`);
  if (backup !== null) say(`${dryRun ? 'would keep' : 'kept'} the old one: ${backup}\n`);
  const ofMode = what === 'write' ? ` (mode ${mode.toString(8)})` : '';
  say(`${dryRun ? 'would write' : 'wrote'}: ${path}${ofMode}\n`);
  if (dryRun && !once) say(`${text.trimEnd().replace(/^/gm, '  | ')}\n`);
}

function tellRest({ name, settings }: Service, instance: string | null): void {
  const own = join(root, 'agent.env');
  say('\nWhat is left to do:\n');
  if (existsSync(own))
    say(`  sudo install -m 600 ${own} ${settings}   # the service does not read the first\n`);
  const choice = instance === null ? `--directory ${dirname(settings)}` : `--instance ${instance}`;
  say(`  sudo ${command} configure ${choice}   # asks, tries each answer, and writes both files\n`);
  if (instance !== null)
    say(
      `  sudoedit ${instanceFile(instance)}   # or by hand: its uplinks and monitors; without it it does not start\n`,
    );
  say(`  sudoedit ${settings}   # or by hand: every variable is explained there; none is needed\n`);
  say(`  sudo systemctl enable --now ${name}\n  systemctl status ${name}; journalctl -u ${name}\n`);
}

/** All of them are written before anything is told. */
function take(steps: readonly Step[], dryRun: boolean): void {
  const now = new Date();
  const written = dryRun ? null : writeFiles(plansFor(steps), now);
  for (const folder of written?.folders ?? []) say(`made the folder: ${folder}\n`);
  for (const step of steps) {
    const { path } = step.file;
    const planned = step.what === 'replace' ? backupName(path, now) : null;
    const done = written?.files.find((file) => file.path === path)?.backup ?? null;
    tellStep(step, dryRun ? planned : done, dryRun);
  }
}

async function reload(dryRun: boolean): Promise<boolean> {
  if (!systemdRuns()) {
    say('systemd does not run here: it will read them when it does\n');
    return true;
  }
  if (dryRun) {
    say('would run: systemctl daemon-reload\n');
    return true;
  }
  const why = await daemonReload();
  if (why === null) say('ran: systemctl daemon-reload\n');
  else complain([`systemctl daemon-reload failed: ${why}`]);
  return why === null;
}

/** Its exit status: 0 where all is written, or shown; 2 where nothing was. */
export async function installService(
  given: string | undefined,
  { dryRun = false, failover = false }: InstallService,
): Promise<number> {
  const instance = given ?? null;
  const refuse = (problems: readonly string[]): number => {
    complain(problems);
    return 2;
  };
  if (instance !== null && !isInstance(instance)) {
    return refuse([`the name must be ${instanceShape}, not ${JSON.stringify(instance)}`]);
  }
  if (!dryRun && process.geteuid?.() !== 0) {
    return refuse(['it needs root: sudo (--dry-run needs none, and shows what would be written)']);
  }
  const installation = { node: process.execPath, root };
  const service = serviceOf(instance);
  const wanted = filesOf(
    service,
    { installation, failover },
    {
      unit: shippedText('agent/systemd', service.unit),
      failover: shippedText('agent/systemd/failover.conf'),
      settings: shippedText('agent.env.example'),
    },
  );
  const packaged = isPackaged(service);
  const files = packaged ? wanted.filter(({ path }) => !path.endsWith(service.unit)) : wanted;
  try {
    const found = files.map(stepFor);
    const steps = found.filter((step) => typeof step !== 'string');
    const refused = [...obstacles(installation), ...found.filter((step) => typeof step === 'string')];
    if (refused.length > 0 && !dryRun) return refuse([...refused, 'nothing was changed']);
    say(`${explained(service, { installation, failover })}\n`);
    if (packaged) say(`comes with the Debian package: /usr/lib/systemd/system/${service.unit}\n`);
    take(steps, dryRun);
    if (refused.length > 0) return refuse([...refused, 'it would change nothing']);
    const read = await reload(dryRun);
    tellRest(service, instance);
    return read ? 0 : 2;
  } catch (error) {
    return refuse([messageOf(error)]);
  }
}
