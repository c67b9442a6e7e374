// The bench of one probe that a person waits for: what sources know, with nothing kept, and each echo as it comes.
import type { KeepsState, StorePart } from '../../../shared/store.ts';
import type { Config } from '../../config.ts';
import { type Knowledge, openKnowledge } from '../../knowledge.ts';
import type { Log } from '../../log.ts';
import { type Bench, openBench } from '../bench.ts';
import { type EchoWatcher, watchedPackets } from './watched.ts';

// There is no later trace that could show what comes too late, and a person waits.
const patienceMs = 1000;

const emptyPart: StorePart = {
  get: () => Promise.resolve(undefined),
  put: () => Promise.resolve(),
  delete: () => Promise.resolve(),
  // eslint-disable-next-line @typescript-eslint/require-await
  async *entries() {
    yield* [];
  },
};

/** A running agent has the folder for itself, and others may not be allowed to write there. */
const nothingKept: KeepsState = { sub: () => emptyPart, write: () => Promise.resolve() };

/** Keeps what people should know: warnings, and of an error inside also where it happened. */
function remarksInto(remarks: string[]): Log {
  const keep = (fields: object, message: string): void => {
    remarks.push(message);
    if ('err' in fields && fields.err instanceof Error) {
      remarks.push(...(fields.err.stack ?? fields.err.message).split('\n'));
    }
  };
  return { debug: () => undefined, info: () => undefined, warn: keep, error: keep };
}

const patient = ({ names, networks, stop }: Knowledge): Knowledge => ({
  names,
  networks: {
    ...networks,
    networksOf: (addresses, patience, signal) =>
      networks.networksOf(
        addresses,
        { patienceMs: patience.patienceMs === null ? null : Math.max(patienceMs, patience.patienceMs) },
        signal,
      ),
  },
  stop,
});

/** `remarks` gets what would be a warning in the log. Rejects where the network can't be read. */
export function openProbeBench(config: Config, watcher: EchoWatcher, remarks: string[]): Promise<Bench> {
  const log = remarksInto(remarks);
  return openBench({
    config,
    file: () => config.file,
    log,
    atOnce: 1,
    knowledgeOf: async (uplinks) =>
      patient(await openKnowledge(config, uplinks, nothingKept, log, patienceMs)),
    packetsOf: (packets) => watchedPackets(packets, watcher),
  });
}
