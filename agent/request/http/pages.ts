// What the bridge shows of what is known: metrics, the monitors, a monitor's history. No probe comes of it.
import type { Failure } from '../../../shared/failure.ts';
import type { MonitorState } from '../../../shared/monitor.ts';
import { targetOf } from './arrival.ts';
import { refusalBody } from './body.ts';
import { metricsPath, monitorsPath, plainPath } from './guard.ts';
import { retryAfterSeconds, statusOfFailure } from './status.ts';

/** The pages' paths, as fastify has them. */
export const pagePaths = [
  metricsPath,
  monitorsPath,
  `${monitorsPath}/:name`,
  `${monitorsPath}/:name/history`,
];

export interface Pages {
  /** In the text format of Prometheus. */
  metrics(): Promise<{ contentType: string; body: string }>;
  monitors(): MonitorState[];
  /** Of a monitor that there is, by what the query says; not ok where that, or what was kept, can't be read. */
  history(
    monitor: string,
    query: string,
  ): Promise<{ ok: true; body: object } | { ok: false; failure: Failure }>;
}

export interface Page {
  status: number;
  contentType: string;
  text: string;
  /** Where it does well to come again after a while. */
  retryAfterSeconds: number | null;
}

const json = (status: number, body: object): Page => ({
  status,
  contentType: 'application/json',
  text: JSON.stringify(body),
  retryAfterSeconds: null,
});

async function historyOf(pages: Pages, monitor: string, query: string): Promise<Page> {
  const read = await pages.history(monitor, query);
  if (read.ok) return json(200, read.body);
  const { failure } = read;
  return {
    ...json(statusOfFailure(failure), refusalBody(failure.message)),
    retryAfterSeconds: retryAfterSeconds(failure),
  };
}

/** The page at a URL whose path is one of these. Rejects as the pages do. */
export async function pageAt(url: string, pages: Pages): Promise<Page> {
  const { path, query } = targetOf(url);
  const [, first = '', monitor, page] = plainPath(path).split('/');
  if (`/${first}` === metricsPath) {
    const { contentType, body } = await pages.metrics();
    return { status: 200, contentType, text: body, retryAfterSeconds: null };
  }
  const monitors = pages.monitors();
  if (monitor === undefined) return json(200, { monitors });
  const state = monitors.find((one) => one.monitor === monitor);
  if (state === undefined)
    return json(404, refusalBody('there is no monitor of this name; /monitors lists them'));
  return page === undefined ? json(200, state) : historyOf(pages, monitor, query);
}
