// Log lines to a syslog server over UDP (RFC 5424, RFC 5426). A line that can't be sent is lost, and that is said once.
import { createSocket } from 'node:dgram';
import { hostname } from 'node:os';

const defaultPort = 514;
const facilityUser = 1;
const severities: [leastLevel: number, severity: number][] = [
  [60, 2],
  [50, 3],
  [40, 4],
  [30, 6],
  [0, 7],
];

interface Line {
  /** pino's: 30 info, 40 warn … */
  level: number;
  msg: string;
  fields: Record<string, unknown>;
}

/** One RFC 5424 message: priority, time, host, application, process, then the text and its fields. */
export function formatSyslog({ level, msg, fields }: Line, now: Date, host: string, pid: number): string {
  const severity = severities.find(([least]) => level >= least)?.[1] ?? 7;
  const extra = Object.keys(fields).length === 0 ? '' : ` ${JSON.stringify(fields)}`;
  return `<${facilityUser * 8 + severity}>1 ${now.toISOString()} ${host} pathproof ${pid} - - ${msg}${extra}`;
}

export function createSyslog(url: string): { send(line: Line): void } {
  const { hostname: server, port } = new URL(url);
  const bare = server.replace(/^\[(.*)\]$/, '$1');
  const socket = createSocket(bare.includes(':') ? 'udp6' : 'udp4');
  socket.unref();
  let said = false;
  const failed = (error: Error | null): void => {
    if (error === null || said) return;
    said = true;
    process.stderr.write(`syslog ${url}: ${error.message}; its lines are lost\n`);
  };
  socket.on('error', failed);
  const host = hostname() || '-';
  return {
    send({ level, msg, fields }) {
      const { time: _time, pid: _pid, hostname: _hostname, ...rest } = fields;
      const message = formatSyslog({ level, msg, fields: rest }, new Date(), host, process.pid);
      socket.send(message, Number(port) || defaultPort, bare, failed);
    },
  };
}
