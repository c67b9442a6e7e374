// Home Assistant on the broker: its birth message, or others that announce themselves to it.
import type { Config } from '../../config.ts';
import type { Box } from './box.ts';
import type { BrokerSeen } from '../trials/broker.ts';
import { type Finding, ok, unknown, warning } from './report.ts';

const retainIt =
  'in Home Assistant: Settings, Devices & services, MQTT, Configure, Birth message: switch Retain on';

export function judgeHomeAssistant(seen: BrokerSeen, prefix: string): Finding {
  if (prefix === '') return ok(null, 'HOMEASSISTANT_PREFIX is empty: nothing is announced to it');
  if (!('asked' in seen)) return unknown(null, 'no broker to see it at');
  const { birth, announced } = seen.asked;
  if (birth === 'online') return ok(null, `online, as ${prefix}/status says`);
  if (birth !== null) {
    return warning(
      null,
      `${prefix}/status says ${JSON.stringify(birth.slice(0, 20))}`,
      'start Home Assistant',
    );
  }
  const others =
    announced === 0 ? 'nothing announces itself' : `${announced} other devices announce themselves`;
  return unknown(
    null,
    `no birth message is kept at ${prefix}/status (by default it is not), and ${others} under ${prefix}/`,
    retainIt,
  );
}

export const homeAssistant = async (box: Box, config: Config): Promise<Finding[]> => [
  judgeHomeAssistant(await box.broker(config), config.HOMEASSISTANT_PREFIX),
];
