// What can happen to an uplink's interface: down, carrier lost, pulled out and plugged in again.
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { defaultRouteCommands, interfaceCommands, relayCommands, relayNode, type Uplink } from './plan.ts';
import { agentNode, ipBatch, run } from './programs.ts';

const linksSchema = z.array(z.object({ operstate: z.string() }));

/** The kernel acts on a change of carrier up to a second late, and drops packets until then. */
export async function untilOperational(uplink: Uplink, wanted: boolean): Promise<void> {
  const deadlineMs = performance.now() + 5000;
  while (performance.now() < deadlineMs) {
    const { stdout } = await run(agentNode, ['ip', '-j', 'link', 'show', 'dev', uplink.interface]);
    const [link] = linksSchema.parse(JSON.parse(stdout));
    if ((link?.operstate === 'UP') === wanted) return;
    await sleep(5);
  }
  throw new Error(`${uplink.interface} did not become ${wanted ? 'operational' : 'inoperative'} within 5 s`);
}

/** A checksum left to hardware that is not there is wrong in the frames the relay reads: TCP and UDP would time out. */
export async function offloadsOff(node: string, device: string): Promise<void> {
  await run(node, ['ethtool', '-K', device, 'tx', 'off', 'rx', 'off']);
}

/** Makes the agent's interface with its address and default route; the relay's end of the cable comes with it. */
export async function plugIn(uplink: Uplink): Promise<void> {
  await ipBatch(agentNode, interfaceCommands(uplink));
  await Promise.all([offloadsOff(agentNode, uplink.interface), ipBatch(relayNode, relayCommands(uplink))]);
  await untilOperational(uplink, true);
  await ipBatch(agentNode, defaultRouteCommands(uplink));
}

export async function pullOut(uplink: Uplink): Promise<void> {
  await ipBatch(agentNode, [`link del ${uplink.interface}`]);
}

export async function setDown(uplink: Uplink): Promise<void> {
  await ipBatch(agentNode, [`link set ${uplink.interface} down`]);
}

/** Also sets the default route again, as a DHCP client does: the kernel drops it with the interface. */
export async function setUp(uplink: Uplink): Promise<void> {
  await ipBatch(agentNode, [`link set ${uplink.interface} up`]);
  await untilOperational(uplink, true);
  await ipBatch(agentNode, defaultRouteCommands(uplink));
}

export async function setCarrier(uplink: Uplink, state: 'on' | 'off'): Promise<void> {
  await ipBatch(relayNode, [`link set ${uplink.name}-in ${state === 'on' ? 'up' : 'down'}`]);
  await untilOperational(uplink, state === 'on');
}

/** A router that drops what is too old without a word, as many do. */
export async function silenceHop(uplink: Uplink, hop: number): Promise<void> {
  const router = uplink.routers[hop - 1];
  if (router === undefined) throw new Error(`${uplink.name} has no router at hop ${hop}`);
  const rules = `table inet silent {
    chain out {
      type filter hook output priority 0;
      icmp type time-exceeded drop;
      icmpv6 type time-exceeded drop;
    }
  }`;
  await run(router, ['nft', '-f', '-'], { input: rules });
}
