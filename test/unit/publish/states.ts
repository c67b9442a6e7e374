// A monitor's and an uplink's states, as tests vary them.
import type { FailoverState, FamilyHealth } from '../../../shared/failover.ts';
import type { MonitorState } from '../../../shared/monitor.ts';
import type { UplinkState } from '../../../shared/uplink.ts';

const noFigures = {
  minMs: null,
  rttMs: null,
  maxMs: null,
  jitterMs: null,
  lossPercent: null,
  hopCount: null,
  publicAddress: null,
  network: null,
  statusCode: null,
  certificateDaysLeft: null,
};

/** One that was never probed: all that can be null is. */
export const monitorState = (given: Partial<MonitorState> = {}): MonitorState => ({
  monitor: 'backup-internet',
  title: 'backup-internet',
  kind: 'traceroute',
  target: null,
  via: null,
  enabled: true,
  intervalMs: null,
  cron: null,
  state: 'unknown',
  degraded: false,
  since: null,
  at: null,
  verdict: null,
  reason: 'not yet probed',
  failure: null,
  unexpected: null,
  refutedBy: null,
  badInARow: 0,
  goodInARow: 0,
  outageAt: null,
  outageMs: null,
  address: null,
  uplink: null,
  interface: null,
  ...noFigures,
  route: null,
  ...given,
});

/** One of which everything is known. */
export const knownMonitor = (given: Partial<MonitorState> = {}): MonitorState =>
  monitorState({
    target: '1.1.1.1',
    via: 'lte',
    intervalMs: 900_000,
    state: 'down',
    degraded: true,
    since: 1_763_622_000_123,
    at: 1_763_622_900_000,
    verdict: 'fail',
    unexpected: true,
    reason: 'minimum RTT 2.1 ms is less than 10 ms',
    badInARow: 2,
    outageAt: 1_763_600_000_000,
    outageMs: 61_500,
    address: '1.1.1.1',
    uplink: 'lte',
    interface: 'eth1',
    minMs: 2.1,
    rttMs: 2.2,
    maxMs: 2.4,
    jitterMs: 0.05,
    lossPercent: 100,
    hopCount: 2,
    publicAddress: '203.0.113.7',
    network: {
      asn: 12345,
      organisation: "Example's <Net> & Co",
      domain: 'example.net',
      prefix: '203.0.113.0/24',
      country: 'CH',
      source: 'ipinfo',
    },
    statusCode: 200,
    certificateDaysLeft: 41.5,
    route: [
      { ttl: 1, address: '192.168.2.1', name: null, rttMs: 0.4, organisation: null },
      { ttl: 2, address: '1.1.1.1', name: 'one.one.one.one', rttMs: 2.2, organisation: 'Cloudflare, Inc.' },
    ],
    ...given,
  });

export const familyHealth = (given: Partial<FamilyHealth> = {}): FamilyHealth => ({
  health: 'degraded',
  place: null,
  reason: 'the loss of 45 % is more than 40 %',
  suppressed: false,
  active: true,
  lossPercent: 45,
  rttMs: 38.25,
  jitterMs: 4.5,
  since: 1_763_622_000_123,
  ...given,
});

/** What an uplink's state says where IPv4 alone is measured. */
export const healthOf = (ipv4: FamilyHealth): Partial<UplinkState> => {
  const { health, place, suppressed, active, lossPercent, rttMs, jitterMs, since: healthSince } = ipv4;
  const figures = { health, place, suppressed, active, lossPercent, rttMs, jitterMs, healthSince };
  return { ...figures, families: { ipv4, ipv6: null } };
};

export const uplinkState = (given: Partial<UplinkState> = {}): UplinkState => ({
  uplink: 'lte',
  title: 'lte',
  interface: 'eth1',
  state: 'missing',
  addresses: [],
  gateway: null,
  metered: true,
  publicAddress: null,
  network: null,
  dataUsedBytes: null,
  dataProbesBytes: null,
  dataLimitBytes: null,
  dataLeftBytes: null,
  dataSince: null,
  expectedMonthlyBytes: 0,
  health: null,
  place: null,
  suppressed: false,
  active: false,
  lossPercent: null,
  rttMs: null,
  jitterMs: null,
  healthSince: null,
  families: { ipv4: null, ipv6: null },
  ...given,
});

export const knownUplink = (given: Partial<UplinkState> = {}): UplinkState =>
  uplinkState({
    state: 'up',
    addresses: ['192.168.2.10'],
    gateway: '192.168.2.1',
    publicAddress: '203.0.113.7',
    network: knownMonitor().network,
    dataUsedBytes: 123_456_789,
    dataProbesBytes: 456_789,
    dataLimitBytes: 500_000_000,
    dataLeftBytes: 376_543_211,
    dataSince: 1_761_951_600_000,
    expectedMonthlyBytes: 987_654,
    ...healthOf(familyHealth()),
    ...given,
  });

export const failoverState = (given: Partial<FailoverState> = {}): FailoverState => ({
  mode: 'overlay',
  observeUntil: null,
  active: 'lte',
  desired: 'fibre',
  forced: null,
  since: 1_763_622_000_123,
  reason: 'fibre is up, and is taken again after 60 s',
  problem: null,
  families: { ipv4: { active: 'lte', desired: 'fibre', reason: 'fibre is up' }, ipv6: null },
  uplinks: {
    fibre: { health: 'up', place: null, suppressed: false, priority: 10 },
    lte: { health: 'degraded', place: null, suppressed: false, priority: 20 },
  },
  ...given,
});
