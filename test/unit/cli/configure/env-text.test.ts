// agent.env with variables in it: what is there stays.
import { describe, expect, it } from 'vitest';
import { envTextWith, variablesOf } from '../../../../agent/cli/configure/env-text.ts';
import { readEnvText } from '../../../../agent/config/env-file.ts';

const variable = (name: string, value: string | null, usual: string | null = null) => ({
  name,
  value,
  usual,
  comment: `about ${name}`,
});

const answers = {
  deviceName: 'pi',
  uplinks: [],
  failover: 'off',
  proof: null,
  broker: { url: null, port: 1883, username: null, password: null, caFile: null },
  homeAssistantPrefix: 'homeassistant',
  bridge: { address: '127.0.0.1', port: 8080, token: null },
} as const;

describe('the text', () => {
  it('of a new file says what each line is, and leaves out what holds anyway', () => {
    expect(envTextWith(null, variablesOf(answers, '/etc/pathproof/config.yaml'))).toBe(
      `# pathproof's settings, written by \`pathproof configure\`. agent.env.example explains every variable there is.
# One NAME=value a line; a value with a # in quotes; no comment behind a value.

# Its name in topics: pathproof/NAME/…
DEVICE_NAME=pi

# The YAML file with uplinks, monitors and actions. SIGHUP reads it again.
CONFIG_FILE=/etc/pathproof/config.yaml
`,
    );
  });

  it('keeps lines, blanks, comments, quotes and `export`', () => {
    const before = '\n# a\nexport  DEVICE_NAME = "pi"\n  # b\nLOG_LEVEL=debug\n\nSERVER_PORT=1';
    const after = envTextWith(before, [variable('DEVICE_NAME', 'pi'), variable('SERVER_PORT', '2', '8080')]);
    expect(after).toBe('\n# a\nexport  DEVICE_NAME = "pi"\n  # b\nLOG_LEVEL=debug\n\nSERVER_PORT=2\n');
    expect(envTextWith(before, [variable('DEVICE_NAME', 'x')])).toContain('\nexport  DEVICE_NAME=x\n');
  });

  it('sets a variable behind its example, and one without any at the end', () => {
    expect(
      envTextWith('#DEVICE_NAME=pi\nLOG_LEVEL=info\n', [
        variable('DEVICE_NAME', 'attic'),
        variable('CONFIG_FILE', '/c'),
      ]),
    ).toBe('#DEVICE_NAME=pi\nDEVICE_NAME=attic\nLOG_LEVEL=info\n# about CONFIG_FILE\nCONFIG_FILE=/c\n');
  });

  it('takes out what would contradict the embedded broker', () => {
    const before = 'MQTT_URL=mqtt://b\nMQTT_USERNAME=u\nMQTT_PASSWORD=p\nMQTT_GROUPS=edge\nPROBE_RATE=7\n';
    const after = envTextWith(before, variablesOf(answers, '/c'));
    expect(readEnvText(after, 'agent.env').variables).toEqual({
      PROBE_RATE: '7',
      DEVICE_NAME: 'pi',
      CONFIG_FILE: '/c',
    });
  });

  it('writes the usual where the file says otherwise', () => {
    expect(envTextWith('SERVER_PORT=1\n', [variable('SERVER_PORT', '8080', '8080')])).toBe(
      'SERVER_PORT=8080\n',
    );
  });

  it("keeps Windows' ends of lines and byte order mark", () => {
    expect(envTextWith('\uFEFFDEVICE_NAME=a\r\nSERVER_PORT=1\r\n', [variable('SERVER_PORT', '2')])).toBe(
      '\uFEFFDEVICE_NAME=a\r\nSERVER_PORT=2\r\n',
    );
  });

  it('refuses a value that no quotes can hold, without showing it', () => {
    expect(() => envTextWith(null, [variable('MQTT_PASSWORD', `'"`)])).toThrow(
      "MQTT_PASSWORD can't be written to agent.env: it has ' beside one of \" \\ $ `, or a line's end",
    );
  });
});
