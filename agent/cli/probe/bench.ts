// What one probe stands on: the network and the stages as the agent has them, with nothing kept, published or listened to.
import type { KeepsState, StorePart } from '../../../shared/store.ts';
import type { Config } from '../../config.ts';
import { type Knowledge, openKnowledge } from '../../knowledge.ts';
import type { Log } from '../../log.ts';
import { openNetwork } from '../../network.ts';
import type { Stages } from '../../pipeline.ts';
import { builtInEgressServers } from '../../probe/egress/servers.ts';
import { createProbeQueue } from '../../queue.ts';
import { stagesFor } from '../../stages.ts';
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

export interface Bench {
  stages: Stages;
  close(): void;
}

/** `remarks` gets what would be a warning in the log. Rejects where the network can't be read. */
export async function openBench(config: Config, watcher: EchoWatcher, remarks: string[]): Promise<Bench> {
  const log = remarksInto(remarks);
  const { file } = config;
  const network = await openNetwork({
    packetsPerSecond: config.PROBE_RATE,
    uplinks: () => file.uplinks,
    log,
    // As the kernel has it: failover's own routes teach the same gateways as those that it may have taken out.
    teaching: () => ({ ownProtocol: null, captured: [] }),
  });
  const { uplinks } = network;
  const knowledge = patient(await openKnowledge(config, uplinks, nothingKept, log, patienceMs));
  const stages = stagesFor(
    {
      config,
      log,
      packets: watchedPackets(network.packets, watcher),
      queue: createProbeQueue(1),
      uplinks,
      knowledge,
      egressServers: () => file.egress.servers ?? builtInEgressServers,
      bridgeAt: () => null,
      // What was used up stands in the agent's store; who types is there, and may force it anyway.
      budgetRefusal: () => null,
      observe: () => undefined,
    },
    () => undefined,
  );
  return {
    stages,
    close() {
      knowledge.stop();
      network.stop();
    },
  };
}
