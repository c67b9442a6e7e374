// What comes before the agent and the command line, each time they start. To be imported before all else.
const nothingYet = () => undefined;
// Without a listener Node opens its debugger, on a port, to whoever sends this signal.
process.on('SIGUSR1', nothingYet);

/**
 * Sets up what a clone lacks; where that can't be done, says why and ends the process.
 * @param {number} failureStatus
 */
export async function prepare(failureStatus) {
  // Loaded only now: what is imported at the top would be run before the line above.
  const { ready, SetupError } = await import('./setup.mjs');
  try {
    await ready();
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    console.error(`pathproof: ${error.message}`);
    process.exit(failureStatus);
  }
}
