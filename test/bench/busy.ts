// Loaded into the agent's own process (node --import): its event loop is then busy 15 ms of every 40.

const busyMs = 15;
const everyMs = 40;

setInterval(() => {
  const untilMs = performance.now() + busyMs;
  while (performance.now() < untilMs);
}, everyMs).unref();
