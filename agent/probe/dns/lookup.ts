// The addresses of a name, asked of an uplink's own name servers through that uplink.
import { Failure } from '../../../shared/failure.ts';
import { type Family, familyOf } from '../../../shared/ip.ts';
import type { Exit } from '../../../shared/way.ts';
import { type AskTools, type Asking, askGuarded } from '../asking.ts';
import { asFailure } from '../echoes.ts';
import type { Meter } from '../questions.ts';
import type { Found } from '../resolve.ts';
import type { ProbeTools } from '../tools.ts';
import { firstOf } from '../tries.ts';
import { type DnsOutcome, askServer } from './ask.ts';

/** All servers are asked, and then all again: a datagram may be lost. */
const mostRounds = 2;
/** After so long without an answer the next one is asked, while the earlier ones may still answer. */
const gapsMs = { least: 200, most: 800 };

type Wanted = 'A' | 'AAAA';

const exitName = ({ uplink, interfaceName }: Exit): string => uplink ?? interfaceName;

/** What an answer says of a name; null where another server should be asked. */
function foundIn(said: DnsOutcome['said'], wanted: Wanted): Found | 'no such name' | null {
  if (said?.rcode === 'NXDOMAIN') return 'no such name';
  if (said?.rcode !== 'NOERROR') return null;
  const records = said.answers.filter(({ type }) => type === wanted);
  // An alias that lasts for a minute only must be asked for again then, however long its address stands.
  const ttlSeconds = Math.min(...said.answers.map((answer) => answer.ttlSeconds), Infinity);
  return { addresses: records.map(({ data }) => data), ttlSeconds: records.length > 0 ? ttlSeconds : 0 };
}

export type LookupTools = AskTools & Pick<ProbeTools, 'nameServers'>;

interface Question {
  exit: Exit;
  host: string;
  wanted: Wanted;
  /** On the monotonic clock. */
  endMs: number;
}

interface Attempt {
  server: string;
  found: ReturnType<typeof foundIn>;
  /** Why it could not be asked, or what it answered can't be read. */
  failure: Failure | null;
  silent: boolean;
  /** What it did in place of answering. */
  complaint: string;
}

function attemptOf(server: string, wanted: Wanted, { last, failure, refusal }: Asking<DnsOutcome>): Attempt {
  const said = last?.said ?? null;
  const complaint = failure?.message ?? refusal ?? `${server} says ${said?.rcode ?? 'nothing'}`;
  const silent = last === null && failure === null;
  return { server, found: foundIn(said, wanted), failure, silent, complaint };
}

/** Never rejects. */
async function ask(
  { exit, host, wanted, endMs }: Question,
  server: string,
  tools: LookupTools,
  meter: Meter,
  signal: AbortSignal,
): Promise<Attempt> {
  // A local address that the asker gave counts for its own family alone.
  const source = exit.source !== null && familyOf(exit.source) === familyOf(server) ? exit.source : null;
  try {
    const course = { address: server, way: await tools.way({ ...exit, source }, server) };
    const spareMs = (): number => endMs - performance.now();
    const asked = await askGuarded(course, tools, signal, spareMs, (waitMs, until) =>
      askServer(course, { name: host, recordType: wanted, waitMs }, tools, until, meter),
    );
    return attemptOf(server, wanted, asked);
  } catch (error) {
    const failure = asFailure(error);
    return { server, found: null, failure, silent: false, complaint: failure.message };
  }
}

/** What is to be said where no server knew: the uplink's or this machine's fault, if each of them met with one. */
function failureOf(attempts: readonly Attempt[], host: string, by: string): Failure {
  const faults = attempts.flatMap(({ failure }) => failure ?? []);
  const isOurs = ({ source }: Failure): boolean => source === 'uplink' || source === 'local';
  const ours = faults.find((failure) => isOurs(failure) && failure.code !== 'deadlineExceeded');
  if (ours !== undefined && faults.length === attempts.length && faults.every(isOurs)) return ours;
  const complaints = [...new Map(attempts.map(({ server, complaint }) => [server, complaint])).values()];
  const silent = attempts.every((attempt) => attempt.silent);
  const sentence = `${host} could not be resolved through ${by}: ${complaints.join('; ')}`;
  return new Failure(silent ? 'resolverTimeout' : 'nameUnresolved', sentence);
}

const noServer = (host: string, by: string): Failure =>
  new Failure(
    'noNameServer',
    `${host} could not be resolved: no name server of ${by} is known; give uplinks.NAME.dnsServers`,
  );

/**
 * Asks one server after the other until one knows, for `limitMs` in all. Rejects with Failure: nameUnresolved,
 * resolverTimeout (no server said anything), noNameServer; of the uplink or this machine where that kept every server
 * from answering.
 */
export async function lookUpThrough(
  exit: Exit,
  host: string,
  family: Family,
  limitMs: number,
  tools: LookupTools,
  meter: Meter,
  signal: AbortSignal,
): Promise<Found> {
  const by = exitName(exit);
  const endMs = performance.now() + limitMs;
  const servers = await tools.nameServers(exit);
  if (servers.length === 0) throw noServer(host, by);
  const wanted: Wanted = family === 4 ? 'A' : 'AAAA';
  const inTurn = Array.from({ length: mostRounds }, () => servers).flat();
  const tries = inTurn.map(
    (server) => (until: AbortSignal) => ask({ exit, host, wanted, endMs }, server, tools, meter, until),
  );
  const gapMs = Math.min(gapsMs.most, Math.max(gapsMs.least, limitMs / tries.length));
  const { settled, outcomes } = await firstOf(tries, gapMs, ({ found }) => found !== null, signal);
  if (signal.aborted) throw new Failure('cancelled', `nobody waits for the address of ${host} any more`);
  const found = settled?.found ?? null;
  if (found === 'no such name') {
    const sentence = `${host} does not exist, says ${settled?.server} (asked through ${by})`;
    throw new Failure('nameUnresolved', sentence);
  }
  if (found !== null) return found;
  throw failureOf(outcomes, host, by);
}
