import { writeFileSync } from 'node:fs';
import { createServer, type TLSSocket } from 'node:tls';
import { readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { readEndpoint } from '../../../agent/mqtt/endpoint.ts';
import { behave, startBadBroker, takePacket } from './bad-broker.ts';
import { makeCertificates, type Certificates, type KeyPair } from '../../fixtures/certificates.ts';
import { eventually, startAgent } from './kit.ts';

let certificates: Certificates;
beforeAll(() => {
  certificates = makeCertificates();
});
afterAll(() => certificates.remove());

describe('the URL', () => {
  test.each([
    ['mqtt://broker.test', 'mqtt://broker.test:1883', false],
    ['tcp://broker.test:2883/', 'mqtt://broker.test:2883', false],
    ['mqtts://broker.test', 'mqtts://broker.test:8883', true],
    ['ssl://broker.test', 'mqtts://broker.test:8883', true],
    ['tls://10.0.0.1:1', 'mqtts://10.0.0.1:1', true],
    ['mqtt://[2001:db8::1]:1883', 'mqtt://[2001:db8::1]:1883', false],
    ['mqtt://', 'mqtt://localhost:1883', false],
  ])('%s is %s', (url, label, secure) => {
    const endpoint = readEndpoint({ url });
    expect(endpoint.label).toBe(label);
    expect(endpoint.tls !== null).toBe(secure);
  });

  test('gives the host of an IPv6 address without brackets', () => {
    expect(readEndpoint({ url: 'mqtt://[2001:db8::1]' }).host).toBe('2001:db8::1');
  });

  test('carries credentials, which settings of their own replace, and which the label does not show', () => {
    const endpoint = readEndpoint({ url: 'mqtt://pi:p%40ss%3Aw%25rd@broker.test' });
    expect(endpoint).toMatchObject({ username: 'pi', password: 'p@ss:w%rd' });
    expect(endpoint.label).toBe('mqtt://broker.test:1883');
    const url = 'mqtt://pi:one@broker.test';
    expect(readEndpoint({ url, password: 'two' })).toMatchObject({ username: 'pi', password: 'two' });
    expect(readEndpoint({ url: 'mqtt://broker.test' })).not.toHaveProperty('username');
  });

  test.each([
    'http://pi:geheim@broker.test',
    'ws://pi:geheim@broker.test',
    'pi:geheim@broker.test',
    'mqtt://pi:geheim@:x',
  ])('%s is refused without showing the password', (url) => {
    expect(() => readEndpoint({ url })).toThrow(/must begin with mqtt:\/\//);
    expect(() => readEndpoint({ url })).not.toThrow(/geheim/);
  });

  test('with a % that is no escape is taken as it stands', () => {
    expect(readEndpoint({ url: 'mqtt://pi:100%@broker.test' }).password).toBe('100%');
  });
});

describe('TLS files', () => {
  test('any of them makes mqtt:// a TLS connection', () => {
    const endpoint = readEndpoint({ url: 'mqtt://broker.test', caFile: certificates.ca.certFile });
    expect(endpoint.label).toBe('mqtts://broker.test:8883');
    const { certFile, keyFile } = certificates.client;
    expect(readEndpoint({ url: 'mqtt://broker.test', certFile, keyFile }).tls).not.toBeNull();
  });

  const wrong = (name: string, content: string): string => {
    const file = join(certificates.folder, name);
    writeFileSync(file, content);
    return file;
  };
  const url = 'mqtts://broker.test';

  test('are named when they can not be read or are of the wrong kind', () => {
    const { certFile, keyFile } = certificates.client;
    const garbage = wrong('garbage.pem', 'not a certificate');
    const broken = wrong('broken.pem', '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n');
    expect(() => readEndpoint({ url, caFile: '/nowhere/ca.pem' })).toThrow(
      /^\/nowhere\/ca.pem can't be read: ENOENT/,
    );
    expect(() => readEndpoint({ url, caFile: garbage })).toThrow(/garbage.pem contains no PEM certificate/);
    expect(() => readEndpoint({ url, certFile, keyFile: garbage })).toThrow(
      /garbage.pem contains no PEM private key/,
    );
    expect(() => readEndpoint({ url, certFile: broken, keyFile })).toThrow(
      /broken.pem, .*client.key can't be used/,
    );
    expect(() => readEndpoint({ url, certFile })).toThrow(/client.crt is of no use alone/);
    expect(() => readEndpoint({ url, keyFile })).toThrow(/client.key is of no use alone/);
  });

  test('that do not belong together are refused', () => {
    const { certFile } = certificates.client;
    expect(() => readEndpoint({ url, certFile, keyFile: certificates.server.keyFile })).toThrow(
      /key values mismatch/,
    );
  });
});

describe('a TLS broker', () => {
  // Says what it could read of each connection.
  async function startTlsBroker({ certFile, keyFile }: KeyPair) {
    const texts: string[] = [];
    const server = createServer(
      { cert: readFileSync(certFile), key: readFileSync(keyFile) },
      (socket: TLSSocket) => {
        let pending: Buffer = Buffer.alloc(0);
        const send = (...bytes: (number | Buffer)[]) =>
          socket.write(
            Buffer.concat(bytes.map((part) => (typeof part === 'number' ? Buffer.of(part) : part))),
          );
        socket.on('error', () => undefined);
        socket.on('data', (chunk: Buffer) => {
          texts.push(chunk.toString('latin1'));
          pending = Buffer.concat([pending, chunk]);
          for (let next = takePacket(pending); next !== null; next = takePacket(pending)) {
            pending = next.rest;
            behave(next.packet, { number: 1, socket, version: 5, send });
          }
        });
      },
    );
    server.on('tlsClientError', () => undefined);
    const port = await new Promise<number>((resolve) => {
      server.listen(0, '127.0.0.1', () => {
        const address: AddressInfo | string | null = server.address();
        if (typeof address === 'object' && address !== null) resolve(address.port);
      });
    });
    onTestFinished(() => {
      server.close();
    });
    return { port, texts };
  }

  test.each(['localhost', '127.0.0.1'])('is trusted by its authority under the name %s', async (host) => {
    const { port } = await startTlsBroker(certificates.server);
    const { mqtt } = startAgent({ url: `mqtts://${host}:${port}`, caFile: certificates.ca.certFile });
    await eventually(() => expect(mqtt.connected()).toBe(true));
  });

  test('that is another gets no password: wrong authority, wrong name, no authority given', async () => {
    const trusted = { caFile: certificates.ca.certFile };
    const cases = [
      {
        pair: certificates.server,
        files: { caFile: certificates.otherCa.certFile },
        says: /unable to verify/,
      },
      { pair: certificates.otherName, files: trusted, says: /does not match certificate/ },
      { pair: certificates.server, files: {}, says: /unable to verify/ },
    ];
    for (const { pair, files, says } of cases) {
      const { port, texts } = await startTlsBroker(pair);
      const { log, mqtt } = startAgent({ url: `mqtts://pi:geheim@127.0.0.1:${port}`, ...files });
      await eventually(() => expect(log.text().split('next attempt').length).toBeGreaterThan(3));
      expect(log.count(says)).toBeGreaterThan(0);
      expect(log.lines.filter(({ level }) => level === 'warn')).toHaveLength(1);
      expect(mqtt.connected()).toBe(false);
      expect(texts.join('')).toBe('');
      expect(log.text()).not.toContain('geheim');
    }
  });
});

test('the password is in no log line, whatever happens', async () => {
  const broker = await startBadBroker((packet, line) => {
    if (line.number === 1) line.send(0x20, 3, 0, 134, 0);
    else if (line.number === 2) line.send(Buffer.from('garbage'));
    else if (line.number === 3) line.socket.destroy();
    else behave(packet, line);
  });
  const { mqtt, log } = startAgent({ url: broker.url.replace('//', '//pi:geheim@') });
  await eventually(() => expect(mqtt.connected()).toBe(true));
  expect(broker.received[0]?.body.toString('latin1')).toContain('geheim');
  expect(log.text()).not.toContain('geheim');
});
