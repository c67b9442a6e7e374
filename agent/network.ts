// What the agent stands on: the engine of packets, the network as the kernel has it, and the uplinks in it.
import type { Failure } from '../shared/failure.ts';
import type { Family } from '../shared/ip.ts';
import type { FileSettings } from './config/file.ts';
import type { Log } from './log.ts';
import { type Packets, createPackets } from './packet/index.ts';
import { proveLoopback } from './packet/proof.ts';
import { type Uplinks, createNetworkWatch, createUplinks } from './uplink/index.ts';
import type { NetworkState } from './uplink/network.ts';
import type { Teaching } from './uplink/taught.ts';

export interface Network {
  packets: Packets;
  uplinks: Uplinks;
  /** As last read. */
  current(): NetworkState;
  /** The interface that the kernel's default route leaves by; null without one. */
  leavesBy(family: Family): string | null;
  proof: Awaited<ReturnType<typeof proveLoopback>>;
  /** Why no packet can be sent; null where one can. */
  refusal: () => Failure | null;
  /** Has another told from now on when the network is another. */
  onChanged(told: () => void): void;
  stop(): void;
}

export interface NetworkParts {
  packetsPerSecond: number;
  /** As they are configured. */
  uplinks(): FileSettings['uplinks'];
  log: Log;
  /** What of the kernel's routes is failover's doing; nothing by itself. */
  teaching?: () => Teaching;
}

/** Rejects with Failure where the network can't be read. */
export async function openNetwork(parts: NetworkParts): Promise<Network> {
  const { packetsPerSecond, log } = parts;
  let onChanged = (): void => undefined;
  const packets = createPackets({
    packetsPerSecond,
    onReopened: (interfaceName, why) =>
      log.info({ interface: interfaceName, why }, 'sockets are opened anew'),
  });
  const watch = createNetworkWatch(log, () => onChanged(), parts.teaching);
  const uplinks = createUplinks(watch, parts.uplinks);
  // However the process ends: ip monitor would outlive it until the next change in the network.
  process.once('exit', () => watch.stop());
  await watch.start();
  const proof = await proveLoopback(packets);
  if ('refused' in proof) log.error({}, proof.refused.message);
  return {
    packets,
    uplinks,
    current: watch.current,
    leavesBy: watch.leavesBy,
    proof,
    refusal: () => ('refused' in proof ? proof.refused : null),
    onChanged(told) {
      onChanged = told;
    },
    stop() {
      watch.stop();
      packets.close();
    },
  };
}
