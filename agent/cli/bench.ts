// What probes of the command line stand on: network, packets, queue and stages as the agent has them, with nothing published
// or listened to.
import { noNames } from '../asn/names.ts';
import { noNetworks } from '../asn/networks.ts';
import type { Config } from '../config.ts';
import type { FileSettings } from '../config/file.ts';
import type { Knowledge } from '../knowledge.ts';
import type { Log } from '../log.ts';
import { type Network, openNetwork } from '../network.ts';
import type { Packets } from '../packet/index.ts';
import type { Stages } from '../pipeline.ts';
import { builtInEgressServers } from '../probe/egress/servers.ts';
import { createProbeQueue } from '../queue.ts';
import { stagesFor } from '../stages.ts';

export interface BenchParts {
  config: Pick<Config, 'PROBE_RATE' | 'ALLOWED_TARGETS' | 'HOMEASSISTANT_PREFIX'>;
  /** As it is when a probe comes. */
  file: () => FileSettings;
  log: Log;
  /** How many probes go by each uplink at a time. */
  atOnce: number;
  /** What tells whose an address is; without it nobody is asked. */
  knowledgeOf?: (uplinks: Network['uplinks']) => Promise<Knowledge>;
  /** The engine as the probes have it, for who watches. */
  packetsOf?: (packets: Packets) => Packets;
}

export interface Bench {
  stages: Stages;
  /** Why no packet can be sent; null where one can. */
  refusal: Network['refusal'];
  close(): void;
}

const nothingKnown: Knowledge = { names: noNames, networks: noNetworks, stop: () => undefined };

/** Rejects with Failure where the network can't be read. */
export async function openBench(parts: BenchParts): Promise<Bench> {
  const { config, file, log, atOnce, knowledgeOf, packetsOf } = parts;
  // The routes as the kernel has them: failover's own teach the same gateways as those that it may have taken out.
  const network = await openNetwork({
    packetsPerSecond: config.PROBE_RATE,
    uplinks: () => file().uplinks,
    log,
  });
  const { uplinks } = network;
  const knowledge = (await knowledgeOf?.(uplinks)) ?? nothingKnown;
  const stages = stagesFor(
    {
      config,
      log,
      packets: packetsOf?.(network.packets) ?? network.packets,
      queue: createProbeQueue(atOnce),
      uplinks,
      knowledge,
      egressServers: () => file().egress.servers ?? builtInEgressServers,
      bridgeAt: () => null,
      // What was used up stands in the agent's store; who types is there, and may force it anyway.
      budgetRefusal: () => null,
      observe: () => undefined,
    },
    () => undefined,
  );
  return {
    stages,
    refusal: network.refusal,
    close() {
      knowledge.stop();
      network.stop();
    },
  };
}
