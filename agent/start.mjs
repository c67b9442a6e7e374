// Starts the agent, or the broker alone (`start.mjs broker`), from a clone: sets up what is missing, then runs it here.
const nothingYet = () => undefined;
// Before all else: without a listener Node opens its debugger, on a port, to whoever sends this signal.
process.on('SIGUSR1', nothingYet);

const { ready, SetupError } = await import('./setup.mjs');
try {
  await ready();
} catch (error) {
  if (!(error instanceof SetupError)) throw error;
  console.error(`pathproof: ${error.message}`);
  process.exit(1);
}
if (process.argv[2] === 'broker') {
  process.argv.splice(2, 1);
  await import('../dist/broker-dev/main.js');
} else {
  await import('../dist/agent/main.js');
}
