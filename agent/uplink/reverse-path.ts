// The reverse path filter (RFC 3704; rp_filter in the kernel's ip-sysctl.rst; IPv4 only): this machine drops what came in
// by an interface that it would not answer by (strict), or what it has no way to answer (loose). Answers to a probe that
// is bound to an interface, or that leaves without a route, meet it.
import { readFileSync } from 'node:fs';
import { Failure } from '../../shared/failure.ts';
import { familyOf } from '../../shared/ip.ts';
import type { Way } from '../../shared/way.ts';

interface Filter {
  /** The interface whose rp_filter it is, or `all`. */
  whose: string;
  mode: 'strict' | 'loose';
}

/** Of an interface's own rp_filter and that of `all` the larger one counts; null where neither filters. */
export function filterOf(own: string, all: string, interfaceName: string): Filter | null {
  const [ownMode, allMode] = [Number.parseInt(own, 10), Number.parseInt(all, 10)];
  const whose = ownMode >= allMode ? interfaceName : 'all';
  const mode = Math.max(ownMode, allMode);
  if (mode === 1) return { whose, mode: 'strict' };
  return mode === 2 ? { whose, mode: 'loose' } : null;
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

/** Before that part of the sentence which says what to do. */
export const mendedBy = '; mend it with: ';

/** sysctl(8) writes a dot within a name as a slash. */
const setting = (whose: string): string => `net.ipv4.conf.${whose.replaceAll('.', '/')}.rp_filter`;

/**
 * The Failure where the filter drops answers that come by a way; null where it lets them pass. `back` are the interfaces
 * by which the kernel's route to the destination leaves; none where it has no route.
 */
export function filteredBy(
  { whose, mode }: Filter,
  { interfaceName, source }: Way,
  destination: string,
  back: readonly string[],
): Failure | null {
  if (mode === 'strict' ? back.includes(interfaceName) : back.length > 0) return null;
  const value = mode === 'strict' ? '1 (strict)' : '2 (loose)';
  const rule = `ip rule add from ${source} lookup TABLE with a default route by ${interfaceName} in TABLE`;
  // A loose filter, too, drops what no route leads back to.
  const [route, mend] =
    back.length === 0
      ? [`there is no route back to ${destination}`, rule]
      : [
          `the route back to ${destination} leaves by ${back.join(' and ')}`,
          `sysctl -w ${setting(interfaceName)}=2, or: ${rule}`,
        ];
  const sentence = `${interfaceName} drops the answers: ${setting(whose)} is ${value} and ${route}${mendedBy}${mend}`;
  return new Failure('repliesFiltered', sentence);
}

function contentOf(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return ''; // the interface has gone, or IPv4 with it
  }
}

// Probes at once share a reading of the count, which takes 60 µs.
const countFreshMs = 5;
// A rise since a little before a probe makes it ask for the way back, and no more.
const countSinceMs = 1000;
let counted = { count: 0, atMs: -Infinity };

function filtered(freshMs: number): number {
  const atMs = performance.now();
  if (atMs - counted.atMs > freshMs) {
    counted = { count: filteredIn(contentOf('/proc/self/net/netstat')) ?? 0, atMs };
  }
  return counted.count;
}

const modeOf = (whose: string): string => contentOf(`/proc/sys/net/ipv4/conf/${whose}/rp_filter`);
const filterOn = (interfaceName: string): Filter | null =>
  filterOf(modeOf(interfaceName), modeOf('all'), interfaceName);

/**
 * The Failure where this machine, as it stands, drops what a destination answers on a way; null where it lets that pass.
 * Sends nothing: the kernel is asked for its route back.
 */
export async function wouldDrop(
  way: Way,
  destination: string,
  wayBack: (source: string, destination: string) => Promise<string[]>,
): Promise<Failure | null> {
  const filter = familyOf(destination) === 4 ? filterOn(way.interfaceName) : null;
  return filter && filteredBy(filter, way, destination, await wayBack(way.source, destination));
}

/** The Failure repliesFiltered once the kernel has dropped answers since the watch began; null until then. Never rejects. */
export type DropWatch = () => Promise<Failure | null>;

/**
 * Begins to watch for dropped answers from a destination; null where nothing could filter them (IPv6). `wayBack` gives
 * the interfaces of the kernel's route from a source to a destination. It is asked only once the kernel's counter has
 * risen, which is cheap to read, but that of the whole machine: alone it proves nothing. Whether anything filters is read
 * at the first look: most answers come before that.
 */
export function watchDrops(
  way: Way,
  destination: string,
  wayBack: (source: string, destination: string) => Promise<string[]>,
): DropWatch | null {
  if (familyOf(destination) !== 4) return null;
  const before = filtered(countSinceMs);
  let filter: Filter | null | undefined;
  return async () => {
    filter = filter === undefined ? filterOn(way.interfaceName) : filter;
    if (filter === null || filtered(countFreshMs) <= before) return null;
    const found = filter;
    return wayBack(way.source, destination).then(
      (back) => filteredBy(found, way, destination, back),
      () => null,
    );
  };
}
