// A broker and a Home Assistant that remember what discovery sent, on a clock that tests advance.
import { vi } from 'vitest';
import * as z from 'zod';
import { type Discovery, createDiscovery } from '../../../../agent/publish/discovery.ts';
import type { Device } from '../../../../agent/publish/discovery/retired.ts';
import type { ConfigMessage } from '../../../../agent/publish/discovery/versions.ts';
import { memoryStore } from '../../../fixtures/store.ts';
import type { KeepsState } from '../../../../shared/store.ts';

export interface Sent {
  topic: string;
  payload: string;
  atMs: number;
}

export interface Telling {
  discovery: Discovery;
  sent: Sent[];
  devices: Device[];
  complaints: string[];
  /** How often the states were published again. */
  stateRounds: number[];
  /** Whether the broker acknowledges; what it does not waits for `acknowledge`. */
  acknowledges: boolean;
  acknowledge(delivered: boolean): void;
}

export const device = (
  name: string,
  components: Record<string, string> = { rtt: 'sensor' },
  prefix = 'homeassistant',
): Device => ({
  objectId: name,
  topic: `${prefix}/device/${name}/config`,
  payload: {
    components: Object.fromEntries(
      Object.entries(components).map(([id, platform]) => [id, { platform, unique_id: `${name}_${id}` }]),
    ),
  },
});

export function telling(options: { prefix?: string; store?: KeepsState; devices?: Device[] } = {}): Telling {
  const waiting: ConfigMessage[] = [];
  const complain = (_fields: object, message: string): void => void told.complaints.push(message);
  const told: Telling = {
    sent: [],
    devices: options.devices ?? [device('a')],
    complaints: [],
    stateRounds: [],
    acknowledges: true,
    acknowledge: (delivered) => waiting.splice(0).forEach(({ settled }) => settled?.(delivered)),
    discovery: createDiscovery({
      prefix: options.prefix ?? 'homeassistant',
      store: options.store ?? memoryStore(),
      log: { debug: () => undefined, info: () => undefined, warn: complain, error: complain },
      devices: () => told.devices,
      republishStates: () => void told.stateRounds.push(performance.now()),
      random: () => 0.5,
      publish(message) {
        told.sent.push({ topic: message.topic, payload: message.payload, atMs: performance.now() });
        if (told.acknowledges) message.settled?.(true);
        else waiting.push(message);
      },
    }),
  };
  return told;
}

/** Lets so much time pass, and what is due in it happen. */
export const pass = (ms: number): Promise<unknown> => vi.advanceTimersByTimeAsync(ms);

const Config = z.object({ components: z.record(z.string(), z.record(z.string(), z.string())) });

/** What was sent since, as its topic's device, with the components' platforms. */
export function said(sent: Sent[]): unknown[] {
  return sent.splice(0).map(({ topic, payload }) => {
    const name = topic.split('/').at(topic.endsWith('/config') ? -2 : -1);
    if (payload === '') return [name, ''];
    const { components } = Config.parse(JSON.parse(payload));
    return [
      name,
      Object.fromEntries(Object.entries(components).map(([id, component]) => [id, Object.values(component)])),
    ];
  });
}
