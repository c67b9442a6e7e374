// What the agent stands on: the engine of packets, the network as the kernel has it, and the uplinks in it.
import type { Failure } from '../shared/failure.ts';
import type { Config } from './config.ts';
import type { FileSettings } from './config/file.ts';
import type { Log } from './log.ts';
import { type Packets, createPackets } from './packet/index.ts';
import { proveLoopback } from './packet/proof.ts';
import { type Uplinks, createNetworkWatch, createUplinks } from './uplink/index.ts';

export interface Network {
  packets: Packets;
  uplinks: Uplinks;
  proof: Awaited<ReturnType<typeof proveLoopback>>;
  /** Why no packet can be sent; null where one can. */
  refusal: () => Failure | null;
  stop(): void;
}

/** `onChanged` is told when the network is another. */
export async function openNetwork(
  config: Pick<Config, 'PROBE_RATE'>,
  file: () => FileSettings,
  log: Log,
  onChanged: () => void,
): Promise<Network> {
  const packets = createPackets({
    packetsPerSecond: config.PROBE_RATE,
    onReopened: (interfaceName, why) =>
      log.info({ interface: interfaceName, why }, 'sockets are opened anew'),
  });
  const watch = createNetworkWatch(log, onChanged);
  const uplinks = createUplinks(watch, () => file().uplinks);
  // However the process ends: ip monitor would outlive it until the next change in the network.
  process.once('exit', () => watch.stop());
  await watch.start();
  const proof = await proveLoopback(packets);
  if ('refused' in proof) log.error({}, proof.refused.message);
  return {
    packets,
    uplinks,
    proof,
    refusal: () => ('refused' in proof ? proof.refused : null),
    stop() {
      watch.stop();
      packets.close();
    },
  };
}
