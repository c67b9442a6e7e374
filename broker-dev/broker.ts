// The embedded MQTT broker (aedes, MQTT 3.1 and 3.1.1 only): loopback only, with a cap on connections, on the size of
// a packet, on the time to CONNECT and on what is retained, so that no local program can fill the agent's memory.
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { Aedes } from 'aedes';
import type { Log } from '../agent/log.ts';
import { createPacketCap, filterIncoming } from '../agent/mqtt/frames.ts';
import { createRetainedLimit } from './retained.ts';

const maxConnections = 64;
// Far more than the 64 KiB that an agent takes: a request beyond that is to reach it and be refused in words.
const maxPacketBytes = 1024 * 1024;
const maxRetainedBytes = 16 * 1024 * 1024;
const longestConnectMs = 10_000;
const longestDrainMs = 10_000;
const connectFirstByte = 0x10;

export interface Broker {
  readonly port: number;
  stop(): Promise<void>;
}

export interface BrokerOptions {
  host?: string;
  /** 0 picks a free one. */
  port: number;
  log: Log;
  maxConnections?: number;
  connectTimeoutMs?: number;
}

/** Rejects with the listening error (code EADDRINUSE where the port is taken). */
export async function startBroker(options: BrokerOptions): Promise<Broker> {
  const host = options.host ?? '127.0.0.1';
  if (!/^(127(\.\d{1,3}){3}|::1|localhost)$/.test(host)) {
    throw new Error(`the embedded broker listens on loopback only, not on ${host}`);
  }
  const { log } = options;
  const aedes = await createAedes(log, options.connectTimeoutMs ?? longestConnectMs);
  const sockets = new Set<Socket>();
  // Without noDelay, Nagle and the client's delayed ACK make each QoS 1 round trip 44 ms instead of 0.1 ms.
  const server = createServer({ noDelay: true }, (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    guard(socket, log);
    aedes.handle(socket);
  });
  server.maxConnections = options.maxConnections ?? maxConnections;
  server.on('drop', () => {
    log.warn({ maxConnections: server.maxConnections }, 'embedded broker: too many connections, one refused');
  });

  const closeAedes = (): Promise<void> => new Promise((resolve) => aedes.close(resolve));
  const port = await listen(server, options.port, host).catch(async (error: unknown) => {
    await closeAedes();
    throw error;
  });
  server.on('error', (error) => log.error({ err: error }, 'embedded broker: server error'));
  log.info({ host, port }, 'embedded broker listens');

  return {
    port,
    async stop() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      await closeAedes();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

async function createAedes(log: Log, connectTimeoutMs: number): Promise<Aedes> {
  const admitRetained = createRetainedLimit(maxRetainedBytes);
  const aedes = await Aedes.createBroker({
    connectTimeout: connectTimeoutMs,
    drainTimeout: longestDrainMs,
    // Everything is kept in this process's memory: the queue of a persistent session whose client never comes back
    // would grow for ever, so every session ends with its connection.
    preConnect(_client, packet, done) {
      packet.clean = true;
      done(null, true);
    },
    authorizePublish(_client, packet, done) {
      if (packet.topic.startsWith('$')) {
        done(new Error('topics that begin with $ are the broker’s own'));
        return;
      }
      // A refused publish ends the connection, and most clients would send it again; so it is delivered, not kept.
      if (packet.retain && !admitRetained(packet.topic, packet.payload.length)) {
        packet.retain = false;
        log.warn(
          { topic: packet.topic },
          'embedded broker: retained store full, message delivered but not kept',
        );
      }
      done(null);
    },
    // aedes takes $share/group/topic for a literal topic: it would grant it and never deliver anything.
    authorizeSubscribe(_client, subscription, done) {
      done(null, subscription.topic.startsWith('$share/') ? null : subscription);
    },
  });
  const note = (client: { id: string | null }, error: Error): void => {
    log.debug(
      { clientId: client.id, reason: error.message },
      'embedded broker: connection ended by an error',
    );
  };
  aedes.on('clientError', note);
  aedes.on('connectionError', note);
  // Not in aedes's types, but it emits 'error' when its store fails, and an unheard 'error' would end the process.
  const events: NodeJS.EventEmitter = aedes;
  events.on('error', (error: Error) => log.error({ err: error }, 'embedded broker: error'));
  return aedes;
}

function guard(socket: Socket, log: Log): void {
  const cap = createPacketCap(maxPacketBytes, 'refuse');
  let first = true;
  const filter = (chunk: Buffer): Buffer | null => {
    // Any web page can make a browser post to loopback: what does not begin as MQTT is not parsed at all.
    if (first && chunk[0] !== connectFirstByte) return null;
    first = false;
    return cap(chunk);
  };
  filterIncoming(socket, filter, () => {
    log.warn({ maxPacketBytes: maxPacketBytes }, 'embedded broker: not MQTT or a packet too large, closed');
    socket.destroy();
  });
}

function listen(server: Server, port: number, host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.removeListener('error', reject);
      const address = server.address();
      resolve(isAddressInfo(address) ? address.port : port);
    });
  });
}

function isAddressInfo(address: AddressInfo | string | null): address is AddressInfo {
  return typeof address === 'object' && address !== null;
}
