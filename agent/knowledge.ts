// What the agent knows of addresses beside what it measures: their names and networks, by the sources that are set.
import { createCymru } from './asn/cymru.ts';
import { createIpinfo } from './asn/ipinfo.ts';
import { openAsnDatabase } from './asn/mmdb.ts';
import { type Names, createNames, noNames } from './asn/names.ts';
import { type Networks, createNetworks, noNetworks } from './asn/networks.ts';
import { createPtrAsker } from './asn/ptr.ts';
import type { NetworkSource } from './asn/source.ts';
import { type AvoidsMetered, createUnmeteredAsker } from './asn/unmetered.ts';
import type { Config } from './config.ts';
import type { Log } from './log.ts';
import { createJobs } from './queue.ts';
import { type Store, openStore } from './store/index.ts';

export interface Knowledge {
  names: Names;
  networks: Networks;
  stop(): Promise<void>;
}

type Settings = Pick<
  Config,
  'HOP_NAMES' | 'IPINFO_TOKEN' | 'IPINFO_URL' | 'ASN_DATABASE_FILE' | 'CYMRU_LOOKUP' | 'STATE_DIR'
>;

function sourcesFor(settings: Settings, avoidsMetered: AvoidsMetered, log: Log): NetworkSource[] {
  const { IPINFO_TOKEN: token, IPINFO_URL: baseUrl = null, CYMRU_LOOKUP } = settings;
  const askUnmetered = createUnmeteredAsker(avoidsMetered);
  return [
    ...(token === undefined ? [] : [createIpinfo({ token, baseUrl, log, askUnmetered, avoidsMetered })]),
    ...(CYMRU_LOOKUP ? [createCymru(askUnmetered)] : []),
  ];
}

/** Never rejects: what can't be had is told in the log, and is then not known. */
export async function openKnowledge(
  settings: Settings,
  avoidsMetered: AvoidsMetered,
  log: Log,
): Promise<Knowledge> {
  const { HOP_NAMES, ASN_DATABASE_FILE: file, STATE_DIR } = settings;
  const names = HOP_NAMES ? createNames(createPtrAsker(avoidsMetered), createJobs) : noNames;
  const sources = sourcesFor(settings, avoidsMetered, log);
  const database = file === undefined ? null : await openAsnDatabase(file, log);
  // Only what was asked of others is worth keeping: without them nothing is written.
  const store: Store | null = sources.length === 0 ? null : await openStore(STATE_DIR, log);
  const kept = store?.sub('networks') ?? null;
  const networks =
    database === null && kept === null
      ? noNetworks
      : createNetworks({ database, sources, store: kept, createJobs });
  return {
    names,
    networks,
    async stop() {
      names.stop();
      networks.stop();
      await store?.close();
    },
  };
}
