// Failover and the health of uplinks as they are read when they are right, and as the README shows them.
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { FailoverSettings } from '../../../agent/config/failover.ts';
import { type FileSettings, readFileSettings } from '../../../agent/config/file.ts';
import type { HealthSettings } from '../../../agent/config/uplink/health.ts';
import { sayProblems } from '../../../shared/issues.ts';

function settings(text: string): FileSettings {
  const read = readFileSettings(text);
  if (!read.ok) throw new Error(sayProblems(read.problems));
  return read.settings;
}

const failover = (text: string): FailoverSettings | null =>
  settings(`uplinks: { fibre: { interface: eth0 } }\n${text}`).failover;

function health(keys: string): HealthSettings {
  const uplink = settings(`uplinks: { lte: { interface: eth1, ${keys} } }`).uplinks['lte'];
  if (uplink === undefined) throw new Error('there is no uplink');
  return uplink.health;
}

const usual: FailoverSettings = {
  mode: 'observe',
  families: ['ipv4', 'ipv6'],
  routeProto: 136,
  metricActive: 5,
  metricStandbyBase: 20_000,
  tableBase: 13_600,
  rulePriorityBase: 13_600,
  preferPrimary: true,
  failbackDelayMs: 60_000,
  minDwellMs: 30_000,
  startupHoldMs: 10_000,
  lastResort: 'hold',
  reconcileIntervalMs: 30_000,
  restoreOnExit: true,
  flap: { halfLifeMs: 300_000, penalty: 1000, suppress: 3000, reuse: 750, maxMs: 1_800_000 },
  confirm: { targets: [], timeoutMs: 20_000 },
  flushOnFailback: 'none',
};

describe('failover', () => {
  it('is off where the file has none', () => expect(failover('')).toBeNull());

  it.each(['failover: {}', 'failover:\n  # mode: overlay'])('observes where it is there: %j', (text) =>
    expect(failover(text)).toEqual(usual),
  );

  it('may say everything', () => {
    const text = `
failover:
  mode: capture
  families: [ipv6]
  routeProto: 89
  metricActive: 2
  metricStandbyBase: 3
  tableBase: 188
  rulePriorityBase: 30000
  preferPrimary: false
  failbackDelay: 0s
  minDwell: 1d
  startupHold: 1h
  lastResort: bestScore
  reconcileInterval: 1s
  restoreOnExit: false
  flap: { halfLife: 1m, penalty: 0, suppress: 2, reuse: 1, max: 61s }
  confirm: { targets: [Broker.Example, "2001:DB8::0:1"], timeout: 1s }
  flushOnFailback: metered
`;
    expect(failover(text)).toEqual({
      mode: 'capture',
      families: ['ipv6'],
      routeProto: 89,
      metricActive: 2,
      metricStandbyBase: 3,
      tableBase: 188,
      rulePriorityBase: 30_000,
      preferPrimary: false,
      failbackDelayMs: 0,
      minDwellMs: 86_400_000,
      startupHoldMs: 3_600_000,
      lastResort: 'bestScore',
      reconcileIntervalMs: 1000,
      restoreOnExit: false,
      flap: { halfLifeMs: 60_000, penalty: 0, suppress: 2, reuse: 1, maxMs: 61_000 },
      confirm: { targets: ['broker.example', '2001:db8::1'], timeoutMs: 1000 },
      flushOnFailback: 'metered',
    });
  });
});

describe('the health of an uplink', () => {
  it.each<[what: string, keys: string, standbyIntervalMs: number]>([
    ['every 5 s', '', 5000],
    ['every 15 minutes where it is metered', 'metered: true', 900_000],
    ['no more often than while it is active', 'sendInterval: 10s', 10_000],
    ['so where it is metered too', 'metered: true, sendInterval: 1h', 3_600_000],
    ['as the file says', 'metered: true, standbyInterval: 1s', 1000],
  ])('is looked at on standby %s', (_what, keys, standbyIntervalMs) =>
    expect(health(keys).standbyIntervalMs).toBe(standbyIntervalMs),
  );

  it('recovers at a share of what fails where that alone is given', () => {
    const { lossPercent, latencyMs, jitterMs } = health(
      'loss: { fail: 20 }, latency: { fail: 300 }, jitter: { fail: 50 }',
    );
    expect([lossPercent, latencyMs, jitterMs]).toEqual([
      { fail: 20, recover: 5 },
      { fail: 300, recover: 150 },
      { fail: 50, recover: 25 },
    ]);
  });

  it.each<[targets: string, reliability: number]>([
    ['[1.1.1.1, 8.8.8.8, "2001:db8::1", "2001:db8::2"]', 2],
    ['[1.1.1.1, 8.8.8.8]', 2],
    // A name may be of either family, and nobody knows before it is looked up.
    ['[one.example, two.example]', 2],
    ['[1.1.1.1, 8.8.8.8, one.example, "2001:db8::1"]', 2],
  ])('may need of %s as many as %i', (targets, reliability) =>
    expect(health(`targets: ${targets}, reliability: ${reliability}`).reliability).toBe(reliability),
  );
});

it('is configured by the example of the README', () => {
  const readme = readFileSync(new URL('../../../README.md', import.meta.url), 'utf8');
  const example = /```yaml\n(uplinks:\n[^`]*\nfailover:[^`]*)```/.exec(readme)?.[1] ?? '';
  const { uplinks, failover: chosen } = settings(example);
  expect(chosen).toEqual(usual);
  const targets = Object.entries(uplinks).map(([name, uplink]) => [
    name,
    uplink.interface,
    uplink.health.targets.length,
  ]);
  expect(targets).toEqual([
    ['fibre', 'eth0', 2],
    ['lte', 'eth1', 2],
  ]);
});
