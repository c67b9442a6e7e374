// Servers for the tests of http probes: what they send is written out, right or wrong; and the curls that are running.
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, type Server, type Socket, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer as createTlsServer } from 'node:tls';
import { onTestFinished, vi } from 'vitest';
import type { KeyPair } from '../../../fixtures/certificates.ts';

/** What is done with a connection once the first bytes of a request are there. */
export type Conduct = (socket: Socket, request: string) => void;

export const says =
  (...parts: string[]): Conduct =>
  (socket) =>
    socket.end(parts.join(''));

export const answer = (body: string, headers: readonly string[] = [], status = '200 OK'): string =>
  [`HTTP/1.1 ${status}`, `Content-Length: ${body.length}`, ...headers, '', body].join('\r\n');

/** As much as the other side takes. */
export const endlessly =
  (head: string, part: string): Conduct =>
  (socket) => {
    const fill = (): void => {
      while (socket.writable && socket.write(part));
    };
    socket.on('drain', fill);
    socket.write(head);
    fill();
  };

async function listening(server: Server): Promise<number> {
  const open = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    open.add(socket.on('error', () => undefined).on('close', () => open.delete(socket)));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.close();
    for (const socket of open) socket.destroy();
  });
  const { port }: Pick<AddressInfo, 'port'> = Object.assign({ port: 0 }, server.address());
  return port;
}

const heard =
  (conduct: Conduct) =>
  (socket: Socket): void => {
    socket.on('error', () => undefined);
    socket.once('data', (chunk) => conduct(socket, chunk.toString()));
  };

/** A server on loopback until the test's end; its port. */
export const serve = (conduct: Conduct): Promise<number> => listening(createServer(heard(conduct)));

export const serveTls = (conduct: Conduct, { certFile, keyFile }: KeyPair): Promise<number> => {
  const server = createTlsServer({ cert: readFileSync(certFile), key: readFileSync(keyFile) });
  return listening(server.on('secureConnection', heard(conduct)).on('tlsClientError', () => undefined));
};

/** A port of loopback that nobody listens on. */
export async function closedPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = Object.assign({ port: 0 }, server.address());
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Until the test's end a program stands in for curl: it says these lines on stderr and ends with that exit code, or never. */
export function standInForCurl(exitCode: number | 'never', ...lines: readonly string[]): void {
  const folder = mkdtempSync(join(tmpdir(), 'pathproof-curl-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, 'lines'), `${lines.join('\n')}\n`);
  const end = exitCode === 'never' ? 'exec sleep 60' : `exit ${exitCode}`;
  const script = `#!/bin/sh\ncat >/dev/null\ncat '${folder}/lines' >&2\n${end}\n`;
  writeFileSync(join(folder, 'curl'), script, { mode: 0o755 });
  vi.stubEnv('PATH', `${folder}:${process.env['PATH'] ?? ''}`);
}

function childIn(folder: string): boolean {
  try {
    const [, name, parent] = /^\d+ \((.*)\) \S (\d+) /.exec(readFileSync(`${folder}/stat`, 'utf8')) ?? [];
    return name === 'curl' && Number(parent) === process.pid;
  } catch {
    return false; // it has just ended
  }
}

/** The curls that this process has running, by their number. */
export const curls = (): string[] =>
  readdirSync('/proc').filter((name) => /^\d+$/.test(name) && childIn(`/proc/${name}`));
