// The broker as the agent meets it: the user's, or the port that the embedded one takes.
import { messageOf } from '../../../../shared/thrown.ts';
import type { Config } from '../../../config.ts';
import { readEndpoint } from '../../../mqtt/endpoint.ts';
import { mqttSecurity } from '../../../mqtt/security.ts';
import { portState } from '../port.ts';
import { type Asked, askBroker } from './ask.ts';

export type BrokerSeen =
  | { at: 'external' | 'embedded'; asked: Asked }
  | { at: 'external'; label: string; host: string; fault: string }
  /** Of the embedded one's port: `fault` is why what holds it is no broker that lets us in. */
  | { at: 'free'; port: number }
  | { at: 'refused'; port: number; code: string }
  | { at: 'foreign'; port: number; fault: string | null };

const loopback = '127.0.0.1';

async function lookAtEmbedded(config: Config): Promise<BrokerSeen> {
  const { EMBEDDED_BROKER_PORT: port } = config;
  if (port === 0) return { at: 'free', port };
  const state = await portState(loopback, port);
  if (state === 'free') return { at: 'free', port };
  if (state !== 'held') return { at: 'refused', port, code: state.refused };
  try {
    const asked = await askBroker(config, `mqtt://${loopback}:${port}`, 4);
    // The agent that runs keeps it up to date; its last will is what a broker of somebody else's would hold.
    return asked.agentStatus === 'online' ? { at: 'embedded', asked } : { at: 'foreign', port, fault: null };
  } catch (error) {
    return { at: 'foreign', port, fault: messageOf(error) };
  }
}

async function lookAtExternal(config: Config, url: string): Promise<BrokerSeen> {
  let [label, host] = ['MQTT_URL', ''];
  try {
    ({ label, host } = readEndpoint({ ...mqttSecurity(config), url }));
    return { at: 'external', asked: await askBroker(config, url, 5) };
  } catch (error) {
    return { at: 'external', label, host, fault: messageOf(error) };
  }
}

/** Never rejects. */
export const lookAtBroker = (config: Config): Promise<BrokerSeen> =>
  config.MQTT_URL === undefined ? lookAtEmbedded(config) : lookAtExternal(config, config.MQTT_URL);
