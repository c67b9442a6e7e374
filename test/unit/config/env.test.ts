// The environment variables: what each is without being set, how each is read, and which contradict each other.
import { describe, expect, it } from 'vitest';
import { type Environment, readEnvironment, variableNames } from '../../../agent/config/env.ts';
import { sayProblems } from '../../../shared/issues.ts';

function read(given: Record<string, string | undefined>): Environment {
  const parsed = readEnvironment(given);
  if (!parsed.ok) throw new Error(sayProblems(parsed.problems));
  return parsed.env;
}

function toldOf(given: Record<string, string>): string {
  const parsed = readEnvironment(given);
  return parsed.ok ? '' : sayProblems(parsed.problems);
}

const defaults = {
  SERVER_ADDRESS: '127.0.0.1',
  SERVER_PORT: 8080,
  BRIDGE_OPEN: false,
  EMBEDDED_BROKER_PORT: 1883,
  MQTT_GROUPS: [],
  MQTT_ALLOW_FORCE: false,
  HOMEASSISTANT_PREFIX: 'homeassistant',
  HOP_NAMES: true,
  CYMRU_LOOKUP: false,
  LOG_LEVEL: 'info',
  PROBE_CONCURRENCY: 32,
  PROBE_RATE: 1000,
};

describe('a variable that is not set', () => {
  it('has the default of the contract', () => expect(read({})).toEqual(defaults));

  it('is as good as one that is empty, but for the one that turns discovery off', () => {
    const empty = Object.fromEntries(variableNames.map((name) => [name, '']));
    expect(read(empty)).toEqual({ ...defaults, HOMEASSISTANT_PREFIX: '' });
  });

  it("is none of somebody else's", () => {
    expect(read({ PATH: '/bin', SERVER_PROT: '1', undefined: undefined })).toEqual(defaults);
  });
});

describe('a variable that is set', () => {
  it.each<[name: keyof Environment, text: string, value: unknown]>([
    ['DEVICE_NAME', 'pi_4-attic', 'pi_4-attic'],
    ['SERVER_ADDRESS', 'localhost', 'localhost'],
    ['SERVER_ADDRESS', '::1', '::1'],
    ['SERVER_ADDRESS', ' 127.0.0.2 ', '127.0.0.2'],
    ['SERVER_PORT', '0', 0],
    ['SERVER_PORT', ' 65535 ', 65_535],
    ['EMBEDDED_BROKER_PORT', '0', 0],
    ['BRIDGE_TOKEN', '12345678', '12345678'],
    ['BRIDGE_OPEN', 'true', true],
    ['BRIDGE_OPEN', 'false', false],
    ['MQTT_ALLOW_FORCE', 'true', true],
    ['HOP_NAMES', 'true', true],
    ['HOP_NAMES', 'false', false],
    ['MQTT_URL', ' mqtts://me:pass@broker.example:8883 ', 'mqtts://me:pass@broker.example:8883'],
    ['MQTT_URL', 'tcp://10.0.0.1', 'tcp://10.0.0.1'],
    ['HOMEASSISTANT_PREFIX', 'ha', 'ha'],
    ['LOG_LEVEL', 'silent', 'silent'],
    ['SYSLOG_ADDRESS', 'udp://[2001:db8::1]:1514', 'udp://[2001:db8::1]:1514'],

    ['PROBE_CONCURRENCY', '1', 1],
    ['PROBE_CONCURRENCY', '1024', 1024],
    ['PROBE_RATE', '1', 1],
    ['PROBE_RATE', '100000', 100_000],
    ['CONFIG_FILE', '/etc/pathproof.yaml', '/etc/pathproof.yaml'],
    ['STATE_DIR', '/var/lib/pathproof', '/var/lib/pathproof'],
  ])('%s=%s is read as %j', (name, text, value) => expect(read({ [name]: text })[name]).toEqual(value));

  it.each([
    'https://ipinfo.example/base/',
    'http://127.0.0.1:8000/',
    'http://[::1]:8000',
    'http://localhost',
    'http://192.168.1.7',
  ])('for IPinfo (%s) is read with its token', (url) => {
    const given = { IPINFO_TOKEN: 'a.b-c_1', IPINFO_URL: url };
    expect(read(given)).toMatchObject(given);
  });

  it('as a list of targets is read into networks and names', () => {
    const { ALLOWED_TARGETS } = read({
      ALLOWED_TARGETS: '10.0.0.0/8, 1.1.1.1 ,One.Example,bücher.example,2001:DB8::/32',
    });
    expect(ALLOWED_TARGETS).toEqual({
      networks: [
        { family: 4, address: '10.0.0.0', prefixLength: 8 },
        { family: 4, address: '1.1.1.1', prefixLength: 32 },
        { family: 6, address: '2001:db8::', prefixLength: 32 },
      ],
      hosts: ['one.example', 'xn--bcher-kva.example'],
    });
  });

  it('as a list of groups is trimmed', () => {
    const given = { MQTT_URL: 'mqtt://broker.example', MQTT_GROUPS: 'homes , all' };
    expect(read(given).MQTT_GROUPS).toEqual(['homes', 'all']);
  });

  it('as a file that can be read is taken', () => {
    const given = {
      MQTT_URL: 'mqtts://b',
      MQTT_CA_FILE: '/dev/null',
      MQTT_CERT_FILE: '/dev/null',
      MQTT_KEY_FILE: '/dev/null',
    };
    expect(read(given)).toMatchObject(given);
  });
});

describe('a bridge that others can reach', () => {
  const told = 'others than this machine can reach it at';
  it.each(['0.0.0.0', '::', '192.168.0.10', '2001:db8::1', '0:0:0:0:0:0:0:1'])(
    'at %s needs a token',
    (address) => {
      expect(toldOf({ SERVER_ADDRESS: address })).toContain(
        `SERVER_ADDRESS: ${told} ${address}; set BRIDGE_TOKEN`,
      );
      expect(toldOf({ SERVER_ADDRESS: address, BRIDGE_OPEN: 'false' })).toContain(told);
      expect(toldOf({ SERVER_ADDRESS: address, BRIDGE_TOKEN: '' })).toContain(told);
      expect(toldOf({ SERVER_ADDRESS: address, BRIDGE_TOKEN: '12345678' })).toBe('');
      expect(toldOf({ SERVER_ADDRESS: address, BRIDGE_OPEN: 'true' })).toBe('');
    },
  );

  it.each(['127.0.0.1', '127.8.9.1', '::1', 'localhost', ' 127.0.0.1'])('is not one at %j', (address) => {
    expect(toldOf({ SERVER_ADDRESS: address })).toBe('');
  });
});

describe('a secret', () => {
  it.each<[string, Record<string, string>]>([
    ['in a URL of a wrong kind', { MQTT_URL: 'https://me:hunter22@broker.example' }],
    ['in a URL that is none', { MQTT_URL: '//me:hunter22@broker.example' }],
    ['in a URL with a bad port', { MQTT_URL: 'mqtt://me:hunter22@broker.example:99999' }],
    ['in a URL without a host', { MQTT_URL: 'mqtt://me:hunter22@' }],
    ['as a password of nobody', { MQTT_PASSWORD: 'hunter22' }],
    ['as a token that is too short', { BRIDGE_TOKEN: 'hunter2' }],
    [
      'beside other errors',
      { IPINFO_TOKEN: 'hunter22', IPINFO_URL: 'ipinfo?token=hunter22', SERVER_PORT: 'x' },
    ],
    ['in the address of the syslog', { SYSLOG_ADDRESS: 'tcp://me:hunter22@log.example' }],
  ])('%s is never told', (_what, given) => {
    expect(toldOf(given)).not.toBe('');
    expect(toldOf(given)).not.toContain('hunter2');
  });
});
