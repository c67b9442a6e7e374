// Where traces are compared: the lab with an agent, and addresses enough for each trace to meet one for the first time.
import { startCapture } from '../lab/capture.ts';
import { hostNode } from '../lab/plan.ts';
import { agentNode, ipBatch } from '../lab/programs.ts';
import { type LabOptions, createLab, hostAddresses } from '../lab/topology.ts';
import { startAgent } from './agent.ts';
import { type Tracers, createTracers } from './tracers.ts';

// Two networks of addresses: the internet host answers to the one, and drops what is for the other.
const answering = '9.9.9';
const silent = '9.9.8';

/** Addresses nobody has traced yet, one after another: the agent remembers the paths it knows. */
export function* freshAddresses(kind: 'answering' | 'silent' = 'answering'): Generator<string, never> {
  for (let number = 1; number < 255; number++) {
    yield `${kind === 'answering' ? answering : silent}.${number}`;
  }
  throw new Error('no addresses are left that nobody has traced');
}

/** With routes to all targets by lte, for tools that can't be bound, and no reverse names, as the others' -n. */
export async function withTracers<T>(
  options: LabOptions,
  work: (tracers: Tracers) => Promise<T>,
): Promise<T> {
  await using lab = await createLab(options);
  const { lte } = lab.uplinks;
  await ipBatch(hostNode, [`route add local ${answering}.0/24 dev lo`, `route add blackhole ${silent}.0/24`]);
  const targets = [`${answering}.0/24`, `${silent}.0/24`, `${hostAddresses[1]}/32`];
  await ipBatch(
    agentNode,
    targets.map((target) => `route add ${target} via ${lte.gateway} dev ${lte.interface}`),
  );
  await using agent = await startAgent({ env: { HOP_NAMES: 'false' } });
  return await work(createTracers(agent.http, lte));
}

const icmp = 1;
const echoRequest = 8;

/** Whether this is an ICMP echo request over IPv4. */
export function isEchoRequest(bytes: Buffer): boolean {
  const headerBytes = ((bytes[0] ?? 0) & 15) * 4;
  return bytes[9] === icmp && bytes[headerBytes] === echoRequest;
}

/** How many leave by lte while `work` runs. */
export async function echoRequestsDuring(work: () => Promise<unknown>): Promise<number> {
  const capture = await startCapture('eth1');
  await work();
  const packets = await capture.stop();
  return packets.filter(({ outgoing, bytes }) => outgoing && isEchoRequest(bytes)).length;
}
