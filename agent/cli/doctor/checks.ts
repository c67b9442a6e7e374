// All that doctor looks at, in the order in which it is told. A check is a function here; all run side by side.
import type { Config } from '../../config.ts';
import type { Box } from './box.ts';
import { bridge } from './bridge.ts';
import { broker } from './broker.ts';
import { clock } from './clock.ts';
import { configuration } from './configuration.ts';
import { failover, routes } from './failover.ts';
import { homeAssistant } from './home-assistant.ts';
import { networks } from './networks.ts';
import { node } from './node.ts';
import { programsThere } from './programs.ts';
import { rawSockets } from './raw-sockets.ts';
import { type Finding, unknown } from './report.ts';
import { service } from './service.ts';
import { stateDir } from './state-dir.ts';
import { uplinks } from './uplinks.ts';

/** Answers within a second or a few, by itself; what takes longer is cut off. */
export type Look = (box: Box, signal: AbortSignal) => Promise<Finding[]>;

/** What can't be looked at without a configuration. */
const configured =
  (look: (box: Box, config: Config, signal: AbortSignal) => Promise<Finding[]>): Look =>
  (box, signal) =>
    box.config === null
      ? Promise.resolve([unknown(null, 'not looked at: the configuration is wrong')])
      : look(box, box.config, signal);

export const checks: Readonly<Record<string, { title: string; look: Look }>> = {
  node: { title: 'Node.js', look: node },
  configuration: { title: 'configuration', look: configuration },
  programs: { title: 'programs', look: programsThere },
  service: { title: 'service', look: service },
  rawSockets: { title: 'raw sockets', look: rawSockets },
  routes: { title: 'power over routes', look: configured(routes) },
  clock: { title: 'clock', look: clock },
  stateDir: { title: 'STATE_DIR', look: configured(stateDir) },
  uplinks: { title: 'uplinks', look: uplinks },
  broker: { title: 'MQTT broker', look: configured(broker) },
  homeAssistant: { title: 'Home Assistant', look: configured(homeAssistant) },
  networks: { title: 'ASN sources', look: configured(networks) },
  bridge: { title: 'HTTP bridge', look: configured(bridge) },
  failover: { title: 'failover', look: configured(failover) },
};
