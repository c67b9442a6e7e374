// Who started the agent and wants to hear of it (sd_notify(3)).

export interface ServiceManager {
  /** Where it listens: a path, or a name behind an @. */
  socket: string;
  /** It ends an agent that says nothing for so long; null where it does not. */
  watchdogMs: number | null;
}

/** What it is named by. systemd heeds whoever in the service speaks to it: no program is to be left these. */
export const managerVariables = ['NOTIFY_SOCKET', 'WATCHDOG_USEC', 'WATCHDOG_PID'] as const;

/** The service manager that an environment names to the process `pid`; null where there is none. */
export function serviceManagerOf(environment: NodeJS.Dict<string>, pid: number): ServiceManager | null {
  const { NOTIFY_SOCKET: socket = '', WATCHDOG_USEC: microseconds = '', WATCHDOG_PID: whose } = environment;
  if (socket === '') return null;
  // As sd_watchdog_enabled(3): it may be meant for the process that started this one.
  const mine = whose === undefined || whose === String(pid);
  const watchdogMs = mine && /^[1-9]\d*$/.test(microseconds) ? Number(microseconds) / 1000 : null;
  return { socket, watchdogMs };
}
