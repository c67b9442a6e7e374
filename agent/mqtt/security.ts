// How the broker knows the agent, as it is configured.
import type { Config } from '../config.ts';
import type { EndpointSettings } from './endpoint.ts';

/** Only what is set. */
export function mqttSecurity(config: Config): Omit<EndpointSettings, 'url'> {
  const { MQTT_USERNAME, MQTT_PASSWORD, MQTT_CA_FILE, MQTT_CERT_FILE, MQTT_KEY_FILE } = config;
  return {
    ...(MQTT_USERNAME === undefined ? {} : { username: MQTT_USERNAME }),
    ...(MQTT_PASSWORD === undefined ? {} : { password: MQTT_PASSWORD }),
    ...(MQTT_CA_FILE === undefined ? {} : { caFile: MQTT_CA_FILE }),
    ...(MQTT_CERT_FILE === undefined ? {} : { certFile: MQTT_CERT_FILE }),
    ...(MQTT_KEY_FILE === undefined ? {} : { keyFile: MQTT_KEY_FILE }),
  };
}
