// Commands to failover: what is taken, what is refused and in which words.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createFailoverCommands, readFailoverCommand, refusalOf } from '../../../agent/failover/commands.ts';
import type { CommandMessage } from '../../../shared/command.ts';
import { type FailoverCommand, FailoverRefusal } from '../../../shared/failover.ts';
import { Failure } from '../../../shared/failure.ts';
import { failoverResultTopic, failoverSetTopic } from '../../../shared/topics.ts';

const read = (payload: string | Uint8Array, more: Partial<CommandMessage> = {}) =>
  readFailoverCommand(
    {
      topic: failoverSetTopic('pi'),
      payload: Buffer.from(payload),
      tooLarge: false,
      retained: false,
      ...more,
    },
    ['fibre', 'lte'],
  );

const problem = (...given: Parameters<typeof read>): string | null => {
  const answer = read(...given);
  return answer === null || answer.ok ? null : answer.reason;
};

describe('a command', () => {
  it.each([
    [
      '{"action":"force","uplink":"lte","ttlSeconds":600}',
      { action: 'force', uplink: 'lte', ttlSeconds: 600 },
    ],
    ['{"action":"force","uplink":"lte"}', { action: 'force', uplink: 'lte', ttlSeconds: 3600 }],
    [' {"action":"observe","ttlSeconds":604800}\n', { action: 'observe', ttlSeconds: 604_800 }],
    ['{"action":"release"}', { action: 'release' }],
    ['lte', { action: 'force', uplink: 'lte', ttlSeconds: 3600 }],
    ['"fibre"', { action: 'force', uplink: 'fibre', ttlSeconds: 3600 }],
    [' auto\n', { action: 'release' }],
  ])('is taken: %s', (payload, value) => {
    expect(read(payload)).toEqual({ ok: true, value });
  });

  it.each([
    ['', "the command is empty; send an object of JSON, an uplink's name, or auto"],
    ['lt', 'there is no uplink called "lt"; did you mean lte?'],
    ['LTE', 'there is no uplink called "LTE"; did you mean lte?'],
    ['ON', 'there is no uplink called "ON"'],
    ['[]', 'there is no uplink called "[]"'],
    ['x'.repeat(33), 'uplink: must have at most 32 characters'],
    ['{"action":"force"', 'the command begins like an object of JSON and is none'],
    ['{"action":"force","uplink":"dsl"}', 'there is no uplink called "dsl"'],
    ['{"action":"force","uplink":"auto"}', 'there is no uplink called "auto"'],
    ['{"action":"force"}', 'uplink: is missing; it must be a text'],
    [
      '{"action":"force","uplnk":"lte"}',
      'uplink: is missing; it must be a text; unknown key "uplnk"; did you mean uplink?',
    ],
    ['{"action":"observe","uplink":"lte"}', 'unknown key "uplink"'],
    ['{"action":"observe","ttlSeconds":0}', 'ttlSeconds: must be at least 1, not 0'],
    ['{"action":"observe","ttlSeconds":604801}', 'ttlSeconds: must be at most 604800, not 604801'],
    ['{"action":"observe","ttlSeconds":1.5}', 'ttlSeconds: must be a whole number, not 1.5'],
    ['{"action":"observe","ttlSeconds":null}', 'ttlSeconds: must be a number, not null'],
    ['{"action":"release","ttlSeconds":60}', 'unknown key "ttlSeconds"'],
    ['{"action":"frce"}', 'action: must be one of "force", "observe", "release", not "frce"'],
    ['{"uplink":"lte"}', 'action: is missing; it must be one of "force", "observe", "release"'],
    ['"lte', "the command can't be read as text in UTF-8 or JSON"],
    [Buffer.from([0xff, 0xfe]), "the command can't be read as text in UTF-8 or JSON"],
  ])('is refused: %s', (payload, words) => {
    expect(problem(payload)).toBe(words);
  });

  it('is refused where it is retained, and nothing where a retained one is cleared', () => {
    expect(read('lte', { retained: true })).toEqual({
      ok: false,
      reason:
        'the command is retained: it would be obeyed again at each connection; send it without the retain flag',
      failure: { code: 'retainedRefused', source: 'policy' },
    });
    expect(read('', { retained: true })).toBe(null);
  });

  it('is refused where it is too large', () => {
    expect(read('', { tooLarge: true })).toEqual({
      ok: false,
      reason: 'the command is larger than 64 KiB',
      failure: { code: 'badRequest', source: 'request' },
    });
  });

  it('is read or refused in few words whatever it holds', () => {
    const payload = fc.oneof(
      fc.uint8Array({ maxLength: 200 }),
      fc.json().map((text) => Buffer.from(text)),
      fc.record({ action: fc.constantFrom('force', 'observe'), uplink: fc.json(), ttlSeconds: fc.anything() }).map(
        (value) => Buffer.from(JSON.stringify(value)),
      ),
    ); // prettier-ignore
    fc.assert(
      fc.property(payload, fc.boolean(), (bytes, retained) => {
        const answer = read(bytes, { retained });
        if (answer?.ok !== false) return;
        expect(FailoverRefusal.parse(answer)).toEqual(answer);
        expect(answer.reason.length).toBeLessThan(1000);
      }),
    );
  });
});

it('a refusal says whose fault it is', () => {
  expect(refusalOf(new Failure('stopping', 'the agent stops'))).toEqual({
    ok: false,
    reason: 'the agent stops',
    failure: { code: 'stopping', source: 'local' },
  });
});

describe('a message', () => {
  function hear(
    payload: string,
    { topic = failoverSetTopic('pi'), configured = true, retained = false } = {},
  ) {
    const obeyed: FailoverCommand[] = [];
    const told: string[] = [];
    const heard = createFailoverCommands({
      agent: 'pi',
      isConfigured: () => configured,
      uplinks: () => ['fibre', 'lte'],
      obey(command) {
        obeyed.push(command);
        return command.action === 'force' ? `${command.uplink} is down` : null;
      },
      publish({ topic: to, payload: text }) {
        expect(to).toBe(failoverResultTopic('pi'));
        const { reason, failure } = FailoverRefusal.parse(JSON.parse(text));
        told.push(`${failure.code}: ${reason}`);
      },
    });
    const properties = { tooLarge: false, responseTopic: null, correlationData: null };
    const mine = heard({ topic, payload: Buffer.from(payload), retained, ...properties });
    return { mine, obeyed: obeyed.map(({ action }) => action), told };
  }

  it.each<[what: string, heard: ReturnType<typeof hear>, obeyed: string[], told: string[]]>([
    ['that is a command is obeyed', hear('auto'), ['release'], []],
    ['is answered where it is refused', hear('lte'), ['force'], ['forceRefused: lte is down']],
    [
      'is answered where it is no command',
      hear('cable'),
      [],
      ['badRequest: there is no uplink called "cable"'],
    ],
    [
      'is answered where there is no failover',
      hear('lte', { configured: false }),
      [],
      ['unsupported: failover is not configured: the file has no failover'],
    ],
    ['that clears a retained one is taken', hear('', { retained: true }), [], []],
  ])('%s', (_what, { mine, ...heard }, obeyed, told) => {
    expect(mine).toBe(true);
    expect(heard).toEqual({ obeyed, told });
  });

  it('of another topic is left to others', () => {
    expect(hear('auto', { topic: 'pathproof/pi/monitor/line/run' })).toEqual({
      ...{ mine: false, obeyed: [], told: [] },
    });
  });
});
