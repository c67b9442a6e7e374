// Things that are each to be done some time later, until all are called off.

export interface Later {
  after(waitMs: number, run: () => void): void;
  stop(): void;
}

export function createLater(): Later {
  const timers = new Set<NodeJS.Timeout>();
  return {
    after(waitMs, run) {
      const timer = setTimeout(() => {
        timers.delete(timer);
        run();
      }, waitMs);
      timers.add(timer);
    },
    stop: () => timers.forEach(clearTimeout),
  };
}
