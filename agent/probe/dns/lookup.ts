// The addresses of a name, asked of an uplink's own name servers through that uplink.
import { Failure } from '../../../shared/failure.ts';
import { type Family, familyOf } from '../../../shared/ip.ts';
import type { Exit } from '../../../shared/way.ts';
import { newQuestionTally } from '../questions.ts';
import type { Found, ResolveNotes } from '../resolve.ts';
import type { ProbeTools } from '../tools.ts';
import { type DnsOutcome, askServer } from './ask.ts';

/** All servers are asked, and then all again: a datagram may be lost. */
const mostRounds = 2;
const longestWaitMs = 1000;

type Wanted = 'A' | 'AAAA';

const exitName = ({ uplink, interfaceName }: Exit): string => uplink ?? interfaceName;

/** What an answer says of a name; null where another server should be asked. */
function foundIn({ said }: DnsOutcome, wanted: Wanted): Found | 'no such name' | null {
  if (said === null) return null;
  if (said.rcode === 'NXDOMAIN') return 'no such name';
  if (said.rcode !== 'NOERROR') return null;
  const records = said.answers.filter(({ type }) => type === wanted);
  // An alias that lasts for a minute only must be asked for again then, however long its address stands.
  const ttlSeconds = Math.min(...said.answers.map((answer) => answer.ttlSeconds), Infinity);
  return { addresses: records.map(({ data }) => data), ttlSeconds: records.length > 0 ? ttlSeconds : 0 };
}

/** What a server did in place of answering. */
const complaint = (server: string, { said, failure }: DnsOutcome): string =>
  failure?.message ?? (said === null ? `${server} did not answer` : `${server} says ${said.rcode}`);

export type LookupTools = Pick<ProbeTools, 'packets' | 'way' | 'nameServers'>;

interface Question {
  exit: Exit;
  host: string;
  wanted: Wanted;
  /** For each try. */
  waitMs: number;
  /** On the monotonic clock. */
  endMs: number;
}

/** Rejects with Failure where nothing can be sent to that server. */
async function askOne(
  { exit, host, wanted, waitMs, endMs }: Question,
  server: string,
  tools: LookupTools,
  notes: ResolveNotes | undefined,
): Promise<DnsOutcome> {
  // A local address that the asker gave counts for its own family alone.
  const source = exit.source !== null && familyOf(exit.source) === familyOf(server) ? exit.source : null;
  const way = await tools.way({ ...exit, source }, server);
  const over = AbortSignal.timeout(Math.max(1, Math.ceil(endMs - performance.now())));
  const tally = newQuestionTally();
  const asked = { name: host, recordType: wanted, waitMs };
  try {
    return await askServer({ address: server, way }, asked, tools, over, tally);
  } finally {
    notes?.spent(tally.traffic);
  }
}

/**
 * Asks one server after the other until one knows, for `limitMs` in all. Rejects with Failure: nameUnresolved,
 * resolverTimeout (no server said anything), noNameServer, or the uplink's where no server can be reached.
 */
export async function lookUpThrough(
  exit: Exit,
  host: string,
  family: Family,
  limitMs: number,
  tools: LookupTools,
  notes: ResolveNotes | undefined,
): Promise<Found> {
  const by = exitName(exit);
  const endMs = performance.now() + limitMs;
  const servers = await tools.nameServers(exit);
  const waitMs = Math.min(longestWaitMs, limitMs / (servers.length * mostRounds));
  const wanted: Wanted = family === 4 ? 'A' : 'AAAA';
  const unreached: Failure[] = [];
  const complaints = new Map<string, string>();
  let silent = true;

  for (const server of Array.from({ length: mostRounds }, () => servers).flat()) {
    if (performance.now() >= endMs) break;
    try {
      const one = await askOne({ exit, host, wanted, waitMs, endMs }, server, tools, notes);
      const found = foundIn(one, wanted);
      if (found === 'no such name') {
        throw new Failure('nameUnresolved', `${host} does not exist, says ${server} (asked through ${by})`);
      }
      if (found !== null) return found;
      silent &&= one.said === null && one.failure === null;
      complaints.set(server, complaint(server, one));
    } catch (error) {
      if (!(error instanceof Failure) || error.code === 'nameUnresolved') throw error;
      unreached.push(error);
    }
  }
  const [firstUnreached] = unreached;
  if (complaints.size === 0) throw firstUnreached ?? noServer(host, by);
  const sentence = `${host} could not be resolved through ${by}: ${[...complaints.values()].join('; ')}`;
  throw new Failure(silent ? 'resolverTimeout' : 'nameUnresolved', sentence);
}

const noServer = (host: string, by: string): Failure =>
  new Failure(
    'noNameServer',
    `${host} could not be resolved: no name server of ${by} is known; give uplinks.NAME.dnsServers`,
  );
