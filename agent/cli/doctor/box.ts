// What the checks share: the configuration, and the network, packets, broker and bridge, each looked at once and only
// where somebody asks.
import { resolve } from 'node:path';
import { type Config, readConfig } from '../../config.ts';
import { type SettingsPlace, envFile } from '../../config/place.ts';
import { silentLog } from '../../log.ts';
import { mqttSecurity } from '../../mqtt/security.ts';
import type { Packets } from '../../packet/index.ts';
import type { FieldProblem } from '../../../shared/issues.ts';
import { type NetworkWatch, createNetworkWatch } from '../../uplink/watch.ts';
import { type Uplinks, createUplinks } from '../../uplink/index.ts';
import { type Installation, thisInstallation } from '../installation.ts';
import { type BridgeSeen, lookAtBridge } from '../trials/bridge.ts';
import { type BrokerAim, type BrokerPlace, type BrokerSeen, lookAtBroker } from '../trials/broker.ts';
import { type ServiceSeen, lookAtService } from './service/look.ts';

export interface Network {
  watch: NetworkWatch;
  uplinks: Uplinks;
}

export interface Box {
  /** Null where it is wrong. */
  config: Config | null;
  problems: readonly FieldProblem[];
  /** Where it was read. */
  place: SettingsPlace;
  environment: NodeJS.Dict<string>;
  installation: Installation;
  /** The file of variables, by its whole path, whether it is there or not. */
  settingsFile: string;
  /** Rejects where `ip` can't be run. */
  network(): Promise<Network>;
  /** Rejects where the native parts can't be loaded. */
  packets(): Promise<Packets>;
  /** Never rejects; to be asked only with a configuration. */
  broker(config: Config): Promise<BrokerSeen>;
  bridge(config: Config): Promise<BridgeSeen>;
  /** Null where systemd has none. Rejects where it does not answer. */
  service(): Promise<ServiceSeen | null>;
  close(): void;
}

const packetsPerSecond = 1000;

const placeOf = (config: Config): BrokerPlace =>
  config.MQTT_URL === undefined
    ? { port: config.EMBEDDED_BROKER_PORT }
    : { ...mqttSecurity(config), url: config.MQTT_URL };

const aimOf = ({ DEVICE_NAME: agent, HOMEASSISTANT_PREFIX: discoveryPrefix }: Config): BrokerAim => ({
  ...{ agent, discoveryPrefix, connectMs: 3000, echoMs: 1500 },
});

/** `environment` as it is left to programs; `read` was read before that. */
export function openBox(
  read: ReturnType<typeof readConfig>,
  place: SettingsPlace,
  environment: NodeJS.Dict<string>,
): Box {
  const config = read.ok ? read.config : null;
  const settings = () => config?.file.uplinks ?? {};
  let network: Promise<Network> | null = null;
  let packets: Promise<Packets> | null = null;
  let broker: Promise<BrokerSeen> | null = null;
  let bridge: Promise<BridgeSeen> | null = null;
  let service: Promise<ServiceSeen | null> | null = null;
  const settingsFile = resolve(place.envFile ?? place.tried[0] ?? envFile);
  const closing: (() => void)[] = [];

  // Not openBench: it needs native parts, and the network is to be seen without.
  async function openNetwork(): Promise<Network> {
    const watch = createNetworkWatch(silentLog, () => undefined);
    closing.push(() => watch.stop());
    await watch.start();
    return { watch, uplinks: createUplinks(watch, settings) };
  }

  async function openPackets(): Promise<Packets> {
    // Loaded here, so that a native part that can't be loaded is told by a line.
    const { createPackets } = await import('../../packet/index.ts');
    const opened = createPackets({ packetsPerSecond });
    closing.push(() => opened.close());
    return opened;
  }

  return {
    config,
    problems: read.ok ? [] : read.problems,
    place,
    environment,
    installation: thisInstallation(),
    settingsFile,
    network: () => (network ??= openNetwork()),
    packets: () => (packets ??= openPackets()),
    broker: (given) => (broker ??= lookAtBroker(placeOf(given), aimOf(given))),
    bridge: (given) => (bridge ??= lookAtBridge(given.SERVER_ADDRESS, given.SERVER_PORT)),
    service: () => (service ??= lookAtService(settingsFile)),
    close() {
      for (const close of closing) close();
    },
  };
}
