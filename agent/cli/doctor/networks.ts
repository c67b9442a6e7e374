// The sources that tell whose network an address is: each that is set is asked about one address.
import { messageOf } from '../../../shared/thrown.ts';
import { createCymru } from '../../asn/cymru.ts';
import type { NetworkAnswer } from '../../asn/source.ts';
import { createUnmeteredAsker } from '../../asn/unmetered.ts';
import type { Config } from '../../config.ts';
import { type Log, silentLog } from '../../log.ts';
import type { Box } from './box.ts';
import { type Finding, ok, unknown, warning, wrong } from './report.ts';

export interface SourceAnswer {
  variable: 'ASN_DATABASE_FILE' | 'IPINFO_TOKEN' | 'CYMRU_LOOKUP';
  answer: NetworkAnswer;
  /** What the source had to say besides; empty where nothing. */
  said: string;
}

/** Everybody's, and known to every source. It is asked about, and not itself contacted. */
const askedAbout = '1.1.1.1';

const mends: Record<SourceAnswer['variable'], string[]> = {
  ASN_DATABASE_FILE: ['ASN_DATABASE_FILE=/path/to/ipinfo_lite.mmdb'],
  IPINFO_TOKEN: ['IPINFO_TOKEN=… (https://ipinfo.io/dashboard/token)'],
  CYMRU_LOOKUP: ['dig +short TXT 1.1.1.1.origin.asn.cymru.com', 'CYMRU_LOOKUP=false'],
};

export function judgeSource({ variable, answer, said }: SourceAnswer): Finding {
  const mend = mends[variable];
  switch (answer.outcome) {
    case 'known': {
      const { asn, organisation } = answer.network;
      return ok(variable, `knows ${askedAbout}: AS${asn} ${organisation ?? ''}`.trim());
    }
    case 'unknown':
      return warning(variable, `answers, and does not know ${askedAbout}`, ...mend);
    case 'notAsked':
      return warning(variable, 'not asked: only a metered uplink leads to it, which is never used for that');
    case 'failed':
      return wrong(variable, said === '' ? 'does not answer' : said, ...mend);
  }
}

/** What the sources log is what there is to say. */
function listening(): { log: Log; said(): string } {
  const lines: string[] = [];
  return {
    log: { ...silentLog, warn: (_fields, message) => void lines.push(message) },
    said: () => lines.join('; '),
  };
}

async function fromFile(path: string): Promise<SourceAnswer> {
  const { log, said } = listening();
  const { openAsnDatabase } = await import('../../asn/mmdb.ts');
  const database = await openAsnDatabase(path, log);
  return { variable: 'ASN_DATABASE_FILE', answer: database.lookUp(askedAbout), said: said() };
}

async function fromOthers(box: Box, config: Config, signal: AbortSignal): Promise<SourceAnswer[]> {
  const { IPINFO_TOKEN: token, IPINFO_URL: baseUrl = null, CYMRU_LOOKUP } = config;
  const { uplinks } = await box.network();
  const askUnmetered = createUnmeteredAsker(uplinks.unmeteredServers);
  const ipinfo = async (given: string): Promise<SourceAnswer> => {
    const { log, said } = listening();
    const { createIpinfo } = await import('../../asn/ipinfo.ts');
    const { avoidsMetered } = uplinks;
    const source = createIpinfo({ token: given, baseUrl, log, askUnmetered, avoidsMetered });
    return { variable: 'IPINFO_TOKEN', answer: await source.lookUp(askedAbout, signal), said: said() };
  };
  const cymru = async (): Promise<SourceAnswer> => {
    const answer = await createCymru(askUnmetered).lookUp(askedAbout, signal);
    return { variable: 'CYMRU_LOOKUP', answer, said: '' };
  };
  return Promise.all([...(token === undefined ? [] : [ipinfo(token)]), ...(CYMRU_LOOKUP ? [cymru()] : [])]);
}

export async function networks(box: Box, config: Config, signal: AbortSignal): Promise<Finding[]> {
  const { ASN_DATABASE_FILE: file, IPINFO_TOKEN, CYMRU_LOOKUP } = config;
  const asksOthers = IPINFO_TOKEN !== undefined || CYMRU_LOOKUP;
  if (file === undefined && !asksOthers) {
    return [
      ok(null, 'no source is set: organisations are unknown (ASN_DATABASE_FILE, IPINFO_TOKEN, CYMRU_LOOKUP)'),
    ];
  }
  const answers = await Promise.all([
    file === undefined ? [] : fromFile(file).then((answer) => [judgeSource(answer)]),
    asksOthers
      ? fromOthers(box, config, signal).then(
          (all) => all.map(judgeSource),
          (error: unknown) => [unknown(null, `not asked: ${messageOf(error)}`)],
        )
      : [],
  ]);
  return answers.flat();
}
