// All monitors: begun, changed with their configuration, commanded, shown and ended.
import type { MonitorState } from '../../shared/monitor.ts';
import type { Change, KeepsState } from '../../shared/store.ts';
import type { Command } from './commands.ts';
import { type Calendar, createCalendar } from './cron.ts';
import { createDepartures } from './departures.ts';
import { type Due, createDue } from './due.ts';
import { type Timers, monotonicTimers } from './every.ts';
import { keptFor } from './kept.ts';
import { obey } from './obey.ts';
import { type Runner, type RunnerParts, createRunner, keptPart } from './runner.ts';
import { createSaver, keeping } from './saver.ts';
import type { Settings } from './settings.ts';
import { type Clocks, clocks } from './steps.ts';

export { type Command, type ReadCommand, readCommand } from './commands.ts';
export { isCron } from './cron.ts';

export interface MonitorsParts extends RunnerParts {
  /** The agent's name: by it a fleet's runs are spread. */
  agent: string;
  store: KeepsState & { trouble(): string | null };
  /** Told of each that is no more, since the last start or since the last file. */
  onRemoved(monitor: string): void;
  timers?: Timers;
  clocks?: Clocks;
}

export type AllSettings = Readonly<Record<string, Settings>>;

export interface Monitors {
  /** Begins with what was known at the last end. Like reload it never rejects. */
  start(settings: AllSettings): Promise<void>;
  /** Those that did not change go on undisturbed; one that probes something else begins anew. */
  reload(settings: AllSettings): Promise<void>;
  /**
   * The disk is well again. Where it was not at the start, what was known then is taken up now, as far as nothing newer is
   * known; until then nothing is kept of monitors that have not run. Never rejects.
   */
  recover(): Promise<void>;
  /** Why a command can't be obeyed; null where it is. */
  obey(command: Command): string | null;
  view(): MonitorState[];
  /** Nothing runs any more; resolves when all events are told and all that is known is kept. */
  stop(): Promise<void>;
}

interface Monitor {
  settings: Settings;
  runner: Runner;
  due: Due;
}

export function createMonitors(parts: MonitorsParts): Monitors {
  const { store, agent, timers = monotonicTimers, onState, onRemoved } = parts;
  const monitors = new Map<string, Monitor>();
  /** What lies on the disk may not be what was found at the start. */
  let unread = false;
  const changeOf = (name: string): Change | null => {
    const runner = monitors.get(name)?.runner;
    if (runner === undefined || runner.telling() || (unread && runner.fresh())) return null;
    return keeping(name, runner.kept());
  };
  const saver = createSaver(store, changeOf);
  let calendar: Calendar | null = null;
  let changing: Promise<void> = Promise.resolve();
  let stopped = false;
  const departures = createDepartures();

  const stepped = (stepMs: number): void => {
    for (const [name, { runner }] of monitors) {
      runner.stepped(stepMs);
      saver.touch(name);
      onState(runner.state());
    }
  };

  const dueOf = (name: string, { schedule }: Settings, runner: Runner): Due => {
    calendar ??= createCalendar(stepped, parts.clocks ?? clocks);
    return createDue({ timers, calendar, agent }, name, schedule, () => {
      if (runner.enabled()) void runner.run();
    });
  };

  const tellUnread = (monitor: string, part: string): void =>
    parts.log.warn(
      { monitor, part },
      'a part of what was known of a monitor can not be read, and begins anew',
    );

  function begin(name: string, settings: Settings, stored: unknown): void {
    const changed = (): void => {
      saver.touch(name);
      monitor.due.follow(runner.everyMs());
    };
    const kept = keptFor(settings, stored, (part) => tellUnread(name, part));
    const runner = createRunner(parts, name, settings, kept, changed);
    const monitor: Monitor = { settings, runner, due: dueOf(name, settings, runner) };
    monitor.due.follow(runner.everyMs());
    monitors.set(name, monitor);
    onState(runner.state());
  }

  function change(name: string, monitor: Monitor, settings: Settings): void {
    monitor.due.stop();
    monitor.due = dueOf(name, settings, monitor.runner);
    monitor.settings = settings;
    monitor.runner.change(settings);
  }

  async function forget(name: string): Promise<void> {
    await saver.saveNow([keeping(name, undefined)]);
  }

  function remove(name: string, { due, runner }: Monitor): void {
    due.stop();
    monitors.delete(name);
    departures.leave(runner, async () => {
      // One that has come back meanwhile is another.
      if (monitors.has(name)) saver.touch(name);
      else await forget(name);
    });
    onRemoved(name);
  }

  function follow(all: AllSettings): void {
    const wanted = new Map(Object.entries(all));
    for (const [name, monitor] of [...monitors]) {
      const settings = wanted.get(name);
      if (settings === undefined) remove(name, monitor);
      else if (JSON.stringify(settings) !== JSON.stringify(monitor.settings)) change(name, monitor, settings);
      else monitor.runner.refresh();
    }
    for (const [name, settings] of wanted) {
      if (!monitors.has(name)) begin(name, settings, undefined);
    }
  }

  /** Those that are no more are forgotten. */
  async function storedOf(isWanted: (name: string) => boolean): Promise<Map<string, unknown>> {
    const stored = new Map<string, unknown>();
    try {
      for await (const [name, kept] of store.sub(keptPart).entries()) stored.set(name, kept);
      unread = store.trouble() !== null;
    } catch (error) {
      unread = true;
      parts.log.warn({ err: error }, 'what was known of the monitors could not be read: they begin anew');
    }
    for (const name of stored.keys()) {
      if (isWanted(name)) continue;
      await forget(name);
      onRemoved(name);
    }
    return stored;
  }

  async function resume(all: AllSettings): Promise<void> {
    const stored = await storedOf((name) => Object.hasOwn(all, name));
    if (stopped) return;
    for (const [name, settings] of Object.entries(all)) begin(name, settings, stored.get(name));
  }

  async function recover(): Promise<void> {
    if (!unread) return;
    for (const [name, stored] of await storedOf((one) => monitors.has(one)))
      monitors.get(name)?.runner.takeUp(stored, (part) => tellUnread(name, part));
  }

  /** One change at a time; one that fails ends neither later ones nor the orderly end. */
  function next(change: () => Promise<void> | void): Promise<void> {
    changing = changing
      .then(() => (stopped ? undefined : change()))
      .catch((error: unknown) => parts.log.error({ err: error }, 'the monitors could not all be changed'));
    return changing;
  }

  return {
    start: (settings) => next(() => resume(settings)),
    reload: (settings) => next(() => follow(settings)),
    recover: () => next(recover),
    obey(command) {
      if (stopped) return 'the agent is stopping';
      const monitor = monitors.get(command.monitor);
      if (monitor === undefined) return `there is no monitor called ${command.monitor}`;
      const problem = obey(monitor.runner, monitor.settings, command);
      const change = problem === null && command.command !== 'run' ? changeOf(command.monitor) : null;
      if (change !== null) void saver.saveNow([change]);
      return problem;
    },
    view: () => [...monitors.values()].map(({ runner }) => runner.state()),
    async stop() {
      stopped = true;
      calendar?.stop();
      for (const { due } of monitors.values()) due.stop();
      const told = [...monitors.values()].map(({ runner }) => runner.stop());
      await Promise.all([changing, departures.stop(), ...told]);
      await saver.stop();
    },
  };
}
