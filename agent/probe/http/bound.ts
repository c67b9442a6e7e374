// Whether curl kept to the interface it was bound to: where it did not, what it fetched proves nothing. Pure.
import { Failure } from '../../../shared/failure.ts';
import type { Traffic } from '../../../shared/result.ts';
import type { CurlRun } from './curl.ts';
import type { Order } from './order.ts';

const needs = 'curl needs SO_BINDTODEVICE: Linux 5.7 or later, or CAP_NET_RAW, and no filter that forbids it';

/**
 * That packets went by the kernel's choice: curl takes the interface's address where the interface itself is refused
 * to it, and goes on. An answer to what the interface never sent is the same. Null where nothing speaks for it.
 */
export function astray({ interfaceName }: Order, { report }: CurlRun, { packetsSent }: Traffic) {
  if (report.boundToAddress) {
    return new Failure('sendRefused', `curl was not let bind to ${interfaceName}; ${needs}`);
  }
  const answered = report.summary?.remote_ip != null;
  if (!answered || packetsSent > 0) return null;
  return new Failure('sendRefused', `curl was answered, but nothing left by ${interfaceName}; ${needs}`);
}
