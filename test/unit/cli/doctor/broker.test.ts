// The broker and Home Assistant on it: what is told of what they said, row by row.
import { describe, expect, it } from 'vitest';
import { judgeBroker } from '../../../../agent/cli/doctor/broker.ts';
import type { Asked, BrokerSeen } from '../../../../agent/cli/trials/broker.ts';
import { judgeHomeAssistant } from '../../../../agent/cli/doctor/home-assistant.ts';
import type { Finding } from '../../../../agent/cli/doctor/report.ts';

const statusOf = ({ status }: Finding): string => status;

describe('the broker', () => {
  const who = { DEVICE_NAME: 'pi', MQTT_USERNAME: 'me', HOMEASSISTANT_PREFIX: 'homeassistant' };
  const asked: Asked = {
    ...{
      label: 'mqtt://broker:1883',
      protocol: 5,
      refused: [],
      writing: null,
      discovering: null,
      readBack: true,
    },
    ...{ retains: true, agentStatus: null, birth: null, announced: 0 },
  };
  const external = (other: Partial<Asked>): BrokerSeen => ({ at: 'external', asked: { ...asked, ...other } });
  const unreached = (fault: string, host = 'broker'): BrokerSeen => ({
    at: 'external',
    label: 'mqtt://broker:1883',
    host,
    fault,
  });
  const acl = /topic readwrite pathproof\/pi\/#\\ntopic readwrite homeassistant\/#/;

  it.each<[string, BrokerSeen, string[], RegExp | null]>([
    ['that lets the agent in', external({}), ['ok'], null],
    ['that takes nothing', external({ writing: 'Not authorized (code 135)' }), ['wrong'], acl],
    ['that gives nothing back', external({ readBack: false }), ['wrong'], acl],
    ['that takes no discovery', external({ discovering: 'Not authorized (code 135)' }), ['warning'], acl],
    ['that refuses a subscription', external({ refused: [{ topic: 'a/+', reason: 'no' }] }), ['wrong'], acl],
    ['that keeps nothing', external({ retains: false }), ['warning'], /retain_available true/],
    [
      'that does not run here',
      unreached('connect ECONNREFUSED 127.0.0.1:1883', '127.0.0.1'),
      ['wrong'],
      /^sudo systemctl start mosquitto$/,
    ],
    ['that does not run there', unreached('connect ECONNREFUSED 192.0.2.1:1883'), ['wrong'], /^MQTT_URL=/],
    [
      'without an address',
      unreached('getaddrinfo ENOTFOUND broker'),
      ['wrong'],
      /^MQTT_URL=mqtt:\/\/ADDRESS:1883/,
    ],
    [
      'with another password',
      unreached('Connection refused: Not authorized (code 5)'),
      ['wrong'],
      /^MQTT_PASSWORD=/,
    ],
    ["with a stranger's certificate", unreached('self-signed certificate'), ['wrong'], /^MQTT_CA_FILE=/],
    ['of its own, port free', { at: 'free', port: 1883 }, ['ok'], null],
    [
      'of its own, port of root',
      { at: 'refused', port: 83, code: 'EACCES' },
      ['wrong'],
      /^EMBEDDED_BROKER_PORT=8083$/,
    ],
    [
      "of its own, another's there",
      { at: 'foreign', port: 1883, fault: null },
      ['wrong'],
      /^MQTT_URL=mqtt:\/\/127\.0\.0\.1:1883$/,
    ],
    [
      'of its own, no broker there',
      { at: 'foreign', port: 1883, fault: 'closed' },
      ['wrong'],
      /^sudo ss -Hltnp/,
    ],
  ])('%s', (_what, seen, statuses, mend) => {
    const findings = judgeBroker(seen, who);
    expect(findings.map(statusOf)).toEqual(statuses);
    if (mend === null) expect(findings[0]?.mend).toEqual([]);
    else expect(findings[0]?.mend[0]).toMatch(mend);
  });

  it('keeps what a shell would read out of the command', () => {
    const [line] = judgeBroker(external({ readBack: false }), { ...who, MQTT_USERNAME: "me'; reboot; '" });
    expect(line?.mend[0]).not.toContain('reboot');
  });

  it.each<[string, BrokerSeen, string, string]>([
    ['online', external({ birth: 'online' }), 'homeassistant', 'ok'],
    ['offline', external({ birth: 'offline' }), 'homeassistant', 'warning'],
    ['silent', external({ announced: 3 }), 'homeassistant', 'unknown'],
    ['not to be seen', { at: 'free', port: 1883 }, 'homeassistant', 'unknown'],
    ['not wanted', { at: 'free', port: 1883 }, '', 'ok'],
  ])('shows Home Assistant %s', (_what, seen, prefix, status) => {
    expect(judgeHomeAssistant(seen, prefix).status).toBe(status);
  });
});
