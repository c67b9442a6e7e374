// /metrics: what was measured, and how the agent fares, in the text format of Prometheus. The one importer of
// prom-client.
import type { Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { Result } from '../shared/result.ts';
import { type GaugeRow, type Sources, gaugeRows } from './metrics/gauges.ts';
import { type Sample, sampleOf } from './metrics/sample.ts';

export type { Sources } from './metrics/gauges.ts';

/** From a wired neighbour to the longest wait of a probe. */
const rttBucketsSeconds = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** So many results wait for the library to be loaded. */
const mostEarly = 1000;

export interface Metrics {
  /** Counts a result; `monitor` is whose it is, null where it was asked for. */
  observe(result: Result, monitor: string | null): void;
  /** Rejects where a source throws. */
  text(): Promise<{ contentType: string; body: string }>;
}

interface Series {
  registry: Registry;
  probes: Counter;
  rtts: Histogram;
  gauges: { row: GaugeRow; gauge: Gauge }[];
}

async function newSeries(): Promise<Series> {
  const { Counter, Gauge, Histogram, Registry } = await import('prom-client');
  const registry = new Registry();
  const registers = [registry];
  return {
    registry,
    probes: new Counter({
      name: 'pathproof_probes_total',
      help: 'Probes that were answered for, refused ones included; failure is the code of an error.',
      labelNames: ['kind', 'verdict', 'failure'],
      registers,
    }),
    rtts: new Histogram({
      name: 'pathproof_probe_rtt_seconds',
      help: "Round trips of a monitor's probes, each echo by itself; an HTTP probe's whole time.",
      labelNames: ['monitor'],
      buckets: rttBucketsSeconds,
      registers,
    }),
    gauges: gaugeRows.map((row) => {
      const { name, help, label } = row;
      return { row, gauge: new Gauge({ name, help, labelNames: label === null ? [] : [label], registers }) };
    }),
  };
}

function count({ probes, rtts }: Series, { kind, verdict, failure, monitor, rttsSeconds }: Sample): void {
  probes.inc({ kind, verdict, failure });
  if (monitor === null) return;
  for (const rttSeconds of rttsSeconds) rtts.observe({ monitor }, rttSeconds);
}

/** In one go, so that no other scrape sees it half done. */
function fill({ gauges }: Series, sources: Sources): void {
  for (const { row, gauge } of gauges) {
    gauge.reset();
    for (const [labelValue, value] of row.read(sources)) {
      if (value !== null) gauge.set(row.label === null ? {} : { [row.label]: labelValue }, value);
    }
  }
}

/**
 * The library is loaded when it is first wanted: it costs 10 MB and 35 ms (measured), and not every agent is scraped.
 */
export function createMetrics(sources: Sources): Metrics {
  const early: Sample[] = [];
  /** Monitors that have round trips. */
  const measured = new Set<string>();
  let series: Series | null = null;
  let opening: Promise<Series> | null = null;

  async function begin(): Promise<Series> {
    const begun = await newSeries();
    series = begun;
    for (const sample of early.splice(0)) count(begun, sample);
    return begun;
  }
  const opened = (): Promise<Series> => (opening ??= begin());

  function forgetRemoved({ rtts }: Series): void {
    const names = new Set(sources.monitors().map(({ monitor }) => monitor));
    for (const monitor of measured) {
      if (names.has(monitor)) continue;
      rtts.remove({ monitor });
      measured.delete(monitor);
    }
  }

  return {
    observe(result, monitor) {
      const sample = sampleOf(result, monitor);
      if (monitor !== null) measured.add(monitor);
      if (series !== null) return count(series, sample);
      early.push(sample);
      if (early.length === mostEarly) opened().catch(() => early.splice(0)); // the next scrape says why
    },
    async text() {
      const open = await opened();
      forgetRemoved(open);
      fill(open, sources);
      return { contentType: open.registry.contentType, body: await open.registry.metrics() };
    },
  };
}
