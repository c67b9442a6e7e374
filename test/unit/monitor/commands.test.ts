// Commands to monitors: what is taken, what is refused and in which words.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readCommand } from '../../../agent/monitor/commands.ts';
import type { CommandMessage } from '../../../shared/command.ts';
import { type MonitorCommand, monitorCommandTopic, monitorCommands } from '../../../shared/topics.ts';

const read = (command: MonitorCommand, payload: string | Buffer, more: Partial<CommandMessage> = {}) =>
  readCommand({
    topic: monitorCommandTopic('pi', 'backup', command),
    payload: Buffer.from(payload),
    tooLarge: false,
    retained: false,
    ...more,
  });

const problem = (...given: Parameters<typeof read>): string | null => {
  const answer = read(...given);
  return answer === null || answer.ok ? null : `${answer.monitor}: ${answer.failure.message}`;
};

describe('run', () => {
  it.each(['', 'PRESS', '{"now":true}', Buffer.from([0xff])])('is taken with any payload: %s', (payload) => {
    expect(read('run', payload)).toEqual({ ok: true, value: { monitor: 'backup', command: 'run' } });
  });
});

describe('enabled/set', () => {
  it.each([
    ['ON', true],
    ['off', false],
    ['true', true],
    ['"OFF"', false],
    [' false\n', false],
  ])('takes %s', (payload, enabled) => {
    expect(read('enabled/set', payload)).toEqual({
      ok: true,
      value: { monitor: 'backup', command: 'enabled/set', enabled },
    });
  });

  it.each([
    ['', 'backup: enabled/set: must be ON or OFF, not ""'],
    ['1', 'backup: enabled/set: must be ON or OFF, not "1"'],
    ['constructor', 'backup: enabled/set: must be ON or OFF, not "constructor"'],
    ['"on', "backup: enabled/set: the command can't be read as text in UTF-8 or JSON"],
    [Buffer.from([0xff, 0xfe]), "backup: enabled/set: the command can't be read as text in UTF-8 or JSON"],
  ])('refuses %s', (payload, words) => {
    expect(problem('enabled/set', payload)).toBe(words);
  });
});

describe('interval/set', () => {
  it.each([
    ['60', 60_000],
    ['60.0', 60_000],
    ['"90"', 90_000],
    ['1500ms', 1500],
    ['15m', 900_000],
    ['31d', 2_678_400_000],
    ['1', 1000],
  ])('takes %s', (payload, everyMs) => {
    expect(read('interval/set', payload)).toEqual({
      ok: true,
      value: { monitor: 'backup', command: 'interval/set', everyMs },
    });
  });

  it.each(['', '0', '0.5', '-5', '32d', '1e3', 'NaN', '15 minutes', '9'.repeat(400)])(
    'refuses %s',
    (payload) => {
      expect(problem('interval/set', payload)).toMatch(
        /^backup: interval\/set: must be seconds or a duration such as 15m, from 1s to 31d, not ".*…?"?$/,
      );
    },
  );
});

describe('every command', () => {
  it.each(['run', 'enabled/set', 'interval/set'] as const)(
    '%s is refused where it is retained',
    (command) => {
      expect(problem(command, '60', { retained: true })).toBe(
        `backup: ${command}: the command is retained: it would be obeyed again at each connection; send it without the retain flag`,
      );
      expect(read(command, '60', { retained: true })).toMatchObject({ failure: { code: 'retainedRefused' } });
      expect(read(command, '', { retained: true })).toBe(null);
    },
  );

  it('is refused where it is too large', () => {
    expect(problem('run', '', { tooLarge: true })).toBe('backup: run: the command is larger than 64 KiB');
  });

  it('is none on another topic', () => {
    expect(read('history/request', '{}')).toBe(null);
    expect(
      readCommand({
        topic: 'pathproof/pi/monitor/backup/state',
        payload: Buffer.from('x'),
        tooLarge: false,
        retained: false,
      }),
    ).toBe(null);
  });

  it('is read or refused whatever it holds', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...monitorCommands),
        fc.uint8Array({ maxLength: 200 }),
        fc.boolean(),
        (command, bytes, retained) => {
          const answer = read(command, Buffer.from(bytes), { retained });
          if (answer?.ok === false) expect(answer.failure.message.length).toBeLessThan(200);
        },
      ),
    );
  });
});
