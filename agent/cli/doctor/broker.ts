// The MQTT broker: reached, and letting the agent write and read its own topics.
import { familyOf, isLoopback } from '../../../shared/ip.ts';
import { trialTopic } from '../../../shared/topics.ts';
import type { Config } from '../../config.ts';
import type { Box } from './box.ts';
import type { Asked, BrokerSeen } from '../trials/broker.ts';
import { refusedMends, whoHolds } from './port.ts';
import { type Finding, ok, warning, wrong } from './report.ts';

type Who = Pick<Config, 'DEVICE_NAME' | 'MQTT_USERNAME' | 'HOMEASSISTANT_PREFIX'>;

/** A name that a shell would read otherwise is left to be filled in. */
const plain = (user: string): string => (/^[\w.@-]+$/.test(user) ? user : 'USER');

/** mosquitto.conf(5), acl_file. */
function aclLines({ DEVICE_NAME: name, MQTT_USERNAME: user, HOMEASSISTANT_PREFIX: prefix }: Who): string {
  const discovery = prefix === '' ? [] : [`topic readwrite ${prefix}/#`];
  const who = user === undefined ? [] : [`user ${plain(user)}`];
  const lines = [...who, `topic readwrite pathproof/${name}/#`, ...discovery].join('\\n');
  return `printf '${lines}\\n' | sudo tee -a /etc/mosquitto/acl && sudo systemctl reload mosquitto  # its acl_file`;
}

function faultMends(fault: string, host: string, { MQTT_USERNAME: user }: Who): string[] {
  if (/not authorized|bad user ?name|identifier|banned/i.test(fault)) {
    return user === undefined
      ? ['MQTT_USERNAME=… and MQTT_PASSWORD=… in agent.env']
      : [`MQTT_PASSWORD=… in agent.env`, `sudo mosquitto_passwd /etc/mosquitto/passwd ${plain(user)}`];
  }
  if (/ENOTFOUND|EAI_AGAIN/.test(fault)) return [`MQTT_URL=mqtt://ADDRESS:1883`];
  if (/certificate|self.signed|tls|ssl/i.test(fault)) return ['MQTT_CA_FILE=/path/of/the/authority.pem'];
  const local = host === 'localhost' || (familyOf(host) !== null && isLoopback(host));
  if (!fault.includes('ECONNREFUSED')) return ['MQTT_URL=mqtt://ADDRESS:PORT'];
  return local
    ? [
        'sudo systemctl start mosquitto',
        '# MQTT_URL=  # in agent.env: without it the agent brings a broker of its own',
      ]
    : ['MQTT_URL=…'];
}

function judgeAsked(asked: Asked, who: Who): Finding[] {
  const { label, protocol, writing, readBack, refused, discovering, retains } = asked;
  const acl = aclLines(who);
  const findings: Finding[] = [];
  if (writing !== null) findings.push(wrong(label, `the agent's topics can't be written: ${writing}`, acl));
  else if (!readBack) {
    const seen = `what is written to ${trialTopic(who.DEVICE_NAME)} does not come back: not allowed`;
    findings.push(wrong(label, seen, acl));
  }
  for (const { topic, reason } of refused) {
    findings.push(wrong(label, `subscribing to ${topic} is refused: ${reason}`, acl));
  }
  if (discovering !== null) {
    const seen = `${who.HOMEASSISTANT_PREFIX}/… can't be written, which Home Assistant's discovery needs: ${discovering}`;
    findings.push(warning(label, seen, acl, 'HOMEASSISTANT_PREFIX='));
  }
  if (!retains) {
    findings.push(
      warning(
        label,
        'the broker retains nothing: states are gone for who comes later',
        'retain_available true  # in mosquitto.conf',
      ),
    );
  }
  if (findings.length > 0) return findings;
  const version = protocol === 5 ? 'MQTT 5' : 'MQTT 3.1.1';
  const agent = asked.agentStatus === 'online' ? '; the agent is connected to it' : '';
  return [ok(label, `${version}; the agent's topics are written and read back${agent}`)];
}

export function judgeBroker(seen: BrokerSeen, who: Who): Finding[] {
  switch (seen.at) {
    case 'free': {
      const place = seen.port === 0 ? 'any free port' : `port ${seen.port}, which is free`;
      return [ok(null, `the embedded broker takes ${place}`)];
    }
    case 'refused': {
      const mends = refusedMends(seen.code, 'EMBEDDED_BROKER_PORT', seen.port);
      return [wrong(null, `port ${seen.port} can't be listened at (${seen.code})`, ...mends)];
    }
    case 'foreign': {
      const port = `EMBEDDED_BROKER_PORT=${seen.port + 1}`;
      const held = `the embedded broker's port ${seen.port} is held by`;
      return seen.fault === null
        ? [wrong(null, `${held} another broker`, `MQTT_URL=mqtt://127.0.0.1:${seen.port}`, port)]
        : [
            wrong(
              null,
              `${held} another program (${seen.fault}; find it with the first line)`,
              whoHolds(seen.port),
              port,
              `MQTT_URL=mqtt://127.0.0.1:${seen.port} with MQTT_USERNAME and MQTT_PASSWORD, where it is a broker`,
            ),
          ];
    }
    default:
      if ('asked' in seen) return judgeAsked(seen.asked, who);
      return [wrong(seen.label, `not reached: ${seen.fault}`, ...faultMends(seen.fault, seen.host, who))];
  }
}

export const broker = async (box: Box, config: Config): Promise<Finding[]> =>
  judgeBroker(await box.broker(config), config);
