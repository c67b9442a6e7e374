// What /metrics shows of the moment: one row for each gauge. Pure.
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
  /** The name of its one label; null where it has none. */
  label: string | null;
  /** The label's values and what is measured; null: not known, and not shown. */
  read: (sources: Sources) => (readonly [labelValue: string, value: number | null])[];
}

const flag = (value: boolean): number => (value ? 1 : 0);
const seconds = (ms: number | null): number | null => (ms === null ? null : ms / 1000);
const ratio = (percent: number | null): number | null => (percent === null ? null : percent / 100);

const ofMonitors = (name: string, help: string, read: (state: MonitorState) => number | null): GaugeRow => ({
  name: `pathproof_monitor_${name}`,
  help,
  label: 'monitor',
  read: ({ monitors }) => monitors().map((state) => [state.monitor, read(state)]),
});

const ofUplinks = (name: string, help: string, read: (state: UplinkState) => number | null): GaugeRow => ({
  name: `pathproof_uplink_${name}`,
  help,
  label: 'uplink',
  read: ({ uplinks }) => uplinks().map((state) => [state.uplink, read(state)]),
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

const agentRows: GaugeRow[] = [
  {
    name: 'pathproof_queue_running',
    help: 'Probes that run now.',
    label: 'uplink',
    read: ({ queue }) => queue().map(({ uplink, running }) => [uplink, running]),
  },
  {
    name: 'pathproof_queue_waiting',
    help: 'Probes that wait for their turn.',
    label: 'uplink',
    read: ({ queue }) => queue().map(({ uplink, waiting }) => [uplink, waiting]),
  },
  {
    name: 'pathproof_event_loop_delay_seconds',
    help: 'How late the event loop ran in the last 30 to 60 seconds: median, 99th percentile, longest.',
    label: 'statistic',
    read: ({ loopDelayMs }) => Object.entries(loopDelayMs()).map(([name, ms]) => [name, ms / 1000]),
  },
  {
    name: 'pathproof_outbox_messages',
    help: 'Messages on their way to the broker.',
    label: 'class',
    read: ({ outbox }) => Object.entries(outbox()),
  },
  {
    name: 'pathproof_mqtt_connected',
    help: 'Whether the agent is connected to its broker (1) or not (0).',
    label: null,
    read: ({ mqttConnected }) => [['', flag(mqttConnected())]],
  },
  {
    name: 'pathproof_build_info',
    help: 'Always 1; the label tells the version.',
    label: 'version',
    read: ({ version }) => [[version, 1]],
  },
  // By the names that dashboards know them by.
  {
    name: 'process_resident_memory_bytes',
    help: 'Memory that the process holds.',
    label: null,
    read: () => [['', process.memoryUsage.rss()]],
  },
  {
    name: 'process_start_time_seconds',
    help: 'When the process started, in Unix time.',
    label: null,
    read: () => [['', performance.timeOrigin / 1000]],
  },
];

export const gaugeRows: readonly GaugeRow[] = [...monitorRows, ...uplinkRows, ...agentRows];
