// What /metrics shows of the moment: one row for each gauge. Pure.
import { healths } from '../../shared/failover.ts';
import type { MonitorState } from '../../shared/monitor.ts';
import type { UplinkState } from '../../shared/uplink.ts';

/** Asked at each scrape. */
export interface Sources {
  version: string;
  monitors: () => readonly MonitorState[];
  uplinks: () => readonly UplinkState[];
  queue: () => readonly { uplink: string; running: number; waiting: number }[];
  /** Messages on their way to the broker, by class. */
  outbox: () => Readonly<Record<string, number>>;
  loopDelayMs: () => { p50: number; p99: number; max: number };
  mqttConnected: () => boolean;
}

export interface GaugeRow {
  name: string;
  help: string;
  /** The names of its labels. */
  labels: readonly string[];
  /** Its labels and what is measured; null: not known, and not shown. */
  read: (sources: Sources) => (readonly [labels: Readonly<Record<string, string>>, value: number | null])[];
}

const flag = (value: boolean): number => (value ? 1 : 0);
const seconds = (ms: number | null): number | null => (ms === null ? null : ms / 1000);
const ratio = (percent: number | null): number | null => (percent === null ? null : percent / 100);

const ofMonitors = (name: string, help: string, read: (state: MonitorState) => number | null): GaugeRow => ({
  name: `pathproof_monitor_${name}`,
  help,
  labels: ['monitor'],
  read: ({ monitors }) => monitors().map((state) => [{ monitor: state.monitor }, read(state)]),
});

const ofUplinks = (name: string, help: string, read: (state: UplinkState) => number | null): GaugeRow => ({
  name: `pathproof_uplink_${name}`,
  help,
  labels: ['uplink'],
  read: ({ uplinks }) => uplinks().map((state) => [{ uplink: state.uplink }, read(state)]),
});

// A monitor that is neither up nor down has no sample: a NaN would spoil every sum and mean it gets into.
const monitorRows: GaugeRow[] = [
  ofMonitors('up', 'Whether the monitor is up (1) or down (0); absent while that is unknown.', ({ state }) =>
    state === 'unknown' ? null : flag(state === 'up'),
  ),
  ofMonitors(
    'degraded',
    'Whether a softer limit of the monitor fails (1) or none does (0).',
    ({ degraded }) => flag(degraded),
  ),
  ofMonitors('loss_ratio', "Share of the last probe's packets that were lost, 0 to 1.", ({ lossPercent }) =>
    ratio(lossPercent),
  ),
  ofMonitors(
    'last_run_timestamp_seconds',
    'When the last probe of the monitor began, in Unix time.',
    ({ at }) => seconds(at),
  ),
];

const uplinkRows: GaugeRow[] = [
  ofUplinks(
    'up',
    "Whether the uplink's interface is up and has a carrier and an address (1) or not (0).",
    (uplink) => flag(uplink.state === 'up'),
  ),
  ofUplinks(
    'data_used_bytes',
    'What the interface carried in this billing period.',
    ({ dataUsedBytes }) => dataUsedBytes,
  ),
  ofUplinks(
    'data_limit_bytes',
    'What the interface may carry in a billing period.',
    ({ dataLimitBytes }) => dataLimitBytes,
  ),
  ofUplinks(
    'expected_monthly_bytes',
    'What the probes of the monitors by this uplink are expected to cost in 31 days.',
    ({ expectedMonthlyBytes }) => expectedMonthlyBytes,
  ),
];

const measured = ({ uplinks }: Sources): UplinkState[] => uplinks().filter(({ health }) => health !== null);

const healthRows: GaugeRow[] = [
  {
    name: 'pathproof_uplink_health',
    help: 'Whether the health of the uplink is the one that the label names (1) or not (0).',
    labels: ['uplink', 'health'],
    read: (sources) =>
      measured(sources).flatMap(({ uplink, health: current }) =>
        healths.map((health) => [{ uplink, health }, flag(health === current)] as const),
      ),
  },
  ofUplinks(
    'loss_ratio',
    'Share of the last echoes by the uplink that were lost, 0 to 1.',
    ({ lossPercent }) => ratio(lossPercent),
  ),
  ofUplinks('rtt_seconds', 'Mean round trip of the last echoes by the uplink.', ({ rttMs }) =>
    seconds(rttMs),
  ),
  {
    name: 'pathproof_failover_active',
    help: "Whether the kernel's default route leaves by the uplink (1) or not (0).",
    labels: ['uplink'],
    read: (sources) => measured(sources).map(({ uplink, active }) => [{ uplink }, flag(active)]),
  },
];

const agentRows: GaugeRow[] = [
  {
    name: 'pathproof_queue_running',
    help: 'Probes that run now.',
    labels: ['uplink'],
    read: ({ queue }) => queue().map(({ uplink, running }) => [{ uplink }, running]),
  },
  {
    name: 'pathproof_queue_waiting',
    help: 'Probes that wait for their turn.',
    labels: ['uplink'],
    read: ({ queue }) => queue().map(({ uplink, waiting }) => [{ uplink }, waiting]),
  },
  {
    name: 'pathproof_event_loop_delay_seconds',
    help: 'How late the event loop ran in the last 30 to 60 seconds: median, 99th percentile, longest.',
    labels: ['statistic'],
    read: ({ loopDelayMs }) =>
      Object.entries(loopDelayMs()).map(([statistic, ms]) => [{ statistic }, ms / 1000]),
  },
  {
    name: 'pathproof_outbox_messages',
    help: 'Messages on their way to the broker.',
    labels: ['class'],
    read: ({ outbox }) => Object.entries(outbox()).map(([name, depth]) => [{ class: name }, depth]),
  },
  {
    name: 'pathproof_mqtt_connected',
    help: 'Whether the agent is connected to its broker (1) or not (0).',
    labels: [],
    read: ({ mqttConnected }) => [[{}, flag(mqttConnected())]],
  },
  {
    name: 'pathproof_build_info',
    help: 'Always 1; the label tells the version.',
    labels: ['version'],
    read: ({ version }) => [[{ version }, 1]],
  },
  // By the names that dashboards know them by.
  {
    name: 'process_resident_memory_bytes',
    help: 'Memory that the process holds.',
    labels: [],
    read: () => [[{}, process.memoryUsage.rss()]],
  },
  {
    name: 'process_start_time_seconds',
    help: 'When the process started, in Unix time.',
    labels: [],
    read: () => [[{}, performance.timeOrigin / 1000]],
  },
];

export const gaugeRows: readonly GaugeRow[] = [...monitorRows, ...uplinkRows, ...healthRows, ...agentRows];
