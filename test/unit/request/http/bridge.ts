// A bridge on a free port with an answer that the test decides, and clients that show every byte.
import { type Socket, connect } from 'node:net';
import { expect, onTestFinished } from 'vitest';
import type { Answer, Asked } from '../../../../agent/request/asked.ts';
import { type BridgeOptions, createBridge } from '../../../../agent/request/http.ts';
import type { Pages } from '../../../../agent/request/http/pages.ts';
import { type FailureCode, Failure, failureReport } from '../../../../shared/failure.ts';
import type { Result } from '../../../../shared/result.ts';

export const passed: Result = {
  id: 'r-1',
  agent: 'pi',
  kind: 'ping',
  target: 'one.example',
  address: '192.0.2.1',
  via: { uplink: 'lte', interface: 'eth1', source: '192.0.2.10' },
  verdict: 'pass',
  reason: '3 of 3 replies, minimum RTT 15.0 ms',
  failure: null,
  startedAt: '2026-11-20T07:00:00.000Z',
  durationMs: 431,
  ping: {
    sent: 3,
    received: 3,
    lossPercent: 0,
    rttsMs: [15.1, 15.2, 15],
    minMs: 15,
    avgMs: 15.1,
    maxMs: 15.2,
    stddevMs: 0.1,
    jitterMs: 0.1,
    duplicates: 0,
    reordered: 0,
    late: 0,
    clockStepped: false,
  },
  traceroute: null,
  dns: null,
  http: null,
  egress: null,
  findings: [],
  traffic: { packetsSent: 3, packetsReceived: 3, bytesSent: 252, bytesReceived: 252 },
};

/** A result that came to nothing, as the pipeline makes it of a failure. */
export const failed = (code: FailureCode, reason: string): Result => ({
  ...passed,
  verdict: 'error',
  reason,
  failure: failureReport(new Failure(code, reason)),
  ping: null,
});

export const loopDelayMs = { p50: 0, p99: 3, max: 41 };

/** What a pipeline does at the least: refuses what the entrance could not read, passes the rest. */
const usual: Answer = ({ problem }) =>
  Promise.resolve(problem === null ? passed : failed(problem.code, problem.message));

/** Of an agent that watches nothing. */
export const noPages: Pages = {
  metrics: () => Promise.resolve({ contentType: 'text/plain', body: '' }),
  monitors: () => [],
  history: () => Promise.resolve({ ok: false, failure: new Failure('internal', 'there is none') }),
};

export interface Line {
  level: string;
  fields: object;
  message: string;
}

export interface Running {
  port: number;
  asked: Asked[];
  lines: Line[];
  stop: () => Promise<void>;
}

export async function running(options: Partial<BridgeOptions> = {}): Promise<Running> {
  const asked: Asked[] = [];
  const lines: Line[] = [];
  const log = (level: string) => (fields: object, message: string) => {
    lines.push({ level, fields, message });
  };
  const answer = options.answer ?? usual;
  const bridge = createBridge({
    address: '127.0.0.1',
    port: 0,
    token: null,
    ownNames: () => ['pi', '192.168.0.10'],
    log: { debug: log('debug'), info: log('info'), warn: log('warn'), error: log('error') },
    probeState: () => null,
    loopDelayMs: () => loopDelayMs,
    pages: noPages,
    ...options,
    answer: (what) => {
      asked.push(what);
      return answer(what);
    },
  });
  const { port } = await bridge.start();
  onTestFinished(() => bridge.stop());
  return { port, asked, lines, stop: () => bridge.stop() };
}

/** Answers only when told to, and remembers who waits. */
export function heldAnswer(): { answer: Answer; release: (result?: Result) => void } {
  const waiting: ((result: Result) => void)[] = [];
  return {
    answer: () => new Promise((resolve) => waiting.push(resolve)),
    release: (result = passed) => {
      for (const resolve of waiting.splice(0)) resolve(result);
    },
  };
}

export interface Reply {
  status: number;
  headers: Map<string, string[]>;
  text: string;
  body: Record<string, unknown>;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

/** One whole answer off the wire. */
export function parsed(bytes: string): Reply {
  const end = bytes.indexOf('\r\n\r\n');
  const [statusLine = '', ...lines] = bytes.slice(0, end).split('\r\n');
  const headers = new Map<string, string[]>();
  for (const line of lines) {
    const name = line.slice(0, line.indexOf(':')).toLowerCase();
    headers.set(name, [...(headers.get(name) ?? []), line.slice(line.indexOf(':') + 1).trim()]);
  }
  const text = bytes.slice(end + 4);
  const body: unknown = text === '' ? {} : JSON.parse(text);
  return { status: Number(statusLine.split(' ')[1]), headers, text, body: isRecord(body) ? body : {} };
}

/** A client's socket that collects what comes, until it closes. */
export function client(port: number, address = '127.0.0.1'): { socket: Socket; received: Promise<string> } {
  const socket = connect(port, address);
  onTestFinished(() => {
    socket.destroy();
  });
  const chunks: Buffer[] = [];
  socket.on('data', (chunk) => chunks.push(chunk));
  socket.on('error', () => undefined);
  const received = new Promise<string>((resolve) => {
    socket.on('close', () => resolve(Buffer.concat(chunks).toString('utf8')));
  });
  return { socket, received };
}

/** Sends bytes as they stand, and returns all that comes until the bridge closes. */
export async function send(port: number, bytes: string | Buffer, address?: string): Promise<Reply> {
  const { socket, received } = client(port, address);
  socket.write(typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes);
  return parsed(await received);
}

/** A request with these header lines over a connection of its own. */
export const get = (
  port: number,
  url: string,
  lines: readonly string[] = [],
  method = 'GET',
): Promise<Reply> => {
  const host = lines.some((line) => /^host:/i.test(line)) ? [] : ['Host: 192.0.2.1'];
  return send(
    port,
    `${[`${method} ${url} HTTP/1.1`, ...host, ...lines, 'Connection: close'].join('\r\n')}\r\n\r\n`,
  );
};

/** Refused before anything became a probe: the usual shape, with nothing measured. */
export function expectRefusal(reply: Reply, status: number, reason: string | RegExp): void {
  expect(reply.status).toBe(status);
  expect(reply.headers.get('content-type')?.[0]).toMatch(/^application\/json/);
  const words: unknown = typeof reason === 'string' ? reason : expect.stringMatching(reason);
  expect(reply.body).toEqual({ result: 'error', reason: words, ping: null, verdict: 'error', probe: null });
}
