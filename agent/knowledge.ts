// What the agent knows of addresses beside what it measures: their names and networks, by the sources that are set.
import { createCymru } from './asn/cymru.ts';
import { type Names, createNames, noNames } from './asn/names.ts';
import { type Networks, createNetworks, noNetworks } from './asn/networks.ts';
import { createPtrAsker } from './asn/ptr.ts';
import type { NetworkSource } from './asn/source.ts';
import { type AvoidsMetered, type UnmeteredServers, createUnmeteredAsker } from './asn/unmetered.ts';
import type { Config } from './config.ts';
import type { KeepsState } from '../shared/store.ts';
import type { Log } from './log.ts';
import { createJobs } from './queue.ts';

export interface Knowledge {
  names: Names;
  networks: Networks;
  stop(): void;
}

/** The ways that cost nothing. */
interface Unmetered {
  avoidsMetered: AvoidsMetered;
  unmeteredServers: UnmeteredServers;
}

type Settings = Pick<
  Config,
  'HOP_NAMES' | 'IPINFO_TOKEN' | 'IPINFO_URL' | 'ASN_DATABASE_FILE' | 'CYMRU_LOOKUP'
>;

// Each package is loaded only where it is used: IPinfo's client alone is 13 MB and 57 ms of the start (measured).
const openDatabase = async (path: string, log: Log) =>
  (await import('./asn/mmdb.ts')).openAsnDatabase(path, log);

async function sourcesFor(
  settings: Settings,
  { avoidsMetered, unmeteredServers }: Unmetered,
  log: Log,
): Promise<NetworkSource[]> {
  const { IPINFO_TOKEN: token, IPINFO_URL: baseUrl = null, CYMRU_LOOKUP } = settings;
  const askUnmetered = createUnmeteredAsker(unmeteredServers);
  const sources: NetworkSource[] = [];
  if (token !== undefined) {
    const { createIpinfo } = await import('./asn/ipinfo.ts');
    sources.push(createIpinfo({ token, baseUrl, log, askUnmetered, avoidsMetered }));
  }
  if (CYMRU_LOOKUP) sources.push(createCymru(askUnmetered));
  return sources;
}

/**
 * Never rejects: what can't be had is told in the log, and is then not known. `namePatienceMs` is how long a trace waits
 * for its hops' names, where that is not the usual time.
 */
export async function openKnowledge(
  settings: Settings,
  unmetered: Unmetered,
  store: KeepsState,
  log: Log,
  namePatienceMs?: number,
): Promise<Knowledge> {
  const { HOP_NAMES, ASN_DATABASE_FILE: file } = settings;
  const askName = createPtrAsker(unmetered.unmeteredServers);
  const names = HOP_NAMES ? createNames(askName, createJobs, namePatienceMs) : noNames;
  const sources = await sourcesFor(settings, unmetered, log);
  const database = file === undefined ? null : await openDatabase(file, log);
  // Only what was asked of others is worth keeping.
  const kept = sources.length === 0 ? null : store.sub('networks');
  const networks =
    database === null && kept === null
      ? noNetworks
      : createNetworks({ database, sources, store: kept, createJobs });
  return {
    names,
    networks,
    stop() {
      names.stop();
      networks.stop();
    },
  };
}
