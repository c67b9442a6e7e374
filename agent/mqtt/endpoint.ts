// Where the broker is and how it is reached: the URL, the credentials and the TLS files, read and checked once.
import { readFileSync } from 'node:fs';
import { connect as connectTcp, isIP, type Socket } from 'node:net';
import { connect as connectTls, createSecureContext, type ConnectionOptions } from 'node:tls';
import { messageOf } from '../../shared/thrown.ts';

export interface EndpointSettings {
  /** mqtt, tcp, mqtts, ssl or tls; may carry user and password. */
  url: string;
  username?: string;
  password?: string;
  /** PEM files; any of them makes the connection a TLS one whatever the scheme. */
  caFile?: string;
  certFile?: string;
  keyFile?: string;
}

export interface Endpoint {
  /** The URL without its credentials. */
  label: string;
  host: string;
  port: number;
  tls: ConnectionOptions | null;
  username?: string;
  password?: string;
}

/** Throws an error that names the URL's or the file's fault and never shows a password. */
export function readEndpoint(settings: EndpointSettings): Endpoint {
  const url = URL.canParse(settings.url) ? new URL(settings.url) : null;
  const scheme = url?.protocol.replace(/:$/, '') ?? '';
  if (url === null || !['mqtt', 'tcp', 'mqtts', 'ssl', 'tls'].includes(scheme)) {
    throw new Error('the MQTT URL must begin with mqtt://, tcp://, mqtts://, ssl:// or tls://');
  }
  // In a scheme that URL does not know, an IPv6 address keeps its brackets.
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1') || 'localhost';
  const files = [settings.caFile, settings.certFile, settings.keyFile];
  const secure = ['mqtts', 'ssl', 'tls'].includes(scheme) || files.some((file) => file !== undefined);
  const port = url.port === '' ? (secure ? 8883 : 1883) : Number(url.port);
  const username = settings.username ?? (decoded(url.username) || undefined);
  const password = settings.password ?? (decoded(url.password) || undefined);
  return {
    label: `${secure ? 'mqtts' : 'mqtt'}://${isIP(host) === 6 ? `[${host}]` : host}:${port}`,
    host,
    port,
    tls: secure ? readTls(settings, host) : null,
    ...(username === undefined ? {} : { username }),
    ...(password === undefined ? {} : { password }),
  };
}

export function connectStream(endpoint: Endpoint): Socket {
  const { host, port, tls } = endpoint;
  const socket = tls === null ? connectTcp({ host, port }) : connectTls({ ...tls, host, port });
  // A result follows the request's PUBACK: Nagle holds it for the broker's delayed ACK, 44 ms instead of 6 from request
  // to result with a probe of 5 ms, whatever the broker's own setting.
  return socket.setNoDelay(true);
}

// A password with a bare % in it is no valid escape; it is then meant as it stands.
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function readTls(settings: EndpointSettings, host: string): ConnectionOptions {
  const { caFile, certFile, keyFile } = settings;
  if ((certFile === undefined) !== (keyFile === undefined)) {
    throw new Error(
      `${certFile ?? keyFile} is of no use alone: a client certificate needs its key and a key its certificate`,
    );
  }
  const ca = caFile === undefined ? undefined : readPem(caFile, 'CERTIFICATE');
  const cert = certFile === undefined ? undefined : readPem(certFile, 'CERTIFICATE');
  const key = keyFile === undefined ? undefined : readPem(keyFile, 'PRIVATE KEY');
  const material = {
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
  };
  const named = files(settings);
  try {
    createSecureContext(material);
  } catch (error) {
    throw new Error(`the TLS files ${named} can't be used: ${messageOf(error)}`);
  }
  // A name in the handshake must not be an IP address (RFC 6066 §3); Node then checks the certificate's addresses.
  return { ...material, ...(isIP(host) === 0 ? { servername: host } : {}) };
}

function files(settings: EndpointSettings): string {
  return [settings.caFile, settings.certFile, settings.keyFile]
    .filter((file) => file !== undefined)
    .join(', ');
}

// A CA file without any certificate in it is taken by OpenSSL without a word, and then trusts nobody.
function readPem(file: string, kind: string): Buffer {
  let pem: Buffer;
  try {
    pem = readFileSync(file);
  } catch (error) {
    throw new Error(`${file} can't be read: ${messageOf(error)}`);
  }
  if (!new RegExp(`-----BEGIN [A-Z0-9 ]*${kind}-----`).test(pem.toString('latin1'))) {
    throw new Error(`${file} contains no PEM ${kind.toLowerCase()}`);
  }
  return pem;
}
