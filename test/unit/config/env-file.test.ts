// A value as agent.env has it, and systemd's EnvironmentFile too: read as it was written.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { quotedValue, readEnvText } from '../../../agent/config/env-file.ts';

describe('a value', () => {
  it.each([
    ['mqtt://192.168.0.5:1883', 'mqtt://192.168.0.5:1883'],
    ['', ''],
    ['two words', '"two words"'],
    ['a#b', '"a#b"'],
    ["it's", '"it\'s"'],
    ['a\\b', "'a\\b'"],
    ['$HOME', "'$HOME'"],
    ['"', "'\"'"],
    ['\'"', null],
    ['a\nb', null],
  ])('%j is written %j', (value, written) => {
    expect(quotedValue(value)).toBe(written);
  });

  it('is read as it was written', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (value) => {
        const written = quotedValue(value);
        if (written === null) return;
        const { variables, problems } = readEnvText(`MQTT_PASSWORD=${written}`, 'agent.env');
        expect([variables['MQTT_PASSWORD'], problems]).toEqual([value, []]);
      }),
      // What JavaScript takes for a line's end, and the file does not.
      { examples: [['\u2028']] },
    );
  });
});
