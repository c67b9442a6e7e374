// The log: JSON lines on stderr, a short line each on a terminal, and a copy to syslog where asked.
import { Writable } from 'node:stream';
import pino from 'pino';
import * as z from 'zod';
import { createSyslog } from './syslog.ts';

/** What the agent's parts may say to the log; pino's own shape. */
export interface Log {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/** Says nothing: for commands that tell a person themselves what came of it. */
export const silentLog: Log = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};

const LogLine = z.looseObject({ level: z.number(), msg: z.string() });

function readLine(line: string): { level: number; msg: string; fields: Record<string, unknown> } {
  const { level, msg, ...fields } = LogLine.parse(JSON.parse(line));
  return { level, msg, fields };
}

const levelWords: Record<number, string> = {
  10: 'trace',
  20: 'debug',
  30: 'info',
  40: 'WARN',
  50: 'ERROR',
  60: 'FATAL',
};

const say = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

/** A log line as people read it: time of day, level, message, fields. */
export function forPeople(line: string, now: Date = new Date()): string {
  const { level, msg, fields } = readLine(line);
  const shown = Object.entries(fields).map(([key, value]) => `${key}=${say(value)}`);
  return `${[now.toTimeString().slice(0, 8), levelWords[level] ?? level, msg, ...shown].join(' ')}\n`;
}

function streamOf(write: (line: string) => void): Writable {
  return new Writable({
    decodeStrings: false,
    write(chunk: unknown, _encoding, done) {
      write(String(chunk));
      done();
    },
  });
}

/** `syslogUrl`: udp://host:port, or null. */
export function createLog(level: string, syslogUrl: string | null): Log {
  const terminal = process.stderr.isTTY;
  const streams: pino.StreamEntry[] = [
    {
      level: 'trace',
      stream: terminal
        ? streamOf((line) => process.stderr.write(forPeople(line)))
        : pino.destination({ fd: 2, sync: true }),
    },
  ];
  if (syslogUrl !== null) {
    const syslog = createSyslog(syslogUrl);
    streams.push({ level: 'trace', stream: streamOf((line) => syslog.send(readLine(line))) });
  }
  const serializers = { err: pino.stdSerializers.err, error: pino.stdSerializers.err };
  const base = terminal ? null : undefined;
  const options: pino.LoggerOptions = { level, serializers, timestamp: !terminal };
  return pino(base === null ? { ...options, base } : options, pino.multistream(streams));
}
