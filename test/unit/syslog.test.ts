// Log lines as a syslog server gets them: the format of RFC 5424, over a real socket.
import { hostname } from 'node:os';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { createSyslog, formatSyslog } from '../../agent/syslog.ts';
import { listening } from './syslog/server.ts';

const now = new Date('2026-11-20T07:00:00.123Z');
const format = (level: number, fields: Record<string, unknown> = {}): string =>
  formatSyslog({ level, msg: 'the HTTP bridge listens', fields }, now, 'attic', 4711);

describe('a line', () => {
  it.each([
    ['trace', 10, 15],
    ['debug', 20, 15],
    ['info', 30, 14],
    ['warn', 40, 12],
    ['error', 50, 11],
    ['fatal', 60, 10],
    ['a level of its own', 35, 14],
  ])('of %s has the priority of its severity', (_word, level, priority) => {
    expect(format(level)).toBe(
      `<${priority}>1 2026-11-20T07:00:00.123Z attic pathproof 4711 - - the HTTP bridge listens`,
    );
  });

  it('carries its fields as JSON', () => {
    expect(format(30, { address: '::1', port: 8080 })).toMatch(
      / the HTTP bridge listens \{"address":"::1","port":8080\}$/,
    );
  });
});

describe('the server', () => {
  it.each([
    ['127.0.0.1', '127.0.0.1'],
    ['::1', '[::1]'],
  ])('at %s gets each line as one datagram', async (address, inUrl) => {
    const { port, next } = await listening(address);
    const syslog = createSyslog(`udp://${inUrl}:${port}`);
    const first = next();
    syslog.send({
      level: 40,
      msg: 'ip monitor ended',
      fields: { time: 1, pid: 2, hostname: 'x', interface: 'eth1' },
    });
    expect(await first).toMatch(
      new RegExp(
        `^<12>1 \\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z ${hostname()} pathproof ${process.pid} - - ip monitor ended \\{"interface":"eth1"\\}$`,
      ),
    );
    const second = next();
    syslog.send({ level: 30, msg: 'später ✓', fields: {} });
    expect(await second).toMatch(/ - - später ✓$/);
  });

  it('listens on port 514 where none is named', async () => {
    const { next } = await listening('127.0.0.14', 514);
    const arrived = next();
    createSyslog('udp://127.0.0.14').send({ level: 30, msg: 'by default', fields: {} });
    expect(await arrived).toMatch(/ by default$/);
  });

  it('that can not be sent to is told of once, without an exception', async () => {
    const written = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
    onTestFinished(() => written.mockRestore());
    const { port, next } = await listening();
    const syslog = createSyslog(`udp://127.0.0.1:${port}`);
    const tooLong = { level: 30, msg: 'x'.repeat(70_000), fields: {} };
    syslog.send(tooLong);
    syslog.send(tooLong);
    const arrived = next();
    syslog.send({ level: 30, msg: 'a short one', fields: {} });
    expect(await arrived).toMatch(/ a short one$/);
    const told = written.mock.calls.map(([text]) => String(text));
    expect(told).toEqual([
      expect.stringMatching(/^syslog udp:\/\/127\.0\.0\.1:\d+: .*EMSGSIZE.*; its lines are lost\n$/),
    ]);
  });
});
