// The process's signals: stop once gracefully and at the second time at once, reload, tell what is known.

export interface SignalActions {
  /** SIGTERM, SIGINT. */
  stop(): Promise<void>;
  /** SIGHUP. */
  reload(): void;
  /** SIGUSR1. */
  tell(): void;
}

/** Without a listener Node opens its debugger, on a port, to whoever sends SIGUSR1. To be called before all else. */
export function keepDebuggerClosed(): void {
  process.on('SIGUSR1', () => undefined);
}

export function onSignals({ stop, reload, tell }: SignalActions): void {
  let stopping = false;
  const end = (): void => {
    if (stopping) process.exit(1);
    stopping = true;
    stop().then(
      () => process.exit(0),
      () => process.exit(1),
    );
  };
  process.on('SIGTERM', end).on('SIGINT', end).on('SIGHUP', reload).on('SIGUSR1', tell);
}
