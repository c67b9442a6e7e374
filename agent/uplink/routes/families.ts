// Does something for both families at once, where the kernel has both.
import { existsSync } from 'node:fs';
import type { Family } from '../../../shared/ip.ts';

/** None of IPv6 where the kernel was started without it (ipv6.disable=1), which `ip` would take for a failure. */
const families = (): Family[] => (existsSync('/proc/sys/net/ipv6') ? [4, 6] : [4]);

/** Settles once all have. */
export async function eachFamily<T>(work: (family: Family) => Promise<T>): Promise<T[]> {
  const works = families().map(work);
  await Promise.allSettled(works);
  return Promise.all(works);
}
