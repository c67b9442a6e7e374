// Keys and certificates for one test run, made by openssl: an authority, a server for `localhost` and 127.0.0.1, a
// client, a server for another name, and an authority nobody trusts.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface KeyPair {
  certFile: string;
  keyFile: string;
}

export interface Certificates {
  folder: string;
  ca: KeyPair;
  otherCa: KeyPair;
  server: KeyPair;
  otherName: KeyPair;
  client: KeyPair;
  remove(): void;
}

export function makeCertificates(): Certificates {
  const folder = mkdtempSync(join(tmpdir(), 'pathproof-tls-'));
  const openssl = (...args: string[]): void => {
    execFileSync('openssl', args, { stdio: ['ignore', 'ignore', 'pipe'] });
  };
  const pair = (name: string): KeyPair => ({
    certFile: join(folder, `${name}.crt`),
    keyFile: join(folder, `${name}.key`),
  });
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];

  const authority = (name: string): KeyPair => {
    const files = pair(name);
    const out = ['-keyout', files.keyFile, '-out', files.certFile];
    openssl('req', '-x509', ...newKey, '-subj', `/CN=${name}`, '-days', '2', ...out);
    return files;
  };
  const issued = (name: string, by: KeyPair, alternativeNames: string): KeyPair => {
    const files = pair(name);
    const request = join(folder, `${name}.csr`);
    const extensions = join(folder, `${name}.ext`);
    writeFileSync(extensions, `subjectAltName=${alternativeNames}\n`);
    openssl('req', ...newKey, '-subj', `/CN=${name}`, '-keyout', files.keyFile, '-out', request);
    const authorityFiles = ['-CA', by.certFile, '-CAkey', by.keyFile, '-CAcreateserial'];
    openssl(
      'x509',
      '-req',
      '-in',
      request,
      ...authorityFiles,
      '-days',
      '2',
      '-extfile',
      extensions,
      '-out',
      files.certFile,
    );
    return files;
  };

  const ca = authority('test-ca');
  return {
    folder,
    ca,
    otherCa: authority('other-ca'),
    server: issued('server', ca, 'DNS:localhost,IP:127.0.0.1'),
    otherName: issued('other-name', ca, 'DNS:broker.test'),
    client: issued('client', ca, 'DNS:client.test'),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
