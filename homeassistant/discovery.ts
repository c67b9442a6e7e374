// The discovery messages of an agent: a device for itself and one for each monitor and uplink. Pure.
import {
  discoveryTopic,
  monitorAvailabilityTopic,
  statusTopic,
  uplinkAvailabilityTopic,
} from '../shared/topics.ts';
import { agentComponents } from './agent.ts';
import { type Components, type Json, available, identified } from './component.ts';
import { failoverComponents } from './failover.ts';
import { monitorComponents } from './monitor.ts';
import type { DescribedMonitor } from './monitor/described.ts';
import { type DescribedUplink, uplinkComponents } from './uplink.ts';

export interface Described {
  prefix: string;
  agent: string;
  /** A UUID kept for ever: every identifier derives from it, so that none changes with an address or an interface. */
  agentId: string;
  version: string;
  monitors: readonly DescribedMonitor[];
  uplinks: readonly DescribedUplink[];
  /** Whether it is configured. */
  failover: boolean;
}

/** A discovery message as it is before it is JSON. */
export interface DeviceConfig {
  device: Record<string, Json>;
  origin: Record<string, Json>;
  components: Components;
  [shared: string]: Json;
}

export interface DeviceMessage {
  objectId: string;
  topic: string;
  payload: DeviceConfig;
}

export const agentObjectId = (agentId: string): string => `pathproof_${agentId.replaceAll('-', '')}`;

export function discoveryMessages(described: Described): DeviceMessage[] {
  const { prefix, agent, agentId, version } = described;
  const id = agentObjectId(agentId);
  const message = (
    objectId: string,
    device: Record<string, Json>,
    components: Components,
    shared: Record<string, Json>,
  ): DeviceMessage => ({
    objectId,
    topic: discoveryTopic(prefix, objectId),
    payload: {
      device: { identifiers: [objectId], manufacturer: 'pathproof', ...device },
      origin: { name: 'pathproof', sw_version: version },
      components: identified(objectId, components),
      ...shared,
    },
  });
  const names = described.uplinks.map(({ name }) => name);
  const ofFailover = described.failover ? failoverComponents(agent, names) : {};
  const ofAgent = message(
    id,
    { name: `pathproof ${agent}`, model: 'Agent', sw_version: version },
    { ...agentComponents(agent), ...ofFailover },
    {},
  );
  const below = { via_device: id };
  const ofUplinks = described.uplinks.map((uplink) =>
    message(
      `${id}_uplink_${uplink.name}`,
      { name: `${agent} uplink ${uplink.title}`, model: 'Uplink', ...below },
      uplinkComponents(agent, uplink),
      available([statusTopic(agent), uplinkAvailabilityTopic(agent, uplink.name)]),
    ),
  );
  const ofMonitors = described.monitors.map((monitor) =>
    message(
      `${id}_monitor_${monitor.name}`,
      { name: `${agent} ${monitor.title}`, model: `Monitor (${monitor.kind})`, ...below },
      monitorComponents(agent, monitor),
      available([statusTopic(agent), monitorAvailabilityTopic(agent, monitor.name)]),
    ),
  );
  return [ofAgent, ...ofUplinks, ...ofMonitors];
}
