// The log: a short line for people, and a copy to syslog.
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { createLog, forPeople } from '../../agent/log.ts';
import { listening } from './syslog/server.ts';

const now = new Date(2026, 10, 20, 7, 4, 9);
const line = (fields: object): string => `${JSON.stringify(fields)}\n`;

describe('a line for people', () => {
  it.each([
    [{ level: 30, msg: 'stopping' }, '07:04:09 info stopping\n'],
    [{ level: 10, msg: 'x' }, '07:04:09 trace x\n'],
    [{ level: 20, msg: 'x' }, '07:04:09 debug x\n'],
    [{ level: 40, msg: 'x' }, '07:04:09 WARN x\n'],
    [{ level: 50, msg: 'x' }, '07:04:09 ERROR x\n'],
    [{ level: 60, msg: 'x' }, '07:04:09 FATAL x\n'],
    [{ level: 35, msg: 'x' }, '07:04:09 35 x\n'],
    [
      { level: 30, address: '127.0.0.1', port: 8080, open: true, none: null, msg: 'listens' },
      '07:04:09 info listens address=127.0.0.1 port=8080 open=true none=null\n',
    ],
    [{ level: 50, err: { message: 'gone' }, msg: 'x' }, '07:04:09 ERROR x err={"message":"gone"}\n'],
  ])('of %j is %j', (fields, text) => expect(forPeople(line(fields), now)).toBe(text));
});

/** Makes the process's error output a terminal for this test; what is written to it. */
function terminal(): () => string[] {
  const before = Object.getOwnPropertyDescriptor(process.stderr, 'isTTY');
  const written = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  Object.defineProperty(process.stderr, 'isTTY', { value: true, configurable: true });
  onTestFinished(() => {
    written.mockRestore();
    if (before === undefined) Reflect.deleteProperty(process.stderr, 'isTTY');
    else Object.defineProperty(process.stderr, 'isTTY', before);
  });
  return () => written.mock.calls.map(([text]) => String(text));
}

describe('the log on a terminal', () => {
  it('is read by people, from its level on; errors show what they say', () => {
    const lines = terminal();
    const log = createLog('info', null);
    log.debug({}, 'unheard');
    log.info({ port: 8080 }, 'the bridge listens');
    log.error({ err: new Error('it broke') }, 'an error');
    expect(lines()).toHaveLength(2);
    expect(lines()[0]).toMatch(/^\d\d:\d\d:\d\d info the bridge listens port=8080\n$/);
    expect(lines()[1]).toMatch(
      /^\d\d:\d\d:\d\d ERROR an error err=\{"type":"Error","message":"it broke","stack":/,
    );
  });

  it('goes to syslog too, where one is named', async () => {
    const { port, next } = await listening();
    const lines = terminal();
    const log = createLog('warn', `udp://127.0.0.1:${port}`);
    const arrived = next();
    log.info({}, 'unheard');
    log.warn({ interface: 'eth1' }, 'it went away');
    expect(await arrived).toMatch(/^<12>1 .* - - it went away \{"interface":"eth1"\}$/);
    expect(lines()).toHaveLength(1);
  });
});
