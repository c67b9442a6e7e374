// What the broker keeps of the agent: whether it is there, and what it is.
import { kinds } from '../../shared/request.ts';
import { infoTopic, statusTopic } from '../../shared/topics.ts';

export interface Retained {
  topic: string;
  payload: string;
  qos: 1;
  retain: true;
}

export const retained = (topic: string, payload: string): Retained => ({
  topic,
  payload,
  qos: 1,
  retain: true,
});

export const statusMessage = (agent: string, status: 'online' | 'offline'): Retained =>
  retained(statusTopic(agent), status);

export interface Info {
  version: string;
  /** All there are; `uplink` is null where one is none. */
  interfaces: readonly { uplink: string | null }[];
  limits: { concurrency: number; packetsPerSecond: number };
  /** What the agent watches by itself. */
  watched: object;
}

export function infoMessage(agent: string, { version, interfaces, limits, watched }: Info): Retained {
  const uplinks = interfaces.filter(({ uplink }) => uplink !== null);
  return retained(
    infoTopic(agent),
    JSON.stringify({ version, kinds, interfaces, uplinks, limits, ...watched }),
  );
}

/** Publishes a message again when it has changed since the last call; the first one goes out with the connection. */
export function onChange(message: () => Retained, publish: (message: Retained) => void): () => void {
  let told: string | null = null;
  return () => {
    const current = message();
    if (told !== null && current.payload !== told) publish(current);
    told = current.payload;
  };
}
