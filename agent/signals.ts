// The process's signals: stop once gracefully and at the second time at once, reload, tell what is known.

export interface SignalActions {
  /** SIGTERM, SIGINT. */
  stop(): Promise<void>;
  /** SIGHUP. */
  reload(): void;
  /** SIGUSR1. */
  tell(): void;
}

/**
 * Takes the signals, to be called before all else: without a listener Node opens its debugger, on a port, to whoever
 * sends SIGUSR1, and a SIGHUP ends it. Until the actions are given SIGTERM ends the process; a SIGHUP is kept for them.
 */
export function takeSignals(): (actions: SignalActions) => void {
  let actions: SignalActions | null = null;
  let reloadWanted = false;
  let stopping = false;
  const end = (): void => {
    if (stopping) process.exit(1);
    if (actions === null) process.exit(0);
    stopping = true;
    actions.stop().then(
      () => process.exit(0),
      () => process.exit(1),
    );
  };
  const reload = (): void => {
    if (actions === null) reloadWanted = true;
    else actions.reload();
  };
  process.on('SIGTERM', end).on('SIGINT', end).on('SIGHUP', reload);
  process.on('SIGUSR1', () => actions?.tell());
  return (given) => {
    actions = given;
    if (reloadWanted) given.reload();
  };
}
