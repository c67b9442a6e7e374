// All settings together: the variables, agent.env beside the agent, the YAML file; every error of all of them at once.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Config, defaultName, readConfig, readConfigFile, stateDirectory } from '../../agent/config.ts';
import { mqttSecurity } from '../../agent/mqtt/security.ts';
import { sayProblems } from '../../shared/issues.ts';

const home = process.cwd();
let folder = '';

/** Not given. */
const egress = { servers: null };
const rest = { failover: null, egress, monitors: {}, actions: [] };

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'pathproof-config-'));
  process.chdir(folder);
});
afterEach(() => {
  process.chdir(home);
  rmSync(folder, { recursive: true });
});

function read(given: Record<string, string> = {}): Config {
  const config = readConfig(given);
  if (!config.ok) throw new Error(sayProblems(config.problems));
  return config.config;
}

function toldOf(given: Record<string, string> = {}): string[] {
  const config = readConfig(given);
  return config.ok ? [] : config.problems.map((problem) => sayProblems([problem]));
}

describe('the configuration', () => {
  it('of nothing at all is enough', () => {
    expect(read()).toMatchObject({
      DEVICE_NAME: defaultName(hostname()),
      SERVER_ADDRESS: '127.0.0.1',
      file: { uplinks: {}, egress },
    });
    expect(read().MQTT_URL).toBe(undefined);
  });

  it('has what agent.env sets, and the environment before it', () => {
    writeFileSync('agent.env', 'DEVICE_NAME=attic\nSERVER_PORT=8081\n# a comment\nexport PROBE_RATE="7"\n');
    expect(read()).toMatchObject({ DEVICE_NAME: 'attic', SERVER_PORT: 8081, PROBE_RATE: 7 });
    expect(read({ DEVICE_NAME: 'cellar' })).toMatchObject({ DEVICE_NAME: 'cellar', SERVER_PORT: 8081 });
  });

  it('has the uplinks of the file that either names', () => {
    writeFileSync('config.yaml', 'uplinks: { lte: { interface: eth1 } }');
    const uplinks = { lte: { interface: 'eth1', priority: 100, gateway: null } };
    expect(read({ CONFIG_FILE: 'config.yaml' }).file).toMatchObject({ ...rest, uplinks });
    writeFileSync('agent.env', 'CONFIG_FILE=config.yaml');
    expect(read().file).toMatchObject({ ...rest, uplinks });
    expect(read({ CONFIG_FILE: '' }).file).toEqual({ ...rest, uplinks: {} });
  });

  it('keeps its state where it is told, else in the system, else with the user', () => {
    expect(read({ STATE_DIR: '/srv/state' }).STATE_DIR).toBe('/srv/state');
    const systems = join(folder, 'lib', 'pathproof');
    const home = { HOME: '/home/me' };
    expect(stateDirectory(home, systems)).toBe('/home/me/.local/state/pathproof');
    expect(stateDirectory({ ...home, XDG_STATE_HOME: '/home/me/st' }, systems)).toBe('/home/me/st/pathproof');
    expect(stateDirectory({ ...home, XDG_STATE_HOME: 'st' }, systems)).toBe(
      '/home/me/.local/state/pathproof',
    );
    mkdirSync(join(folder, 'lib'));
    expect(stateDirectory(home, systems)).toBe(systems);
    mkdirSync(systems);
    expect(stateDirectory(home, systems)).toBe(systems);
  });
});

describe('what is wrong with it', () => {
  it('is told all at once, from all places', () => {
    writeFileSync('agent.env', 'BRIDGE_TOKN=hunter2222\nSERVER_PORT=eighty\n');
    writeFileSync('config.yaml', 'uplinks: { lte: { interfce: eth1 }, auto: { interface: eth0 } }');
    expect(toldOf({ CONFIG_FILE: 'config.yaml', LOG_LEVEL: 'loud', MQTT_PASSWORD: 'hunter2222' })).toEqual([
      'agent.env BRIDGE_TOKN: is not known; did you mean BRIDGE_TOKEN?',
      'SERVER_PORT: must be a whole number, not "eighty"',
      'LOG_LEVEL: must be one of "trace", "debug", "info", "warn", "error", "fatal", "silent", not "loud"',
      'MQTT_PASSWORD: needs MQTT_USERNAME',
      'config.yaml: uplinks.lte.interface: is missing; it must be a text',
      'config.yaml: uplinks.lte: unknown key "interfce"; did you mean interface?',
      `config.yaml: uplinks.auto: an uplink's name is 1 to 32 of a-z 0-9 -, begins with no - and is not "auto" (text for people goes into title)`,
    ]);
  });

  it.each<[what: string, text: string, told: string[]]>([
    [
      'a variable of others',
      'TZ=Europe/Berlin',
      ['agent.env TZ: is not known (agent.env.example has all there are)'],
    ],
    ['a mistyped name', 'SERVER_PROT=1', ['agent.env SERVER_PROT: is not known; did you mean SERVER_PORT?']],
    [
      'a line of YAML, whose next line still counts',
      'SERVER_PORT: 9000\nLOG_LEVEL=loud',
      [
        'agent.env line 1: is neither NAME=value nor a comment (#) nor blank',
        'LOG_LEVEL: must be one of "trace", "debug", "info", "warn", "error", "fatal", "silent", not "loud"',
      ],
    ],
    [
      'a value that would be cut',
      'BRIDGE_TOKEN=hunter22#3',
      ['agent.env BRIDGE_TOKEN: has a # in its value; put it in quotes, and a comment on its own line'],
    ],
    [
      'a comment after a value',
      'SERVER_PORT="80" # the usual one',
      ['agent.env SERVER_PORT: goes on after its closing "'],
    ],
    [
      'a quote that does not end',
      `BRIDGE_TOKEN="hunter22\nSERVER_PORT=80"`,
      [
        'agent.env BRIDGE_TOKEN: begins with " and does not end with it on the same line',
        'SERVER_PORT: must be a whole number, not "80\\""',
      ],
    ],
    ['a name given twice', 'SERVER_PORT=1\nSERVER_PORT=2', ['agent.env SERVER_PORT: is given twice']],
  ])('may be %s in agent.env', (_what, text, told) => {
    writeFileSync('agent.env', text);
    expect(toldOf()).toEqual(told);
  });

  it('is nothing where agent.env has blanks, quotes, a byte order mark or the ends of lines of Windows', () => {
    writeFileSync(
      'agent.env',
      '\uFEFFSERVER_PORT = 81\r\n\r\n  # c\r\nBRIDGE_TOKEN="a#b c\'d ef"\r\nMQTT_URL=\r\n',
    );
    expect(toldOf()).toEqual([]);
    expect(read()).toMatchObject({ SERVER_PORT: 81, BRIDGE_TOKEN: "a#b c'd ef" });
  });

  it('may be a name in the environment that is nearly one of ours; others are not our business', () => {
    const others = { TZ: 'UTC', SERVER_SOFTWARE: 'x', MQTT_USER: 'x', STATE_DIRS: '/x', PATH: '/bin' };
    expect(toldOf(others)).toEqual([]);
    expect(toldOf({ SERVER_PROT: '1', BRIDGE_TOKN: 'hunter22', ...others })).toEqual([
      'SERVER_PROT: is not known; did you mean SERVER_PORT?',
      'BRIDGE_TOKN: is not known; did you mean BRIDGE_TOKEN?',
    ]);
  });

  it('may be a misspelt wish that no names be asked for', () => {
    expect(toldOf({ HOP_NAME: 'false' })).toEqual(['HOP_NAME: is not known; did you mean HOP_NAMES?']);
  });

  it("may be that a file is not there or can't be read", () => {
    expect(toldOf({ CONFIG_FILE: 'nowhere.yaml' })).toEqual([
      "CONFIG_FILE: can't be read: ENOENT: no such file or directory, open 'nowhere.yaml'",
    ]);
    mkdirSync('agent.env');
    expect(toldOf({ CONFIG_FILE: folder })).toEqual([
      "agent.env: can't be read: EISDIR: illegal operation on a directory, read",
      "CONFIG_FILE: can't be read: EISDIR: illegal operation on a directory, read",
    ]);
  });
});

describe('the file read again', () => {
  it('has its settings or its problems', () => {
    expect(readConfigFile(undefined)).toEqual({ settings: { ...rest, uplinks: {} }, problems: [] });
    writeFileSync('config.yaml', 'uplinks: { lte: { interface: eth1, metered: true } }');
    expect(readConfigFile('config.yaml').settings.uplinks['lte']?.metered).toBe(true);
    writeFileSync('config.yaml', 'uplinks: {');
    const { settings, problems } = readConfigFile('config.yaml');
    expect(settings).toEqual({ ...rest, uplinks: {} });
    expect(problems[0]?.path).toBe('config.yaml');
  });
});

describe('the name of the host', () => {
  it.each([
    ['pi', 'pi'],
    ['pi.home.example', 'pi-home-example'],
    ['müller', 'm-ller'],
    ['a'.repeat(80), 'a'.repeat(64)],
    ['group', 'agent'],
    ['', 'agent'],
  ])('%j is fit for a topic as %j', (host, name) => expect(defaultName(host)).toBe(name));
});

describe('how the broker knows the agent', () => {
  it('is what is set and nothing else', () => {
    expect(mqttSecurity(read())).toEqual({});
    writeFileSync('ca.pem', '');
    const given = { MQTT_URL: 'mqtts://b', MQTT_USERNAME: 'me', MQTT_PASSWORD: 'p', MQTT_CA_FILE: 'ca.pem' };
    expect(mqttSecurity(read(given))).toEqual({ username: 'me', password: 'p', caFile: 'ca.pem' });
    const pair = { MQTT_URL: 'mqtts://b', MQTT_CERT_FILE: 'ca.pem', MQTT_KEY_FILE: 'ca.pem' };
    expect(mqttSecurity(read(pair))).toEqual({ certFile: 'ca.pem', keyFile: 'ca.pem' });
  });
});
