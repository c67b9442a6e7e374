// The HTTP bridge: a request for /ping, /traceroute, … becomes a probe, and its result the answer.
import { type OutgoingHttpHeaders, type Server, type ServerResponse, maxHeaderSize } from 'node:http';
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { Failure } from '../../shared/failure.ts';
import { readHttpRequest } from '../../shared/headers/read.ts';
import { sayProblems } from '../../shared/issues.ts';
import { type Kind, kinds } from '../../shared/request.ts';
import type { Log } from '../log.ts';
import type { Answer } from './asked.ts';
import { discardBody, presence, targetOf, wordsOf } from './http/arrival.ts';
import { type BridgeBody, bodyOf, refusalBody } from './http/body.ts';
import { type Refusal, healthPath, longestBodyBytes, notFound, refusalOf } from './http/guard.ts';
import { type Pages, pageAt, pagePaths } from './http/pages.ts';
import { retryAfterSeconds, statusOf, statusOfFailure } from './http/status.ts';
import { createWire } from './http/wire.ts';

export interface BridgeOptions {
  address: string;
  /** 0 takes a free one. */
  port: number;
  token: string | null;
  /** Host names and addresses of this machine: as `Host` they are no target. */
  ownNames: () => readonly string[];
  log: Log;
  answer: Answer;
  /** Why no probe can run now (raw sockets not to be had, stopping); null where one can. */
  probeState: () => Failure | null;
  /** How late the event loop ran of late. */
  loopDelayMs: () => { p50: number; p99: number; max: number };
  pages: Pages;
}

export interface Bridge {
  /** Rejects with the listening error (`EADDRINUSE`, …); may then be called again. */
  start(): Promise<{ address: string; port: number }>;
  /** Takes nothing new, lets the answers in flight go out, then closes what is left open. */
  stop(): Promise<void>;
}

const stoppingNow = new Failure('stopping', 'the agent is stopping');

const comeAgain = (waitSeconds: number | null): OutgoingHttpHeaders =>
  waitSeconds === null ? {} : { 'retry-after': String(waitSeconds) };

const unused = (): never => {
  throw new Error('the bridge has no schemas');
};

const closed = (response: ServerResponse): Promise<void> =>
  new Promise((resolve) => response.once('close', () => resolve()));

export function createBridge(options: BridgeOptions): Bridge {
  const { token, log } = options;
  const open = new Set<ServerResponse>();
  let servers: Server[] = [];
  let app: FastifyInstance | null = null;
  let port = options.port;
  let stopping = false;

  const cannotProbe = (): Failure | null => (stopping ? stoppingNow : options.probeState());

  function sendText(reply: FastifyReply, status: number, text: string, headers: OutgoingHttpHeaders) {
    if (stopping) reply.header('connection', 'close');
    return reply
      .code(status)
      .headers({ 'cache-control': 'no-store', ...headers })
      .send(text);
  }

  const send = (reply: FastifyReply, status: number, body: object, headers: OutgoingHttpHeaders = {}) =>
    sendText(reply, status, JSON.stringify(body), { 'content-type': 'application/json', ...headers });

  const refuse = (reply: FastifyReply, { status, reason, headers }: Refusal) =>
    send(reply, status, refusalBody(reason) satisfies BridgeBody, headers);

  /** Counts the answer in and out, and says one line about it: no query and no header, either may hold a secret. */
  function watch({ raw: request }: FastifyRequest, { raw: response }: FastifyReply): void {
    const startedMs = performance.now();
    const { method, url = '' } = request;
    const path = targetOf(url).path.slice(0, 100);
    open.add(response);
    response.once('close', () => {
      open.delete(response);
      const { statusCode: status, writableFinished: answered } = response;
      const durationMs = Math.round(performance.now() - startedMs);
      log.debug({ method, path, status, answered, durationMs }, 'HTTP request');
    });
  }

  async function probe(kind: Kind, { raw: request }: FastifyRequest, reply: FastifyReply) {
    const unable = cannotProbe();
    if (unable !== null) return refuse(reply, { status: statusOfFailure(unable), reason: unable.message });
    const reading = readHttpRequest(kind, wordsOf(request), { port, names: options.ownNames() });
    const problem = reading.ok ? null : new Failure('badRequest', sayProblems(reading.problems));
    const signal = presence(reply.raw);
    const mayForce = token !== null;
    const asked = { kind, word: kind, body: reading.body, problem, signal, reply: null };
    const may = { mayForce, mayProbeSelf: !reading.targetFromHost };
    const result = await options.answer({ ...asked, ...may });
    if (signal.aborted) return reply.hijack();
    return send(reply, statusOf(result), bodyOf(result), comeAgain(retryAfterSeconds(result.failure)));
  }

  function health(_request: FastifyRequest, reply: FastifyReply) {
    const unable = cannotProbe();
    const loopDelayMs = options.loopDelayMs();
    return unable === null
      ? send(reply, 200, { status: 'ok', loopDelayMs })
      : send(reply, 503, { status: 'error', reason: unable.message, loopDelayMs });
  }

  async function show({ raw: { url = '' } }: FastifyRequest, reply: FastifyReply) {
    const { status, contentType, text, retryAfterSeconds: waitSeconds } = await pageAt(url, options.pages);
    return sendText(reply, status, text, { 'content-type': contentType, ...comeAgain(waitSeconds) });
  }

  function build(): FastifyInstance {
    const server = fastify({
      serverFactory: (listener) => {
        const wire = createWire(listener);
        servers.push(wire);
        return wire;
      },
      // Of a name that no monitor can have the page says that there is none.
      routerOptions: { ignoreTrailingSlash: true, maxParamLength: maxHeaderSize },
      exposeHeadRoutes: false,
      // No route has a schema; left to itself fastify would load ajv all the same (8 MB and 80 ms, measured).
      schemaController: { compilersFactory: { buildValidator: unused, buildSerializer: unused } },
      // While stopping, the bridge's own answer says so.
      return503OnClosing: false,
      // The wire has its own, for all servers of a name such as localhost.
      clientErrorHandler: () => undefined,
      frameworkErrors: (error, _request, reply) => void refuse(reply, { status: 400, reason: error.message }),
    });
    server.addHook('onRequest', (request, reply, done) => {
      watch(request, reply);
      discardBody(request.raw, longestBodyBytes);
      const { method = '', httpVersion, headers, url = '' } = request.raw;
      const refusal = refusalOf({ method, httpVersion, headers, path: targetOf(url).path }, token);
      if (refusal === null) done();
      else void refuse(reply, refusal);
    });
    server.setNotFoundHandler((_request, reply) => refuse(reply, notFound));
    server.setErrorHandler((error, _request, reply) => {
      log.error({ err: error }, 'the bridge failed to answer');
      return refuse(reply, { status: 500, reason: 'the bridge failed to answer; its log says why' });
    });
    const method = ['GET', 'HEAD'];
    for (const kind of kinds) {
      server.route({ method, url: `/${kind}`, handler: (request, reply) => probe(kind, request, reply) });
    }
    server.route({ method, url: healthPath, handler: health });
    for (const url of pagePaths) server.route({ method, url, handler: show });
    return server;
  }

  async function start() {
    servers = [];
    stopping = false;
    const server = build();
    app = server;
    try {
      await server.listen({ host: options.address, port: options.port });
    } catch (error) {
      app = null;
      await server.close();
      throw error;
    }
    const bound = server.server.address();
    if (bound === null || typeof bound === 'string') throw new Error(`not listening on ${options.address}`);
    port = bound.port;
    return { address: bound.address, port };
  }

  async function stop() {
    const server = app;
    if (server === null) return;
    app = null;
    stopping = true;
    for (const wire of servers) wire.close();
    while (open.size > 0) await Promise.all([...open].map(closed));
    // What is left sends nothing or half a request; Node would wait for it without end.
    for (const wire of servers) wire.closeAllConnections();
    await server.close();
  }

  return { start, stop };
}
