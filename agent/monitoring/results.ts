// What becomes of a monitor's result beside its state: a figure, a point of its history, an event for those that ask for each.
import { newEvent } from '../../shared/event.ts';
import type { MonitorState } from '../../shared/monitor.ts';
import type { Result } from '../../shared/result.ts';
import type { Actions } from '../action/index.ts';
import type { History } from '../history/index.ts';
import type { Metrics } from '../metrics.ts';
import { pointOf } from './history.ts';

export interface ResultParts {
  metrics: Pick<Metrics, 'time'>;
  history: Pick<History, 'add'>;
  actions: Pick<Actions, 'observed'>;
  /** An uplink's public address may be another. */
  refreshUplinks(): void;
}

/** `state` is the monitor's after the result. */
export const resultsInto =
  ({ metrics, history, actions, refreshUplinks }: ResultParts) =>
  (monitor: string, result: Result, state: MonitorState): void => {
    metrics.time(result, monitor);
    const point = pointOf(state);
    if (point !== null) history.add(monitor, point);
    const { kind, target, verdict, reason, failure, minMs, rttMs, maxMs, jitterMs, lossPercent } = state;
    const figures = { minMs, rttMs, maxMs, jitterMs, lossPercent };
    const evidence = { kind, target, verdict, reason, failure, ...figures };
    actions.observed(newEvent('probe.result', monitor, { evidence }, Date.parse(result.startedAt)));
    if (result.kind === 'egress') refreshUplinks();
  };
