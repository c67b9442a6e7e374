// The command line: `pathproof run` (or nothing more) is the agent, `pathproof cleanup` takes out what a killed one left.
import { Command } from 'commander';
import { cleanUp } from './cli/cleanup.ts';

const program = new Command('pathproof')
  .description('Does my backup line work, and did the packets really go through it?')
  .showSuggestionAfterError()
  .configureHelp({ sortSubcommands: false });

program
  .command('run', { isDefault: true })
  .description('run the agent')
  .action(async () => {
    await import('./main.ts');
  });

program
  .command('cleanup')
  .description("take failover's routes and rules out, and put back the default routes that it took")
  .action(async () => {
    process.exitCode = await cleanUp();
  });

await program.parseAsync();
