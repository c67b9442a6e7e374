// The one caller of nmcli: NetworkManager keeps its leases to root, and tells everybody who asks over D-Bus.
import { execFile } from 'node:child_process';

const patienceMs = 1000;
const longestAnswerBytes = 64 * 1024;

/** What NetworkManager says of an interface's name servers; nothing where it says nothing in time. Never rejects. */
export function askNetworkManager(interfaceName: string): Promise<string> {
  const args = ['--terse', '--fields', 'IP4.DNS,IP6.DNS', 'device', 'show', interfaceName];
  const options = { timeout: patienceMs, maxBuffer: longestAnswerBytes, encoding: 'utf8' } as const;
  return new Promise((resolve) => {
    execFile('nmcli', args, options, (error, stdout) => resolve(error === null ? stdout : ''));
  });
}
