// The command line: the table of its commands. What each does is loaded when it is called, so that --help is there at once.
import { Argument, Command, Option } from 'commander';
import type { CleanUp } from './cli/cleanup.ts';
import { nodeOf } from './cli/completion/tree.ts';
import type { Configure } from './cli/configure.ts';
import type { DoctorOptions } from './cli/doctor.ts';
import { examples, widthOf } from './cli/help.ts';
import type { Import } from './cli/import.ts';
import { predecessors } from './cli/import/predecessors.ts';
import type { InstallService } from './cli/install-service.ts';
import { addOptions, describeProbe } from './cli/probe/command.ts';
import { withSettings } from './cli/settings.ts';
import { readVersion } from './version.ts';

const program = new Command('pathproof')
  .description('Does my backup line work, and did the packets really go through it?')
  .version(readVersion(), '-V, --version', 'print the version')
  .helpOption('-h, --help', 'print this help')
  .enablePositionalOptions()
  .configureOutput({
    outputError: (text, write) => write(text.replace(/^error: /, 'pathproof: ')),
    getOutHelpWidth: () => widthOf(process.stdout),
    getErrHelpWidth: () => widthOf(process.stderr),
  })
  .showSuggestionAfterError()
  .configureHelp({ sortSubcommands: false })
  // Bad usage is 2, as everything that could not be done; 1 is for what was done and found wrong.
  .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : 2));

examples(
  program,
  'sudo pathproof configure                     # looks, asks, tries each answer, writes the settings',
  'sudo pathproof doctor                        # what is right here, and what mends the rest',
  'sudo pathproof probe ping 1.1.1.1 --via lte  # does the backup line carry packets?',
  'sudo pathproof run                           # the agent: answers requests, watches, fails over',
);

examples(
  program
    .command('run')
    .description('run the agent, by its environment and agent.env of this folder')
    .action(async () => {
      await import('./main.ts');
    }),
  'sudo pathproof run',
);

const probe = describeProbe(program.command('probe'));

examples(
  withSettings(
    program
      .command('doctor')
      .description('say what is right on this machine, what is not, and the command that mends it')
      .option('--json', 'as one JSON document'),
  ).action(async (given: DoctorOptions) => {
    const { doctor } = await import('./cli/doctor.ts');
    // What was given up may still hold the process: a name server that does not answer, for one.
    process.exit(await doctor(given));
  }),
  'sudo pathproof doctor',
  'sudo pathproof doctor --instance lab   # with the settings of the service pathproof@lab',
  `pathproof doctor --json | jq '.lines[] | select(.status == "wrong")'`,
).addHelpText(
  'after',
  `
Changes nothing, and works beside a running agent.
Exit status: 0 nothing that is needed is wrong, 1 something is, 2 it could not be run.`,
);

examples(
  withSettings(
    program
      .command('configure')
      .description('look at the network, ask, try each answer at once, and write agent.env and the YAML file')
      .option('--defaults', 'ask nothing and contact nobody: write what would be proposed')
      .option('--yes', 'with --defaults: change files that are there (a copy of each is kept)')
      .option('--dry-run', 'show what would change, and write nothing')
      .addOption(
        new Option(
          '--directory <folder>',
          "where agent.env is to be (where there is none yet: the clone's folder; /etc/pathproof as a package)",
        ).conflicts(['settings', 'instance']),
      ),
  ).action(async (given: Configure) => {
    const { configure } = await import('./cli/configure.ts');
    process.exitCode = await configure(given);
  }),
  'sudo pathproof configure                             # questions, each answer tried',
  'sudo pathproof configure --directory /etc/pathproof  # for the service',
  'sudo pathproof configure --defaults --dry-run        # what would be written without questions',
).addHelpText(
  'after',
  `
Ends with 0 where the files are as wanted, 2 where they can not be, 130 after Ctrl-C: then
nothing was changed.`,
);

const move = program
  .command('import')
  .description('make our settings out of those of imon, py-pingu or ping-tool');
examples(
  move,
  ...predecessors.map(({ predecessor, example }) => `pathproof import ${predecessor} ${example}`),
);
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
  withSettings(
    program
      .command('cleanup')
      .description("take failover's routes and rules out, and put back the default routes that it took")
      .option(
        '--stopped',
        'as the service does it after each stop: only where failover acts and is to leave nothing',
      )
      .option('--force', 'though this machine would be left without a default route'),
  ).action(async (given: CleanUp) => {
    const { cleanUp } = await import('./cli/cleanup.ts');
    process.exitCode = await cleanUp(given);
  }),
  'sudo pathproof cleanup',
  'sudo pathproof cleanup --instance lab   # by the settings of the service pathproof@lab',
);

examples(
  program
    .command('install-service')
    .description("write systemd's unit for this installation, and say what it is and what is left to do")
    .argument('[NAME]', 'one of several agents on this machine: pathproof@NAME, with settings of its own')
    .option('--dry-run', 'show what would be written and done, and change nothing')
    .option(
      '--failover',
      'let it change routes too (CAP_NET_ADMIN), as failover needs it in the modes overlay and capture',
    )
    .action(async (name: string | undefined, given: InstallService) => {
      const { installService } = await import('./cli/install-service.ts');
      process.exitCode = await installService(name, given);
    }),
  'sudo pathproof install-service             # settings in /etc/pathproof/agent.env',
  'sudo pathproof install-service --failover  # the same, and it may change routes',
  'pathproof install-service --dry-run lab    # pathproof@lab.service, only shown',
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

// A pipe's reader that has seen enough, or a terminal that was closed: the end that SIGPIPE would be.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE' && error.code !== 'EIO') throw error;
  process.exit(128 + 13);
});

const words = process.argv.slice(2);
// A person looks for what there is; a script that meant the agent is told so.
if (words.length > 0) await program.parseAsync(words, { from: 'user' });
else if (process.stdout.isTTY) program.help();
else program.error('error: a command is missing: `pathproof run` runs the agent, `pathproof --help` has all');
