// Monitors on the real pipeline, whose probes find what a test says.
import { setImmediate as turn } from 'node:timers/promises';
import { askedBySchedule } from '../../../agent/request/schedule.ts';
import { type Kept, keptFor } from '../../../agent/monitor/kept.ts';
import { type Runner, type RunnerParts, createRunner } from '../../../agent/monitor/runner.ts';
import type { Settings, Watch } from '../../../agent/monitor/settings.ts';
import type { Event } from '../../../shared/event.ts';
import type { Failure } from '../../../shared/failure.ts';
import type { Instant } from '../../../shared/instant.ts';
import type { Measurement } from '../../../shared/measurement.ts';
import type { MonitorState } from '../../../shared/monitor.ts';
import type { Request } from '../../../shared/request.ts';
import type { Result } from '../../../shared/result.ts';
import type { Change } from '../../../shared/store.ts';
import { isRecord } from '../../../shared/record.ts';
import { figures, measured, noReplies } from '../assess/measured.ts';
import { type RecordedLog, recordLog } from '../mqtt/kit.ts';
import { watched } from '../pipeline/watched.ts';
import { requestOf } from '../shared/request/reading.ts';

export const settingsOf = (given: Partial<Settings> = {}): Settings => ({
  title: 'Backup',
  probe: { kind: 'ping', body: { target: '1.1.1.1', via: 'lte' } },
  warn: null,
  schedule: { everyMs: 60_000 },
  whileDownEveryMs: null,
  down: 2,
  up: 1,
  confirm: [],
  alsoPing: [],
  traceOnDown: false,
  enabled: true,
  ...given,
});

/** What a probe finds, or the failure that it throws. */
export type Finds = (request: Request) => Measurement | Failure | Promise<Measurement>;

export const answered = (avgMs = 16): Measurement => measured({ ping: figures({ avgMs }) });
export const silent: Measurement = measured({ ping: noReplies });

export interface Line {
  finds: Finds;
  /** What was probed: kind and target. */
  probed: string[];
  requests: Request[];
}

/** A watch by the real pipeline; what its probes find can be changed at any time. */
export function lineOf(finds: Finds = () => answered()): Line & { watch: Watch } {
  const line: Line = { finds, probed: [], requests: [] };
  const pipeline = watched({
    validate: ({ kind, body }) =>
      Promise.resolve({
        request: requestOf(kind ?? 'ping', isRecord(body) ? body : {}),
        mayProbeSelf: true,
        exit: null,
      }),
    async probe({ request }) {
      line.probed.push(`${request.kind} ${request.target ?? ''}`.trim());
      line.requests.push(request);
      const found = await line.finds(request);
      if (found instanceof Error) throw found;
      return found;
    },
  });
  const { signal } = new AbortController();
  const watch: Watch = (monitor, probe, warn) =>
    pipeline.watch(askedBySchedule(monitor, probe, signal), warn);
  return Object.assign(line, { watch });
}

export interface Scene {
  runner: Runner;
  line: Line;
  log: RecordedLog;
  events: Event[];
  /** What was kept with each event. */
  alongside: Change[];
  states: MonitorState[];
  results: { result: Result; state: MonitorState }[];
  /** Moved by the test. */
  clock: Instant;
  /** Runs once a second and returns what each run made of it. */
  runs(...finds: Finds[]): Promise<string[]>;
  told(): string[];
}

export const begins: Instant = { epochMs: Date.parse('2026-11-20T07:00:00Z'), upMs: 60_000, boot: 'b' };

export function sceneOf(
  given: Partial<Settings> = {},
  more: Partial<RunnerParts> = {},
  stored?: Kept,
): Scene {
  const settings = settingsOf(given);
  const line = lineOf();
  const log = recordLog();
  const clock = { ...begins };
  const noted: Pick<Scene, 'events' | 'alongside' | 'states' | 'results'> = {
    events: [],
    alongside: [],
    states: [],
    results: [],
  };
  const parts: RunnerParts = {
    log,
    now: () => ({ ...clock }),
    watch: line.watch,
    held: () => null,
    emit(event, changes) {
      noted.events.push(event);
      noted.alongside.push(...changes);
      return Promise.resolve();
    },
    onState: (state) => void noted.states.push(state),
    onResult: (_monitor, result, state) => void noted.results.push({ result, state }),
    ...more,
  };
  const runner = createRunner(parts, 'backup', settings, keptFor(settings, stored), () => undefined);
  return {
    ...noted,
    runner,
    line,
    log,
    clock,
    async runs(...finds) {
      const made: string[] = [];
      for (const one of finds) {
        line.finds = one;
        await runner.run();
        // An event without evidence is told by then.
        await turn();
        made.push(runner.state().state);
        clock.epochMs += 1000;
        clock.upMs += 1000;
      }
      return made;
    },
    told: () => noted.events.map(({ kind, from, to }) => `${kind} ${from ?? '-'}>${to ?? '-'}`),
  };
}
