// Actions: the user's programs, run on events. What has to be run is on disk with its event, and is run once.
import { setMaxListeners } from 'node:events';
import type { Event } from '../../shared/event.ts';
import type { Change } from '../../shared/store.ts';
import { type ActionSettings, type Entry, entriesOf, forgotten, keyOf, kept, nameOf } from './entries.ts';
import { createAlone } from './alone.ts';
import { eventEnvironment, plainEnvironment } from './environment.ts';
import { imonArguments } from './imon.ts';
import { type Lane, createLane } from './lane.ts';
import { asksFor } from './match.ts';
import type { ActionOptions, Actions } from './parts.ts';
import { type Order, cannotDrop, runProgram } from './run.ts';
import { aboutOf, tellEnding } from './telling.ts';

/** An event of the agent's last run that is older says nothing of now. */
const oldestMs = 3_600_000;

export type { Actions } from './parts.ts';

interface Job {
  action: ActionSettings;
  event: Event;
  /** Null where it is not on disk. */
  key: string | null;
}

export function createActions(options: ActionOptions): Actions {
  const { settings, store, log, agent, syslog, environment, stopping } = options;
  const lanes = new Map<string, Lane<Job>>();
  /** Taken and not yet over. */
  const held = new Set<string>();
  /** Names of those that the configuration had, and of which that was said. */
  const gone = new Set<string>();
  const ending = new AbortController();
  setMaxListeners(0, ending.signal); // each action that runs is one
  const plain = plainEnvironment(environment);
  let mayRun = false;

  const write = (change: Change, sync: boolean): Promise<void> =>
    store.write([change], { sync }).catch(() => undefined); // the store says so, and the program is to run all the same

  function orderOf({ action, event }: Job): Order | null {
    const { run, format, instance, timeoutMs } = action;
    const onLine = (line: string): void => log.info({ program: run[0], line }, 'output of an action');
    if (format === 'json') {
      const known = { ...plain, ...eventEnvironment(event, agent) };
      return { program: run, input: `${JSON.stringify(event)}\n`, environment: known, timeoutMs, onLine };
    }
    const words = imonArguments(event, instance, syslog);
    return words && { program: [...run, ...words], input: null, environment: plain, timeoutMs, onLine };
  }

  const asking = (event: Event): [name: string, action: ActionSettings][] => {
    const all = settings().filter(
      (action) => asksFor(action, event) && orderOf({ action, event, key: null }) !== null,
    );
    return [...new Map(all.map((action) => [nameOf(action), action]))];
  };

  const stopped = (): boolean => stopping.aborted || ending.signal.aborted;

  /** Marks it as begun, so that it is never run twice; false where the agent stops, and it is left for the next start. */
  async function begin({ action, event, key }: Job): Promise<boolean> {
    if (stopped() || key === null) return !stopped();
    const entry = { action: nameOf(action), event };
    await write(kept(key, { ...entry, begun: true }), true);
    if (stopped()) await write(kept(key, { ...entry, begun: false }), true);
    return !stopped();
  }

  const forget = (key: string | null): Promise<void> =>
    key === null ? Promise.resolve() : write(forgotten(key), false);

  /** As the configuration has it now; null where it does not any more, which is said once for all that waits for it. */
  function current(job: Job): ActionSettings | null {
    const name = nameOf(job.action);
    const action = settings().find((one) => nameOf(one) === name);
    if (action !== undefined) gone.delete(name);
    else if (!gone.has(name)) {
      gone.add(name);
      log.warn(aboutOf(job), 'an action is not run for what waits for it: the configuration has it no more');
    }
    return action ?? null;
  }

  const sayCannotDrop = (about: object, why: string): void =>
    log.error(about, `an action is not run, because the agent's capabilities can't be taken from it: ${why}`);

  /** Once they can, they can. */
  async function refusal(): Promise<string | null> {
    const why = mayRun ? null : await cannotDrop(plain, ending.signal);
    mayRun = why === null;
    return why;
  }

  const alone = createAlone({
    ...{ log, environment: plain, refusal, sayRefused: sayCannotDrop, stopped, ending: ending.signal },
  });

  async function execute(job: Job): Promise<void> {
    const action = current(job);
    if (action === null) return forget(job.key);
    const order = orderOf({ ...job, action });
    if (order === null) return;
    const refused = stopped() ? null : await refusal();
    if (refused === null) {
      if (!(await begin(job))) return;
      tellEnding(log, aboutOf(job), await runProgram(order, ending.signal));
    } else {
      if (stopped()) return;
      sayCannotDrop(aboutOf(job), refused);
    }
    await forget(job.key);
  }

  async function run(job: Job): Promise<void> {
    await execute(job).catch((error: unknown) => log.error({ err: error }, 'an action could not be run'));
    if (job.key !== null) held.delete(job.key);
  }

  function onDropped(job: Job, first: boolean): void {
    if (first) log.warn(aboutOf(job), 'an action falls behind: 100 events wait, and older ones are dropped');
    if (job.key !== null) held.delete(job.key);
    void forget(job.key);
  }

  function enqueue(name: string, job: Job): void {
    if (stopped() || (job.key !== null && held.has(job.key))) return;
    if (job.key !== null) held.add(job.key);
    const [program] = job.action.run;
    const onCaughtUp = (dropped: number): void =>
      log.warn(
        { program, dropped },
        'an action was not run for these many events, while others waited for it',
      );
    const lane = lanes.get(name) ?? createLane<Job>(run, { onDropped, onCaughtUp });
    lanes.set(name, lane);
    lane.add(job);
  }

  /** Why what was left is not run now; null where it is. */
  function tooLate(
    { action, event, begun }: Entry,
    known: ReadonlyMap<string, ActionSettings>,
  ): string | null {
    if (begun) return 'an action was interrupted by the end of the agent; it is not run again';
    if (!known.has(action)) return 'an action is not run: the configuration has it no more';
    const ageMs = Date.now() - Date.parse(event.at);
    return ageMs > oldestMs ? 'an action is not run: its event is older than an hour' : null;
  }

  async function takeUp(): Promise<void> {
    const known = new Map(settings().map((action) => [nameOf(action), action]));
    for (const [key, entry] of await entriesOf(store)) {
      if (held.has(key)) continue;
      const late = entry && tooLate(entry, known);
      const action = (entry && known.get(entry.action)) ?? null;
      if (entry && action && late === null) {
        enqueue(entry.action, { action, event: entry.event, key });
        continue;
      }
      if (entry && late !== null) log.warn(aboutOf({ action, event: entry.event }), late);
      await write(forgotten(key), false);
    }
  }

  return {
    changesFor: (event) =>
      event.kind === 'probe.result'
        ? []
        : asking(event).map(([name]) => kept(keyOf(event, name), { action: name, event, begun: false })),
    take(event) {
      for (const [name, action] of asking(event)) enqueue(name, { action, event, key: keyOf(event, name) });
    },
    observed(event) {
      for (const [name, action] of asking(event)) enqueue(name, { action, event, key: null });
    },
    runOnce: alone.run,
    start: () =>
      takeUp().catch((error: unknown) =>
        log.error({ err: error }, 'what actions were left to run could not be read'),
      ),
    async stop() {
      ending.abort();
      await Promise.all([...[...lanes.values()].map((lane) => lane.stop()), alone.over()]);
    },
  };
}
