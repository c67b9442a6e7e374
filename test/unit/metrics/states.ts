// Monitors and uplinks as their parts would tell of them, for the metrics to show.
import { MonitorState } from '../../../shared/monitor.ts';
import { UplinkState } from '../../../shared/uplink.ts';

const nothing = {
  ...{ title: '', kind: 'ping', target: '1.1.1.1', via: null, enabled: true, intervalMs: 60_000, cron: null },
  ...{ state: 'unknown', degraded: false, since: null, at: null, verdict: null, reason: 'not run yet' },
  ...{
    failure: null,
    unexpected: null,
    refutedBy: null,
    badInARow: 0,
    goodInARow: 0,
    outageAt: null,
    outageMs: null,
  },
  ...{ address: null, uplink: null, interface: null, minMs: null, rttMs: null, maxMs: null, jitterMs: null },
  ...{ lossPercent: null, hopCount: null, publicAddress: null, network: null, statusCode: null },
  ...{ certificateDaysLeft: null, route: null },
};

export const monitorState = (monitor: string, known: Partial<MonitorState> = {}): MonitorState =>
  MonitorState.parse({ ...nothing, monitor, ...known });

const unlimited = {
  ...{ title: '', interface: 'eth0', state: 'up', addresses: [], gateway: null, metered: false },
  ...{ publicAddress: null, network: null, dataUsedBytes: null, dataProbesBytes: null, dataLimitBytes: null },
  ...{ dataLeftBytes: null, dataSince: null, expectedMonthlyBytes: 0 },
  ...{ health: null, place: null, suppressed: false, active: false, lossPercent: null, rttMs: null },
  ...{ jitterMs: null, healthSince: null, families: { ipv4: null, ipv6: null } },
};

export const uplinkState = (uplink: string, known: Partial<UplinkState> = {}): UplinkState =>
  UplinkState.parse({ ...unlimited, uplink, ...known });
