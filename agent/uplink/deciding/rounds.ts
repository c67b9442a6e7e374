// One decision after another: what calls for one while another is under way is heeded by it where it waits, else after it.

export interface Rounds {
  /** Something calls for a decision. */
  call(): void;
  /** Resolves when something calls for one while one is under way. */
  called(): Promise<void>;
  /** Runs work that no decision may be under way beside; one follows. Rejects as the work does. */
  between(work: () => Promise<void>): Promise<void>;
  /** Resolves when nothing is under way any more; nothing is begun afterwards. */
  stop(): Promise<void>;
}

/** `decide` is to end soon once its signal aborts. */
export function createRounds(
  decide: (ending: AbortSignal) => Promise<void>,
  failed: (error: unknown) => void,
): Rounds {
  let underWay: Promise<void> | null = null;
  let ending = new AbortController();
  let again = false;
  let stopped = false;
  let held = 0;
  let works: Promise<unknown> = Promise.resolve();
  let wake = (): void => undefined;

  function call(): void {
    if (stopped) return;
    if (underWay !== null || held > 0) {
      again = true;
      wake();
      return;
    }
    again = false;
    ending = new AbortController();
    underWay = decide(ending.signal)
      .catch(failed)
      .finally(() => {
        underWay = null;
        if (again) call();
      });
  }

  function hurry(): void {
    ending.abort();
    wake();
  }

  return {
    call,
    called: () =>
      new Promise((resolve) => {
        wake = resolve;
      }),
    between(work) {
      held += 1;
      hurry();
      const mine = works
        .then(() => underWay)
        .then(work)
        .finally(() => {
          held -= 1;
          call();
        });
      works = mine.catch(() => undefined);
      return mine;
    },
    async stop() {
      stopped = true;
      hurry();
      await underWay;
      await works;
    },
  };
}
