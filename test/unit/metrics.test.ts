// /metrics as a scraper reads it: the format, the names, and that the values are what was measured.
import { describe, expect, it } from 'vitest';
import { type Sources, createMetrics } from '../../agent/metrics.ts';
import { healths } from '../../shared/failover.ts';
import { type FailureCode, Failure, failureReport } from '../../shared/failure.ts';
import type { Result } from '../../shared/result.ts';
import { passed } from './request/http/bridge.ts';
import { type Family, families } from './metrics/exposition.ts';
import { monitorState, uplinkState } from './metrics/states.ts';

const sources: Sources = {
  version: '1.2.3',
  monitors: () => [
    monitorState('backup', { state: 'up', at: 1_795_158_000_123, lossPercent: 33.3 }),
    monitorState('main', { state: 'down', degraded: true, lossPercent: 100 }),
    monitorState('new'),
  ],
  uplinks: () => [
    uplinkState('lte', { dataUsedBytes: 1234, dataLimitBytes: 500_000_000, expectedMonthlyBytes: 987_654 }),
    uplinkState('fibre', { state: 'no carrier' }),
    uplinkState('dsl', { health: 'degraded', active: true, lossPercent: 12.5, rttMs: 20 }),
  ],
  queue: () => [{ uplink: 'lte', running: 2, waiting: 3 }],
  outbox: () => ({ event: 1, measurement: 40 }),
  loopDelayMs: () => ({ p50: 0, p99: 12, max: 41 }),
  mqttConnected: () => true,
};

const refused = (code: FailureCode): Result => ({
  ...passed,
  verdict: 'error',
  failure: failureReport(new Failure(code, 'because')),
  ping: null,
});

async function scraped(metrics = createMetrics(sources)): Promise<Map<string, Family>> {
  return families((await metrics.text()).body);
}

const valuesOf = (all: Map<string, Family>, name: string): Record<string, number> =>
  Object.fromEntries(all.get(name)?.samples ?? []);

describe('the text', () => {
  it('is of the type that scrapers ask for', async () => {
    const { contentType } = await createMetrics(sources).text();
    expect(contentType).toBe('text/plain; version=0.0.4; charset=utf-8');
  });

  it("has names with base units and the project's prefix, the process's own aside", async () => {
    const all = await scraped();
    const unitless = /_(up|degraded|health|active|connected|running|waiting|messages|info|total)$/;
    for (const [name, { type, help }] of all) {
      expect(name).toMatch(/^(pathproof|process)_[a-z_]+$/);
      expect([name, /_(seconds|bytes|ratio)$/.test(name) || unitless.test(name)]).toEqual([name, true]);
      expect([name, name.endsWith('_total')]).toEqual([name, type === 'counter']);
      expect(help).toMatch(/\.$/);
    }
  });

  it('can be asked for twice at once', async () => {
    const metrics = createMetrics(sources);
    const [one, other] = await Promise.all([scraped(metrics), scraped(metrics)]);
    expect(valuesOf(one, 'pathproof_monitor_up')).toEqual(valuesOf(other, 'pathproof_monitor_up'));
  });
});

describe('the moment', () => {
  it.each<[string, Record<string, number>]>([
    ['pathproof_monitor_up', { '{monitor="backup"}': 1, '{monitor="main"}': 0 }],
    ['pathproof_monitor_degraded', { '{monitor="backup"}': 0, '{monitor="main"}': 1, '{monitor="new"}': 0 }],
    ['pathproof_monitor_last_run_timestamp_seconds', { '{monitor="backup"}': 1_795_158_000.123 }],
    ['pathproof_uplink_up', { '{uplink="lte"}': 1, '{uplink="fibre"}': 0, '{uplink="dsl"}': 1 }],
    ['pathproof_uplink_data_used_bytes', { '{uplink="lte"}': 1234 }],
    ['pathproof_uplink_data_limit_bytes', { '{uplink="lte"}': 500_000_000 }],
    [
      'pathproof_uplink_expected_monthly_bytes',
      { '{uplink="lte"}': 987_654, '{uplink="fibre"}': 0, '{uplink="dsl"}': 0 },
    ],
    [
      'pathproof_uplink_health',
      Object.fromEntries(
        healths.map((one) => [`{uplink="dsl",health="${one}"}`, one === 'degraded' ? 1 : 0]),
      ),
    ],
    ['pathproof_uplink_loss_ratio', { '{uplink="dsl"}': 0.125 }],
    ['pathproof_uplink_rtt_seconds', { '{uplink="dsl"}': 0.02 }],
    ['pathproof_failover_active', { '{uplink="dsl"}': 1 }],
    ['pathproof_queue_running', { '{uplink="lte"}': 2 }],
    ['pathproof_queue_waiting', { '{uplink="lte"}': 3 }],
    ['pathproof_outbox_messages', { '{class="event"}': 1, '{class="measurement"}': 40 }],
    ['pathproof_mqtt_connected', { '': 1 }],
    ['pathproof_build_info', { '{version="1.2.3"}': 1 }],
    [
      'pathproof_event_loop_delay_seconds',
      { '{statistic="p50"}': 0, '{statistic="p99"}': 0.012, '{statistic="max"}': 0.041 },
    ],
  ])('is shown by %s', async (name, expected) => {
    const named = Object.fromEntries(
      Object.entries(expected).map(([labels, value]) => [name + labels, value]),
    );
    expect(valuesOf(await scraped(), name)).toEqual(named);
  });

  it('has the loss as a share, and none where nothing was measured', async () => {
    const values = valuesOf(await scraped(), 'pathproof_monitor_loss_ratio');
    expect(Object.keys(values)).toEqual(
      ['backup', 'main'].map((one) => `pathproof_monitor_loss_ratio{monitor="${one}"}`),
    );
    expect(Object.values(values)[0]).toBeCloseTo(0.333, 6);
    expect(Object.values(values)[1]).toBe(1);
  });

  it("has the process's memory and start", async () => {
    const all = await scraped();
    expect(valuesOf(all, 'process_resident_memory_bytes')['process_resident_memory_bytes']).toBeGreaterThan(
      1e7,
    );
    const start = valuesOf(all, 'process_start_time_seconds')['process_start_time_seconds'];
    expect(Math.abs((start ?? 0) - performance.timeOrigin / 1000)).toBeLessThan(1);
  });

  it('is that of each scrape: what is gone is shown no more', async () => {
    let monitors = sources.monitors();
    const metrics = createMetrics({ ...sources, monitors: () => monitors });
    metrics.time(passed, 'main');
    expect((await metrics.text()).body).toContain('{monitor="main"}');
    monitors = monitors.filter(({ monitor }) => monitor !== 'main');
    const after = (await metrics.text()).body;
    expect(after).toContain('"backup"');
    expect(after).not.toContain('"main"');
  });
});

describe('the probes', () => {
  it('are counted by kind, verdict and failure, from before the first scrape on', async () => {
    const metrics = createMetrics(sources);
    for (const result of [passed, passed, refused('noRoute'), { ...passed, kind: null }])
      metrics.observe(result);
    await metrics.text();
    metrics.observe({ ...passed, verdict: 'fail' });
    expect(valuesOf(await scraped(metrics), 'pathproof_probes_total')).toEqual({
      'pathproof_probes_total{kind="ping",verdict="pass",failure=""}': 2,
      'pathproof_probes_total{kind="ping",verdict="error",failure="noRoute"}': 1,
      'pathproof_probes_total{kind="unknown",verdict="pass",failure=""}': 1,
      'pathproof_probes_total{kind="ping",verdict="fail",failure=""}': 1,
    });
  });

  it('are all counted, however many come before the first scrape', async () => {
    const metrics = createMetrics(sources);
    for (let number = 0; number < 2500; number += 1) metrics.observe(passed);
    const values = valuesOf(await scraped(metrics), 'pathproof_probes_total');
    expect(Object.values(values)).toEqual([2500]);
  });

  it("have their round trips in the histogram of their monitor, and no one else's", async () => {
    const metrics = createMetrics(sources);
    metrics.time(passed, 'backup'); // 15.1, 15.2 and 15 ms
    metrics.time({ ...passed, ping: null, dns: { rcode: 'NOERROR', answers: [], rttMs: 0.4 } }, 'backup');
    metrics.observe(passed);
    metrics.time(refused('noRoute'), 'main');
    const values = valuesOf(await scraped(metrics), 'pathproof_probe_rtt_seconds');
    const bucket = (le: string) => values[`pathproof_probe_rtt_seconds_bucket{le="${le}",monitor="backup"}`];
    expect(['0.0005', '0.01', '0.025', '10', '+Inf'].map(bucket)).toEqual([1, 1, 4, 4, 4]);
    expect(values['pathproof_probe_rtt_seconds_count{monitor="backup"}']).toBe(4);
    expect(values['pathproof_probe_rtt_seconds_sum{monitor="backup"}']).toBeCloseTo(0.0457, 9);
    expect(Object.keys(values).filter((one) => !one.includes('"backup"'))).toEqual([]);
  });
});
