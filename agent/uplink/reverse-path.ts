// The strict reverse path filter (RFC 3704 §2.2; rp_filter in the kernel's ip-sysctl.rst; IPv4 only): this machine drops
// what came in by an interface that it would not answer by, and with it the answers to a probe bound to that interface.
import { readFileSync } from 'node:fs';
import { Failure } from '../../shared/failure.ts';
import { familyOf } from '../../shared/ip.ts';
import type { Way } from '../../shared/way.ts';

/** Whose rp_filter makes an interface strict: its own or that of `all`; null where none does. The larger one counts. */
export function strictBy(own: string, all: string, interfaceName: string): string | null {
  const [ownMode, allMode] = [Number.parseInt(own, 10), Number.parseInt(all, 10)];
  if (Math.max(ownMode, allMode) !== 1) return null;
  return ownMode === 1 ? interfaceName : 'all';
}

/** Packets that the filter dropped, as /proc/net/netstat counts them; null where it does not say. */
export function filteredIn(netstat: string): number | null {
  const [names, values] = netstat
    .split('\n')
    .filter((line) => line.startsWith('TcpExt:'))
    .map((line) => line.split(' '));
  const count = Number(values?.[names?.indexOf('IPReversePathFilter') ?? -1]);
  return Number.isNaN(count) ? null : count;
}

/** sysctl(8) writes a dot within a name as a slash. */
const setting = (whose: string): string => `net.ipv4.conf.${whose.replaceAll('.', '/')}.rp_filter`;

/** `back` are the interfaces by which the kernel's route to the destination leaves; none where it has no route. */
export function repliesFiltered(
  { interfaceName, source }: Way,
  destination: string,
  strict: string,
  back: readonly string[],
): Failure {
  const route =
    back.length === 0
      ? `there is no route back to ${destination}`
      : `the route back to ${destination} leaves by ${back.join(' and ')}`;
  const mend =
    `sysctl -w ${setting(interfaceName)}=2, or: ip rule add from ${source} lookup TABLE ` +
    `with a default route by ${interfaceName} in TABLE`;
  return new Failure(
    'repliesFiltered',
    `${interfaceName} drops the answers: ${setting(strict)} is 1 (strict) and ${route}; mend it with: ${mend}`,
  );
}

function contentOf(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return ''; // the interface has gone, or IPv4 with it
  }
}

const modeOf = (whose: string): string => contentOf(`/proc/sys/net/ipv4/conf/${whose}/rp_filter`);
const filtered = (): number | null => filteredIn(contentOf('/proc/self/net/netstat'));

/** The Failure repliesFiltered once the kernel has dropped a packet since the watch began; null until then. */
export type DropWatch = () => Failure | null;

/**
 * Begins to watch for dropped answers from a destination; null where the kernel would not drop them. The counter is that
 * of the whole machine and says nothing alone. `wayBack` gives the interfaces of the route from a source to a destination. Rejects with Failure internal.
 */
export async function watchDrops(
  way: Way,
  destination: string,
  wayBack: (source: string, destination: string) => Promise<string[]>,
): Promise<DropWatch | null> {
  if (familyOf(destination) !== 4) return null;
  const strict = strictBy(modeOf(way.interfaceName), modeOf('all'), way.interfaceName);
  if (strict === null) return null;
  const back = await wayBack(way.source, destination);
  if (back.includes(way.interfaceName)) return null;
  const before = filtered();
  return () => {
    const now = filtered();
    const dropped = before !== null && now !== null && now > before;
    return dropped ? repliesFiltered(way, destination, strict, back) : null;
  };
}
