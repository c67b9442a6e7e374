// The HTTP server beneath fastify: its limits, and JSON answers where Node's own would be empty.
import { type RequestListener, type Server, type ServerOptions, STATUS_CODES, createServer } from 'node:http';
import type { Duplex } from 'node:stream';
import { refusalBody } from './body.ts';

const usualLimits: ServerOptions = {
  // A long RouteIncludeCsv in Uptime Kuma goes past Node's 16 KiB.
  maxHeaderSize: 64 * 1024,
  // Answered by ourselves, in JSON.
  requireHostHeader: false,
  // A client has this long for its headers and for its whole request; the answer may take a probe's 60 s more.
  headersTimeout: 10_000,
  requestTimeout: 75_000,
  connectionsCheckingInterval: 2_000,
  keepAliveTimeout: 5_000,
  noDelay: true,
};
// Nothing sent or read for this long: longer than any probe may take, so only a dead client is meant.
const silenceMs = 90_000;
const mostConnections = 1000;
const lingerMs = 1000;

interface ParseError extends Error {
  code?: string;
  rawPacket?: Buffer;
}

const errors: Record<string, { status: number; reason: string }> = {
  HPE_HEADER_OVERFLOW: { status: 431, reason: 'the headers are longer than 64 KiB' },
  HPE_CHUNK_EXTENSIONS_OVERFLOW: { status: 413, reason: 'the chunk extensions are too long' },
  ERR_HTTP_REQUEST_TIMEOUT: { status: 408, reason: 'the request took too long to arrive' },
};

function explained({ code = '', rawPacket, message }: ParseError): { status: number; reason: string } {
  const known = errors[code];
  if (known !== undefined) return known;
  // 22 is the record type a TLS handshake begins with (RFC 8446 §5.1).
  const reason =
    rawPacket?.[0] === 22
      ? 'this port speaks HTTP, not HTTPS'
      : `can't be read as HTTP/1.1 (${message.replace(/^Parse Error: /, '')})`;
  return { status: 400, reason };
}

/** Answers on a socket that has no response object, and lets what the client still sends run dry. */
function answerRaw(socket: Duplex, status: number, reason: string, headers = ''): void {
  if (!socket.writable) {
    socket.destroy();
    return;
  }
  const body = JSON.stringify(refusalBody(reason));
  const head = `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\nContent-Type: application/json; charset=utf-8\r\n`;
  const length = `Content-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n`;
  socket.end(`${head}${headers}${length}\r\n${body}`);
  // Closing with bytes unread makes the kernel reset the connection and the client lose the answer.
  socket.resume();
  setTimeout(() => socket.destroy(), lingerMs).unref();
}

export function createWire(listener: RequestListener, limits: ServerOptions = {}): Server {
  const server = createServer({ ...usualLimits, ...limits }, listener);
  server.timeout = silenceMs;
  server.maxConnections = mostConnections;
  // Headers beyond Node's default of 2000 would vanish unseen; their bytes are limited anyway.
  server.maxHeadersCount = 0;
  server.on('clientError', (error: ParseError, socket) => {
    if (error.code === 'ECONNRESET') socket.destroy();
    else answerRaw(socket, explained(error).status, explained(error).reason);
  });
  server.on('connect', (_request, socket) =>
    answerRaw(socket, 405, 'CONNECT is not answered here; use GET or HEAD', 'Allow: GET, HEAD\r\n'),
  );
  // An Expect that Node does not know gets an empty 417 from it; nothing is expected of a request without a body.
  server.on('checkExpectation', listener);
  return server;
}
