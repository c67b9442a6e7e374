// Starts the agent, or the broker alone (`start.mjs broker`), from a clone: sets up what is missing, then runs it here.
import { prepare } from './prepare.mjs';

await prepare(1);
if (process.argv[2] === 'broker') {
  process.argv.splice(2, 1);
  await import('../dist/broker-dev/main.js');
} else {
  await import('../dist/agent/main.js');
}
