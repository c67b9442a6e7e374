// `pathproof configure`: looks at what is there, asks, tries each answer at once, shows what would change, writes it.
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { styleText } from 'node:util';
import { Failure } from '../../shared/failure.ts';
import { leaveToPrograms } from '../config.ts';
import { envFile } from '../config/place.ts';
import { instanceOf } from '../config/service.ts';
import { type Answers, Cancelled, Refusal } from './configure/answers.ts';
import { type Change, diffOf } from './configure/changes.ts';
import { type Closing, closingLines } from './configure/closing.ts';
import { type Found, findFiles, mustBeFolder } from './configure/files.ts';
import { lookAround } from './configure/packets.ts';
import { type Port, portsOf, propose } from './configure/proposal.ts';
import { targetOf } from './configure/target.ts';
import { composeTexts } from './configure/texts.ts';
import { thisInstallation } from './installation.ts';
import type { SettingsOptions } from './settings.ts';
import { writeFiles } from './write-files.ts';

export interface Configure extends SettingsOptions {
  defaults?: boolean;
  yes?: boolean;
  dryRun?: boolean;
  directory?: string;
}

/** As shells have it for a program that Ctrl-C ended. */
const interruptedStatus = 130;

/** Options that contradict each other; null where none do. */
export function contradictionIn({ defaults, yes, dryRun, directory }: Configure): string | null {
  if (yes === true && defaults !== true) return '--yes belongs to --defaults: without it there are questions';
  if (yes === true && dryRun === true) return '--dry-run writes nothing, which --yes would allow';
  if (directory === '') return '--directory needs a folder';
  return null;
}

const say = (text: string): void => void process.stdout.write(`${text}\n`);

function coloured(line: string): string {
  if (/^(\+\+\+|---)/.test(line)) return styleText('bold', line);
  if (line.startsWith('+')) return styleText('green', line);
  if (line.startsWith('-')) return styleText('red', line);
  return line.startsWith('@@') ? styleText('cyan', line) : line;
}

function changesBy(answers: Answers, found: Found): Change[] {
  const { texts, paths, settings } = found;
  const after = composeTexts(answers, { ...texts, settings }, { env: paths.env, yaml: found.configFile });
  // The YAML file first: agent.env names it.
  return [
    { path: paths.yaml, before: texts.yaml, after: after.yaml, mode: 0o644 },
    { path: paths.env, before: texts.env, after: after.env, mode: 0o600 },
  ].filter(({ before, after: wanted }) => before !== wanted);
}

const showChanges = (changes: readonly Change[]): void => {
  for (const change of changes) say(diffOf(change).map(coloured).join('\n'));
};

function write(changes: readonly Change[]): void {
  const { files, folders } = writeFiles(
    changes.map(({ after, ...change }) => ({ ...change, text: after, ifThere: 'replace' })),
  );
  for (const folder of folders) say(`made the folder: ${folder}`);
  for (const { path } of files) say(`written: ${path}`);
  for (const { backup } of files) if (backup !== null) say(`as it was: ${backup}`);
}

function unitOf(instance: string | null | undefined): Closing['unit'] {
  const suffix = instance == null ? '' : '@';
  const wanted = `/etc/systemd/system/multi-user.target.wants/pathproof${suffix}${instance ?? ''}.service`;
  if (existsSync(wanted)) return 'enabled';
  const units = ['/etc', '/usr/lib'].map((place) => `${place}/systemd/system/pathproof${suffix}.service`);
  return units.some((path) => existsSync(path)) ? 'there' : 'none';
}

function afterwards({ bridge, uplinks }: Answers, { variables, paths }: Found): void {
  if (bridge.token !== null && bridge.token !== variables['BRIDGE_TOKEN'])
    say(`The bridge's token: grep BRIDGE_TOKEN ${paths.env}`);
  const here = process.cwd();
  const standby = uplinks.at(-1);
  const lines = closingLines({
    file: paths.env,
    here: { folder: here, hasSettings: existsSync(envFile), installation: thisInstallation() },
    there: thisInstallation(dirname(paths.env)),
    unit: unitOf(instanceOf(paths.env)),
    probe: standby === undefined ? null : { target: standby.targets[0] ?? '1.1.1.1', via: standby.name },
  });
  say(`\n${lines.join('\n')}`);
}

/** agent.env as the package or install-service has put it there: nobody has written a line of it. */
function isTemplate(text: string | null): boolean {
  const template = join(thisInstallation().root, 'agent.env.example');
  return existsSync(template) && readFileSync(template, 'utf8') === text;
}

function byDefaults({ yes, dryRun }: Configure, ports: readonly Port[], found: Found): number {
  const answers = propose(ports, found, found.deviceName);
  const changes = changesBy(answers, found);
  showChanges(changes);
  if (changes.length === 0) say('nothing to change');
  else if (dryRun === true) say('nothing was changed (--dry-run)');
  else {
    const there = changes
      .filter(({ before }) => before !== null && !isTemplate(before))
      .map(({ path }) => path);
    if (there.length > 0 && yes !== true)
      throw new Refusal(`${there.join(' and ')} would change: --yes allows it (a copy is kept)`);
    write(changes);
    afterwards(answers, found);
  }
  return 0;
}

async function byQuestions({ dryRun }: Configure, ports: readonly Port[], found: Found): Promise<number> {
  // Loaded only where there are questions.
  const [{ createAsking }, { openTrials }, { askAll }] = await Promise.all([
    import('./configure/prompts.ts'),
    import('./configure/packets.ts'),
    import('./configure/wizard.ts'),
  ]);
  const gone = new AbortController();
  const leave = (): void => gone.abort();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, leave);
  const asking = createAsking(gone.signal);
  const trials = await openTrials();
  try {
    const proposed = propose(ports, found, found.deviceName);
    const answers = await askAll(asking, trials, ports, proposed, found);
    const changes = changesBy(answers, found);
    if (changes.length === 0) {
      say('nothing to change: the files say all of this');
      return 0;
    }
    say('');
    showChanges(changes);
    if (dryRun === true) {
      say('nothing was changed (--dry-run)');
      return 0;
    }
    if (!(await asking.yes('Write this?', true))) throw new Cancelled();
    write(changes);
    afterwards(answers, found);
    return 0;
  } finally {
    trials.close();
  }
}

/** Its exit status: 0 where the files are as wanted, 2 where they can't be, 130 where the person went away. */
export async function configure(given: Configure): Promise<number> {
  const contradiction = contradictionIn(given);
  try {
    if (contradiction !== null) throw new Refusal(contradiction);
    if (given.defaults !== true && !(process.stdin.isTTY && process.stdout.isTTY))
      throw new Refusal('questions need a terminal; --defaults writes without any what they would propose');
    leaveToPrograms();
    const target = targetOf(given);
    const writes = given.dryRun !== true;
    mustBeFolder(target.directory, writes);
    const found = findFiles(target);
    mustBeFolder(dirname(found.paths.yaml), writes);
    const ports = portsOf(await lookAround(found.settings));
    return await (given.defaults === true ? byDefaults : byQuestions)(given, ports, found);
  } catch (error) {
    if (error instanceof Cancelled) {
      process.stderr.write('nothing was changed\n');
      // What is under way is not waited for.
      process.exit(interruptedStatus);
    }
    if (!(error instanceof Refusal || error instanceof Failure)) throw error;
    process.stderr.write(`pathproof configure: ${error.message}\nnothing was changed\n`);
    return 2;
  }
}
