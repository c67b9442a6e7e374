// The process: its configuration, its signals, the service manager that waits for it, how it ends. What runs in it is
// agent.ts.
import { setTimeout as delay } from 'node:timers/promises';
import { Failure } from '../shared/failure.ts';
import { sayProblems } from '../shared/issues.ts';
import { openAgent } from './agent.ts';
import { type Config, leaveToPrograms, readConfig, readServiceManager } from './config.ts';
import { createLog } from './log.ts';
import { createNotifier } from './notify.ts';
import { takeSignals } from './signals.ts';

/** Its probes get less than that to end. */
const faultGraceMs = 5000;

const serveSignals = takeSignals();
const read = readConfig();
const systemd = readServiceManager();
const environment = leaveToPrograms();
if (!read.ok) {
  process.stderr.write('pathproof does not start; its configuration is wrong:\n');
  for (const problem of read.problems) process.stderr.write(`  ${sayProblems([problem])}\n`);
  // Apart from all else that may end it: no start mends this, and the unit makes none (RestartPreventExitStatus).
  process.exit(2);
}
const log = createLog(read.config.LOG_LEVEL, read.config.SYSLOG_ADDRESS ?? null);
const manager = createNotifier(systemd, environment, log);

/** A bug ends it at once, as in any program, but for what it has changed of this machine: that is put back before. */
function giveBackOnFault(stop: () => Promise<void>): void {
  let ending = false;
  process.on('uncaughtException', (error) => {
    log.error({ err: error }, 'pathproof ends by a fault of its own');
    if (ending) process.exit(1);
    ending = true;
    void Promise.race([stop().catch(() => undefined), delay(faultGraceMs)]).then(() => process.exit(1));
  });
}

async function run(config: Config): Promise<void> {
  const agent = await openAgent(config, environment, log);
  giveBackOnFault(agent.stop);
  serveSignals({
    async stop() {
      log.info({}, 'stopping');
      await Promise.all([agent.stop(), manager.stopping()]);
    },
    reload: agent.reload,
    tell: agent.tell,
  });
  process.stdout.write(await agent.banner());
  manager.ready();
}

run(read.config).catch((error: unknown) => {
  // A Failure's sentence is written for people; anything else is a bug, whose stack is wanted.
  if (error instanceof Failure) process.stderr.write(`pathproof does not start:\n  ${error.message}\n`);
  else log.error({ err: error }, 'pathproof could not start');
  process.exit(1);
});
