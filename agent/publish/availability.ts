// What the broker keeps of the agent: whether it is there, and what it is.
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
  interfaces: object[];
  uplinks: object[];
  kinds: readonly string[];
  limits: object;
}

export const infoMessage = (agent: string, info: Info): Retained =>
  retained(infoTopic(agent), JSON.stringify(info));

/** Publishes a message again when it has changed since the last call; the first one goes out with the connection. */
export function onChange(message: () => Retained, publish: (message: Retained) => void): () => void {
  let told: string | null = null;
  return () => {
    const current = message();
    if (told !== null && current.payload !== told) publish(current);
    told = current.payload;
  };
}
