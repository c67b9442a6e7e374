// The command line: the table of its commands. What each does is loaded when it is called, so that --help is there at once.
import { Argument, Command, CommanderError, Option } from 'commander';
import type { CleanUp } from './cli/cleanup.ts';
import type { CommandNode } from './cli/completion/command-node.ts';
import type { Configure } from './cli/configure.ts';
import type { Import } from './cli/import.ts';
import { predecessors } from './cli/import/predecessors.ts';
import type { InstallService } from './cli/install-service.ts';
import { type KindWords, kindWords } from './cli/probe/kinds.ts';
import { readVersion } from './version.ts';

const exits = `
Exit status: 0 pass, 1 fail (measured, and something is not as it should be), 2 error (not measured or not judged, or
wrong usage), 130 where Ctrl-C ended it.`;

const program = new Command('pathproof')
  .description('Does my backup line work, and did the packets really go through it?')
  .version(readVersion(), '-V, --version', 'print the version')
  .helpOption('-h, --help', 'print this help')
  .enablePositionalOptions()
  .exitOverride()
  .configureOutput({ outputError: (text, write) => write(text.replace(/^error: /, 'pathproof: ')) })
  .showSuggestionAfterError()
  .configureHelp({ sortSubcommands: false })
  // Bad usage is 2, as everything that could not be done; 1 is for what was done and found wrong.
  .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : 2));

const examples = (command: Command, ...lines: string[]): Command =>
  command.addHelpText('after', `\nExamples:\n${lines.map((line) => `  ${line}`).join('\n')}`);

examples(
  program,
  'pathproof                                                # run the agent',
  'pathproof probe ping 1.1.1.1 --via lte                   # does the backup line carry packets?',
  'pathproof probe traceroute 1.1.1.1 --via eth1 --help     # what can be asked of a route',
);

examples(
  program
    .command('run')
    .description('run the agent (as without any command)')
    .action(async () => {
      await import('./main.ts');
    }),
  'sudo pathproof run',
);

const probe = program
  .command('probe')
  .description('measure one thing now, without a broker, and say whether it is as it should be');
examples(probe, ...Object.values(kindWords).map(({ example }) => example)).addHelpText('after', exits);

type Kind = keyof typeof kindWords;
const isKind = (word: string): word is Kind => Object.hasOwn(kindWords, word);
for (const [kind, { description, argument, example }] of Object.entries<KindWords>(kindWords)) {
  if (!isKind(kind)) continue;
  const command = probe.command(kind).description(description).argument(argument);
  examples(command, example).addHelpText('after', exits);
  command.action(async (target: string | undefined) => {
    const { probeOnce } = await import('./cli/probe.ts');
    process.exitCode = await probeOnce(kind, { target, options: wordsOf(command) }, isOn(command, '--json'));
  });
}
probe.hook('preSubcommand', (_probe, command) => addOptions(command));

examples(
  program
    .command('cleanup')
    .description("take failover's routes and rules out, and put back the default routes that it took")
    .option(
      '--stopped',
      'as the service does it after each stop: only where failover acts and is to leave nothing',
    )
    .action(async (given: CleanUp) => {
      const { cleanUp } = await import('./cli/cleanup.ts');
      process.exitCode = await cleanUp(given);
    }),
  'sudo pathproof cleanup',
);

examples(
  program
    .command('doctor')
    .description('say what is right on this machine, what is not, and the command that mends it')
    .option('--json', 'as one JSON document')
    .action(async (given: { json?: boolean }) => {
      const { doctor } = await import('./cli/doctor.ts');
      // What was given up may still hold the process: a name server that does not answer, for one.
      process.exit(await doctor(given));
    }),
  'sudo npx . doctor',
  "cd /etc/pathproof && sudo /opt/pathproof/agent/pathproof.mjs doctor   # with the service's settings",
  `npx . doctor --json | jq '.lines[] | select(.status == "wrong")'`,
).addHelpText(
  'after',
  `
Changes nothing, and works beside a running agent. It reads agent.env of this folder, as the agent does.
Exit status: 0 nothing that is needed is wrong, 1 something is, 2 it could not be run.`,
);

examples(
  program
    .command('configure')
    .description('look at the network, ask, try each answer at once, and write agent.env and the YAML file')
    .option('--defaults', 'ask nothing and contact nobody: write what would be proposed')
    .option('--yes', 'with --defaults: change files that are there (a copy of each is kept)')
    .option('--dry-run', 'show what would change, and write nothing')
    .option(
      '--directory <folder>',
      "where agent.env is (default: the clone's folder; /etc/pathproof as a package)",
    )
    .action(async (given: Configure) => {
      const { configure } = await import('./cli/configure.ts');
      process.exitCode = await configure(given);
    }),
  'sudo npx . configure                             # questions, each answer tried with real packets',
  'sudo npx . configure --directory /etc/pathproof  # for the service',
  'sudo npx . configure --defaults --dry-run        # what would be written without questions',
).addHelpText(
  'after',
  '\nEnds with 0 where the files are as wanted, 2 where they can not be, 130 after Ctrl-C: then nothing was changed.',
);

const move = program
  .command('import')
  .description('make our settings out of those of imon, py-pingu or ping-tool');
for (const { predecessor, file, ours, example } of predecessors) {
  const command = move
    .command(predecessor)
    .argument('<file>', file)
    .description(`${file}, as our ${ours}`)
    .option('--output <file>', 'write it there, where no file is yet (else to stdout)')
    .option('--force', 'with --output: put the file that is there aside, as FILE.bak-TIME');
  if (predecessor !== 'ping-tool')
    command.option('--root-units', 'have scripts run as root by systemd, on being asked through a file');
  if (predecessor === 'imon')
    command.option('--instance <name>', "what the action script is told (else the end of the file's name)");
  examples(command, `pathproof import ${predecessor} ${example}`).action(
    async (path: string, given: Import) => {
      const { importFrom } = await import('./cli/import.ts');
      process.exitCode = importFrom(predecessor, path, given);
    },
  );
}

examples(
  program
    .command('install-service')
    .description("write systemd's unit for this installation, and say what it is and what is left to do")
    .argument(
      '[NAME]',
      'one of several agents on this machine: pathproof@NAME, with settings and state of its own',
    )
    .option('--dry-run', 'show what would be written and done, and change nothing')
    .option(
      '--failover',
      'let it change routes too (CAP_NET_ADMIN), as failover needs it in the modes overlay and capture',
    )
    .action(async (name: string | undefined, given: InstallService) => {
      const { installService } = await import('./cli/install-service.ts');
      process.exitCode = await installService(name, given);
    }),
  'sudo pathproof install-service              # pathproof.service, settings in /etc/pathproof/agent.env',
  'sudo pathproof install-service --failover   # the same, and it may change routes',
  'pathproof install-service --dry-run lab     # pathproof@lab.service, only shown',
);

examples(
  program
    .command('schemas')
    .description('write the JSON Schemas of requests and results to a folder')
    .argument('[DIR]', 'the folder', 'schemas')
    .action(async (folder: string) => {
      const { writeTo } = await import('./cli/schemas.ts');
      process.exitCode = writeTo(folder);
    }),
  'pathproof schemas /tmp/schemas',
);

examples(
  program
    .command('completion')
    .description('print a script that completes commands and options')
    .addArgument(new Argument('<SHELL>', 'bash, zsh or fish').choices('bash zsh fish'.split(' ')))
    .action(async (shell: string) => {
      const { completionScript, isShell } = await import('./cli/completion.ts');
      for (const command of probe.commands) await addOptions(command);
      if (isShell(shell)) process.stdout.write(completionScript(shell, nodeOf(program)));
    }),
  'source <(pathproof completion bash)              # in ~/.bashrc',
  'source <(pathproof completion zsh)               # in ~/.zshrc, after compinit',
  'pathproof completion fish | source               # in ~/.config/fish/config.fish',
);

/** What an option takes where these are fixed words: the contract refuses others, in its own sentences. */
const fixedWords = new WeakMap<Option, readonly string[]>();

/** The options of a kind of probe come out of the contract, which takes longer to load than all else here. */
async function addOptions(command: Command): Promise<void> {
  const { optionRows } = await import('./cli/probe/options.ts');
  const kind = command.name();
  if (!isKind(kind)) return;
  const collect = (value: string, before: readonly string[] = []): string[] => [...before, value];
  for (const { name, value, description, hidden, choices } of optionRows(kind)) {
    const option = new Option(value === null ? name : `${name} <${value}>`, description).hideHelp(hidden);
    fixedWords.set(option, choices);
    command.addOption(value === null ? option : option.argParser(collect));
  }
  command.option('--json', 'print the whole result as JSON, and nothing else');
}

const valueOf = (command: Command, option: Option): unknown => command.getOptionValue(option.attributeName());

/** Every value that was given, by the option's name. */
function wordsOf(command: Command): Record<string, string[]> {
  const given = command.options.flatMap((option): [string, string[]][] => {
    const value = valueOf(command, option);
    if (value === undefined || option.long === undefined) return [];
    return [[option.long, Array.isArray(value) ? value.map(String) : [JSON.stringify(value)]]];
  });
  return Object.fromEntries(given);
}

const isOn = (command: Command, name: string): boolean =>
  command.options.some((option) => option.long === name && valueOf(command, option) === true);

/** The table as completions see it. */
function nodeOf(command: Command): CommandNode {
  const help = command.createHelp();
  const [argument] = command.registeredArguments;
  return {
    name: command.name(),
    description: command.description(),
    options: help.visibleOptions(command).map((option) => ({
      names: [option.long, option.short].filter((name) => name != null),
      description: option.description,
      takesValue: option.required || option.optional,
      choices: fixedWords.get(option) ?? [],
    })),
    choices: argument?.argChoices ?? [],
    takesPath: /^(DIR|FILE)$/.test(argument?.name() ?? ''),
    commands: help.visibleCommands(command).map(nodeOf),
  };
}

// A pipe's reader that has seen enough, or a terminal that was closed: the end that SIGPIPE would be.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE' && error.code !== 'EIO') throw error;
  process.exit(128 + 13);
});

const words = process.argv.slice(2);
try {
  await program.parseAsync(words.length === 0 ? ['run'] : words, { from: 'user' });
} catch (error) {
  if (!(error instanceof CommanderError)) throw error;
  // It has said what is wrong; help and version that were asked for are no error.
  process.exitCode = error.exitCode === 0 ? 0 : 2;
}
