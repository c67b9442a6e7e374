// One monitor: runs its probe, makes of the result what it means, and tells of what changed.
import type { Failure } from '../../shared/failure.ts';
import type { Instant } from '../../shared/instant.ts';
import type { MonitorState } from '../../shared/monitor.ts';
import type { Result } from '../../shared/result.ts';
import type { Log } from '../log.ts';
import { type Telling, conclude } from './conclusion.ts';
import { type Outcome, advance, isOutage, outcomeOf, wouldBeDown } from './condition.ts';
import { type Evidence, gatherEvidence } from './evidence.ts';
import { type Kept, everyOf, isEnabled, keptFor, stateOf, steppedKept } from './kept.ts';
import { refutation } from './refutation.ts';
import { type Held, type Settings, type Watch, type Watched, subjectOf } from './settings.ts';
import { type Emit, createTold } from './told.ts';

export interface RunnerParts {
  log: Log;
  now(): Instant;
  watch: Watch;
  held: Held;
  emit: Emit;
  onState(state: MonitorState): void;
  /** Each result, with the state that it led to. */
  onResult(monitor: string, result: Result, state: MonitorState): void;
}

type Overrides = Partial<Pick<Kept, 'enabled' | 'intervalMs'>>;

export interface Runner {
  /** Runs now, unless a run is under way. Never rejects. */
  run(): Promise<void>;
  running(): boolean;
  /** Shows it as it is where what held its last run holds no more. */
  refresh(): void;
  /** Goes on by other settings. A run under way counts where it is of what is still probed. */
  change(settings: Settings): void;
  /** How often it is to run as things stand; null where its calendar says when. */
  everyMs(): number | null;
  enabled(): boolean;
  override(given: Overrides): void;
  /** Nothing was measured yet, now or ever before. */
  fresh(): boolean;
  /** What was known before comes late: of one that has run since, only what commands had set is taken. */
  takeUp(stored: unknown, onUnread: (part: string) => void): void;
  /** The wall clock was set. */
  stepped(stepMs: number): void;
  kept(): Kept;
  state(): MonitorState;
  /** Whether events are still on their way, with which what is kept changes. */
  telling(): boolean;
  /** Takes no result any more; resolves when what was to be told is. */
  end(): Promise<void>;
  /** The same, and events wait for no evidence any more. */
  stop(): Promise<void>;
}

export const keptPart = 'monitors';

/** `onChanged` is told when what is kept, or how often it is to run, may be another. */
export function createRunner(
  { log, now, watch, held, emit, onState, onResult }: RunnerParts,
  monitor: string,
  settingsBefore: Settings,
  keptBefore: Kept,
  onChanged: () => void,
): Runner {
  let settings = settingsBefore;
  let kept = keptBefore;
  /** Since the start. */
  let commanded: Overrides = {};
  let underWay = false;
  let stopped = false;
  const over = (): boolean => stopped;
  let refutedBefore = false;
  const told = createTold(log, emit);
  const fresh = (): boolean => kept.seen.at === null;
  let holding = false;
  /** Asked anew each time: what held the last run may hold no more. */
  const refusal = (): Failure | null => (holding ? held(monitor, settings.probe) : null);
  const state = (): MonitorState => stateOf(monitor, settings, kept, refusal());

  function become(to: Kept): void {
    kept = to;
    onState(state());
    onChanged();
  }

  function tell({ event, kept: value, scene }: Telling): void {
    const gather = (): Promise<Evidence> =>
      scene === null ? Promise.resolve({}) : gatherEvidence(watch, monitor, settings, scene);
    told.tell(event, { part: keptPart, key: monitor, value }, gather);
  }

  function take({ result, warnings }: Watched, outcome: Outcome, refutedBy: string | null): void {
    holding = false;
    const seen = { monitor, settings, result, at: now() };
    const conclusion = conclude(kept, seen, { outcome, refutedBy, warnings });
    kept = conclusion.kept;
    if (conclusion.transition !== null) {
      const { from, to } = conclusion.transition;
      log.info({ monitor, from, to, reason: result.reason }, 'the state of a monitor changed');
    }
    conclusion.tellings.forEach(tell);
    onState(state());
    onResult(monitor, result, state());
  }

  /** No probe may be run: that says nothing of the line. */
  function hold(): void {
    holding = true;
    const { condition } = advance(kept.condition, 'neutral', now(), settings);
    kept = { ...kept, condition };
    onState(state());
  }

  async function once(): Promise<void> {
    if (held(monitor, settings.probe) !== null) {
      hold();
      return;
    }
    const subject = subjectOf(settings);
    const moot = (): boolean => over() || subjectOf(settings) !== subject;
    const watched = await watch(monitor, settings.probe, settings.warn);
    const outcome = outcomeOf(watched.result);
    const suspected = isOutage(watched.result) && wouldBeDown(kept.condition, settings.down);
    const refutedBy = suspected ? await refutation(watch, monitor, settings.confirm, moot) : null;
    // What the agent's end cut short says nothing.
    if (moot() || watched.result.failure?.code === 'stopping') return;
    if (refutedBy !== null && !refutedBefore)
      log.info({ monitor, refutedBy }, 'the outage of a monitor is refuted');
    refutedBefore = refutedBy !== null || (refutedBefore && outcome !== 'good');
    take(watched, refutedBy === null ? outcome : 'good', refutedBy);
  }

  return {
    async run() {
      if (underWay || over()) return;
      underWay = true;
      try {
        await once();
      } catch (error) {
        log.error({ monitor, err: error }, 'a run of the monitor failed');
      }
      underWay = false;
      if (!over()) onChanged();
    },
    running: () => underWay,
    refresh() {
      if (!holding || refusal() !== null) return;
      holding = false;
      onState(state());
    },
    change(to) {
      const same = subjectOf(to) === subjectOf(settings);
      settings = to;
      if (!same) refutedBefore = false;
      become(keptFor(to, kept));
    },
    everyMs: () =>
      kept.condition.state === 'down' && settings.whileDownEveryMs !== null
        ? settings.whileDownEveryMs
        : everyOf(settings, kept),
    enabled: () => isEnabled(settings, kept),
    override(given) {
      commanded = { ...commanded, ...given };
      become({ ...kept, ...given });
    },
    fresh,
    takeUp(stored, onUnread) {
      const former = keptFor(settings, stored, onUnread);
      const { enabled, intervalMs } = former;
      become({ ...(fresh() ? former : kept), enabled, intervalMs, ...commanded });
    },
    stepped(stepMs) {
      kept = steppedKept(kept, stepMs, now().boot);
    },
    kept: () => kept,
    state,
    telling: told.pending,
    end() {
      stopped = true;
      return told.all();
    },
    stop() {
      stopped = true;
      return told.stop();
    },
  };
}
