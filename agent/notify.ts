// Tells the service manager (systemd, Type=notify) that the agent is ready, that its event loop turns, that it stops. By
// systemd-notify: Node has no datagram sockets of that kind.
import { execFile } from 'node:child_process';
import type { ServiceManager } from './config/service-manager.ts';
import type { Log } from './log.ts';

const program = 'systemd-notify';
/** It waits for the manager to have read the message (5 s at most), which would else not know whose it was. */
const patienceMs = 10_000;
/** Two words may be late or lost before the agent is taken for dead. */
const wordsInTime = 3;

export interface Notifier {
  /** The start is over; from now on the watchdog is fed. */
  ready(): void;
  /** Resolves once it is told, or can't be. */
  stopping(): Promise<void>;
}

const silent: Notifier = { ready: () => undefined, stopping: () => Promise.resolve() };

/** Null: nobody wants to hear of it, and nothing is ever started. `environment` is what systemd-notify is given too. */
export function createNotifier(
  manager: ServiceManager | null,
  environment: NodeJS.Dict<string>,
  log: Log,
): Notifier {
  if (manager === null) return silent;
  const { socket, watchdogMs } = manager;
  const options = { env: { ...environment, NOTIFY_SOCKET: socket }, timeout: patienceMs };
  let failing = false;
  let feeding: NodeJS.Timeout | undefined;

  const tell = (word: string): Promise<void> =>
    new Promise((resolve) => {
      execFile(program, [word], options, (error, _stdout, stderr) => {
        const why = stderr.trim() || error?.message;
        // Once, not at each word.
        if (error !== null && !failing) log.error({ why }, `systemd is not told ${word}: ${program} fails`);
        if (error === null && failing) log.info({}, `systemd is told again: ${word}`);
        failing = error !== null;
        resolve();
      });
    });

  return {
    ready() {
      void tell('READY=1');
      if (watchdogMs !== null) {
        // Nothing is looked at: a loop that turns gets here, and one that hangs does not.
        feeding = setInterval(() => void tell('WATCHDOG=1'), watchdogMs / wordsInTime);
      }
    },
    stopping() {
      clearInterval(feeding);
      return tell('STOPPING=1');
    },
  };
}
