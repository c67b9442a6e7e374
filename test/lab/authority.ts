// A certificate authority for one test run, by openssl: certificates that are right, and those that are wrong in one way.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hostAddress6 } from './plan6.ts';
import { hostAddresses } from './plan.ts';
import { agentNode, run } from './programs.ts';

export interface KeyPair {
  readonly certFile: string;
  readonly keyFile: string;
}

/** Where Debian's curl and openssl look for whom to trust. */
const systemAuthorities = '/etc/ssl/certs/ca-certificates.crt';

const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
const openssl = (...args: string[]): void =>
  void execFileSync('openssl', args, { stdio: ['ignore', 'ignore', 'pipe'] });

function selfSigned(folder: string, name: string): KeyPair {
  const files = { certFile: join(folder, `${name}.crt`), keyFile: join(folder, `${name}.key`) };
  const out = ['-keyout', files.keyFile, '-out', files.certFile];
  openssl('req', '-x509', ...newKey, '-subj', `/CN=${name}`, '-days', '100', ...out);
  return files;
}

function issued(folder: string, by: KeyPair, name: string, alternativeNames: string, days: number): KeyPair {
  const files = { certFile: join(folder, `${name}.crt`), keyFile: join(folder, `${name}.key`) };
  const [request, extensions] = [join(folder, `${name}.csr`), join(folder, `${name}.ext`)];
  writeFileSync(extensions, `subjectAltName=${alternativeNames}\n`);
  openssl('req', ...newKey, '-subj', `/CN=${name}`, '-keyout', files.keyFile, '-out', request);
  const signed = ['-CA', by.certFile, '-CAkey', by.keyFile, '-CAcreateserial', '-days', String(days)];
  openssl('x509', '-req', '-in', request, ...signed, '-extfile', extensions, '-out', files.certFile);
  return files;
}

/** Names, each with a certificate of its own; the value says what is to be expected of it. */
export const secureNames = {
  'valid.test': { days: 90 },
  'soon.test': { days: 3 },
  'expired.test': { days: -1 },
  'wrong-name.test': { days: 90 },
  'self-signed.test': { days: 100 },
} as const;
export type SecureName = keyof typeof secureNames;

export interface Authority extends Disposable {
  readonly certFile: string;
  readonly certificates: Readonly<Record<SecureName, KeyPair>>;
}

const addresses = [...hostAddresses, hostAddress6].map((address) => `IP:${address}`).join(',');

export function makeAuthority(): Authority {
  const folder = mkdtempSync(join(tmpdir(), 'pathproof-authority-'));
  const root = selfSigned(folder, 'lab-authority');
  const issue = (name: SecureName, names = `DNS:${name}`): KeyPair =>
    issued(folder, root, name, names, secureNames[name].days);
  return {
    certFile: root.certFile,
    certificates: {
      // Also for the addresses themselves.
      'valid.test': issue('valid.test', `DNS:valid.test,${addresses}`),
      'soon.test': issue('soon.test'),
      'expired.test': issue('expired.test'),
      'wrong-name.test': issue('wrong-name.test', 'DNS:somebody-else.test'),
      'self-signed.test': selfSigned(folder, 'self-signed.test'),
    },
    [Symbol.dispose]: () => rmSync(folder, { recursive: true }),
  };
}

/** Makes it the only authority that programs of this mount namespace, which is the tests' own, trust by default. */
export async function trustOnly({ certFile }: Authority): Promise<AsyncDisposable> {
  await run(agentNode, ['mount', '--bind', certFile, systemAuthorities]);
  return {
    [Symbol.asyncDispose]: async () => {
      await run(agentNode, ['umount', systemAuthorities]);
    },
  };
}
