// /metrics: what was measured, and how the agent fares, in the text format of Prometheus. The one importer of
// prom-client.
import type { Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { Result } from '../shared/result.ts';
import { type GaugeRow, type Sources, gaugeRows } from './metrics/gauges.ts';
import { labelsOf, rttsSecondsOf } from './metrics/sample.ts';

export type { Sources } from './metrics/gauges.ts';

/** From a wired neighbour to the longest wait of a probe. */
const rttBucketsSeconds = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** So many results wait for the library to be loaded. */
const mostEarly = 1000;

export interface Metrics {
  /** Counts a result, whoever asked. */
  observe(result: Result): void;
  /** Takes the round trips of a monitor's own probe. */
  time(result: Result, monitor: string): void;
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
      const { name, help, labels } = row;
      return { row, gauge: new Gauge({ name, help, labelNames: labels, registers }) };
    }),
  };
}

/** In one go, so that no other scrape sees it half done. */
function fill({ gauges }: Series, sources: Sources): void {
  for (const { row, gauge } of gauges) {
    gauge.reset();
    for (const [labels, value] of row.read(sources)) {
      if (value !== null) gauge.set(labels, value);
    }
  }
}

/**
 * The library is loaded when it is first wanted: it costs 10 MB and 35 ms (measured), and not every agent is scraped.
 */
export function createMetrics(sources: Sources): Metrics {
  const early: ((series: Series) => void)[] = [];
  /** Monitors that have round trips. */
  const measured = new Set<string>();
  let series: Series | null = null;
  let opening: Promise<Series> | null = null;

  async function begin(): Promise<Series> {
    const begun = await newSeries();
    series = begun;
    for (const take of early.splice(0)) take(begun);
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

  function take(sample: (series: Series) => void): void {
    if (series !== null) return sample(series);
    early.push(sample);
    if (early.length === mostEarly) opened().catch(() => early.splice(0)); // the next scrape says why
  }

  return {
    observe(result) {
      const labels = labelsOf(result);
      take(({ probes }) => probes.inc(labels));
    },
    time(result, monitor) {
      measured.add(monitor);
      const all = rttsSecondsOf(result);
      take(({ rtts }) => {
        for (const rttSeconds of all) rtts.observe({ monitor }, rttSeconds);
      });
    },
    async text() {
      const open = await opened();
      forgetRemoved(open);
      fill(open, sources);
      return { contentType: open.registry.contentType, body: await open.registry.metrics() };
    },
  };
}
