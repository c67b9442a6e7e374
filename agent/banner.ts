// What `npm start` prints for a person: what the agent sees, and lines to paste. Pure.
import { durationWords } from '../shared/duration.ts';
import { bracketed, isLinkLocal } from '../shared/ip.ts';
import type { MonitorState } from '../shared/monitor.ts';
import type { Mode } from '../shared/failover.ts';
import { failoverStateTopic, requestTopic, resultTopic } from '../shared/topics.ts';
import { tableLines } from './table.ts';
import type { UplinkView } from './uplink/index.ts';

export interface Facts {
  name: string;
  version: string;
  /** Null where the bridge (or the embedded broker) does not listen. */
  bridge: { address: string; port: number; needsToken: boolean } | null;
  broker: { port: number } | 'external' | null;
  /** Round trip over loopback in ms, or why no packet can be sent. */
  proof: { rttMs: number | null } | { refused: Error };
  /** curl can be started, which fetches pages. */
  curl: boolean;
  uplinks: readonly UplinkView[];
  /** Null where the file has none; what it will not see, in sentences. */
  failover: { mode: Mode; blindSpots: readonly string[] } | null;
  /** What is watched, and what that is expected to put on each uplink in 31 days. */
  watched: { monitors: readonly MonitorState[]; expectedBytes: ReadonlyMap<string, number> };
}

/** Rows in columns as wide as they need to be. */
export const table = (rows: readonly (readonly string[])[]): string[] =>
  tableLines(rows).map((line) => `  ${line}`);

function uplinkTable(uplinks: readonly UplinkView[]): string[] {
  if (uplinks.length === 0) return ['  none but loopback'];
  const rows = uplinks.map(({ uplink, interface: name, state, addresses, gateway }) => [
    uplink ?? '-',
    name,
    state,
    addresses.find((address) => !address.includes(':')) ??
      addresses.find((address) => !isLinkLocal(address)) ??
      addresses[0] ??
      '-',
    gateway ?? '-',
  ]);
  return table([['uplink', 'interface', 'state', 'address', 'gateway'], ...rows]);
}

const howOften = ({ intervalMs, cron, enabled }: MonitorState): string =>
  enabled ? (cron ?? `every ${durationWords(intervalMs ?? 0)}`) : 'not enabled';

function monitorLines({ watched: { monitors, expectedBytes } }: Facts): string[] {
  if (monitors.length === 0) return [];
  const rows = monitors.map((state) => [
    state.monitor,
    state.kind,
    state.target ?? '-',
    state.via ?? '-',
    howOften(state),
  ]);
  const costs = [...expectedBytes].map(
    ([uplink, bytes]) => `  By ${uplink} this is expected to cost ${(bytes / 1e6).toFixed(2)} MB in 31 days.`,
  );
  return ['Monitors:', ...table([['monitor', 'probe', 'target', 'via', 'when'], ...rows]), ...costs];
}

const whatItDoes: Record<Mode, string> = {
  observe: 'it decides and tells, and touches nothing',
  overlay: 'it keeps a default route of its own before all others',
  capture: 'it has taken the place of the other default routes by these uplinks',
};

function failoverLines({ name, failover }: Facts): string[] {
  if (failover === null) return [];
  const { mode, blindSpots } = failover;
  return [
    `Failover: ${mode}, which is to say that ${whatItDoes[mode]}. See ${failoverStateTopic(name)}.`,
    ...blindSpots.map((sentence) => `  ${sentence}`),
  ];
}

const everywhere = ['0.0.0.0', '::'];

function bridgeLines({ name, bridge, uplinks }: Facts): string[] {
  if (bridge === null) return [];
  const host = everywhere.includes(bridge.address) ? '127.0.0.1' : bridge.address;
  const origin = `http://${bracketed(host)}:${bridge.port}`;
  const token = bridge.needsToken ? `-H "Authorization: Bearer $BRIDGE_TOKEN" ` : '';
  const first = uplinks.find(({ state, gateway }) => state === 'up' && gateway !== null);
  const gateway =
    first === undefined
      ? []
      : [
          'Ask your own first gateway (over HTTP):',
          `  curl ${token}'${origin}/ping?target=${first.gateway}&via=${encodeURIComponent(first.uplink ?? first.interface)}'`,
        ];
  return [
    `Ask ${name} for a first probe (over HTTP):`,
    `  curl ${token}'${origin}/ping?target=127.0.0.1'`,
    ...gateway,
  ];
}

function brokerLines({ name, broker }: Facts): string[] {
  if (broker === null || broker === 'external') return [];
  const at = `-h 127.0.0.1 -p ${broker.port}`;
  return [
    'Ask over MQTT (and see the answers, in another window):',
    `  mosquitto_pub ${at} -t ${requestTopic(name, 'ping')} -m '{"target":"127.0.0.1"}'`,
    `  mosquitto_sub ${at} -v -t '${resultTopic(name, '+')}'`,
  ];
}

function sayProof(proof: Facts['proof']): string {
  if ('refused' in proof) return `Packets: NONE CAN BE SENT. ${proof.refused.message}`;
  if (proof.rttMs === null)
    return 'Packets: one echo over loopback was sent, but not answered (is ICMP filtered?).';
  return `Packets: one echo over loopback came back after ${proof.rttMs.toFixed(3)} ms.`;
}

const noCurl =
  'Pages: NONE CAN BE FETCHED. curl is not there (apt-get install curl): probes of a URL need it.';

export function banner(facts: Facts): string {
  const { proof, curl, name, version } = facts;
  const parts = [
    [`pathproof ${version}, agent ${name}`],
    [sayProof(proof), ...(curl ? [] : [noCurl])],
    ['Uplinks:', ...uplinkTable(facts.uplinks)],
    failoverLines(facts),
    monitorLines(facts),
    // Without raw sockets each of these lines would be answered with the refusal that stands above.
    ...('refused' in proof ? [] : [bridgeLines(facts), brokerLines(facts)]),
  ];
  return `\n${parts
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')}\n\n`;
}
