#!/usr/bin/env node
// The `pathproof` command: sets up what a clone lacks, then does what the command line says.
const nothingYet = () => undefined;
// Before all else: without a listener Node opens its debugger, on a port, to whoever sends this signal.
process.on('SIGUSR1', nothingYet);

const { ready, SetupError } = await import('./setup.mjs');
try {
  await ready();
} catch (error) {
  if (!(error instanceof SetupError)) throw error;
  console.error(`pathproof: ${error.message}`);
  process.exit(2);
}
await import('../dist/agent/cli.js');
