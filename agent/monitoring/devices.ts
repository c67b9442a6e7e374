// What Home Assistant is told of: the agent, its uplinks and its monitors as the file has them.
import { type DeviceMessage, discoveryMessages } from '../../homeassistant/discovery.ts';
import type { FileSettings } from '../config/file.ts';

export interface DeviceParts {
  prefix: string;
  agent: string;
  agentId: string;
  version: string;
  file: () => FileSettings;
}

export const devicesOf =
  ({ file, ...about }: DeviceParts) =>
  (): DeviceMessage[] => {
    const { monitors, uplinks, failover } = file();
    return discoveryMessages({
      ...about,
      monitors: Object.entries(monitors).map(([name, { title, probe, schedule }]) => ({
        name,
        title,
        kind: probe.kind,
        cron: 'cron' in schedule,
      })),
      uplinks: Object.entries(uplinks).map(([name, { title, metered, data, health }]) => ({
        name,
        title: title ?? name,
        metered,
        hasLimit: data !== null,
        measured: failover !== null || health.targets.length > 0,
      })),
      failover: failover !== null,
    });
  };
