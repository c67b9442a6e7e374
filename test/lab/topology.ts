// The lab: an agent with two uplinks of different length and delay, their routers, and an internet host on both.
//
//                       relay: no IP;
//                  delays, drops, duplicates
//                   ┌───────────────────────┐
//  agent            │                       │
//  eth0 ────────────┼─ fibre-in   fibre-out ┼── fibre-router ── isp ────────────────────────┐ internet
//  192.168.0.10/24  │     1 ms each way     │   192.168.0.1     203.0.113.1                 │ 1.1.1.1, 8.8.8.8
//  metric 100       │                       │                                               │ 192.0.2.1 silent
//  eth1 ────────────┼─ lte-in       lte-out ┼── ap ──────────── carrier ───── core ─────────┘ 192.0.2.2 unreachable
//  192.168.2.10/24  │    10 ms each way     │   192.168.2.1     100.64.0.1    198.51.100.1    192.0.2.3 prohibited
//  metric 200       └───────────────────────┘
//
// With `ipv6` an uplink also has fd00:1::/64 or fd00:2::/64 (the agent ::10, the gateway ::1), routers fd00:1:0:1::1 and
// on behind it, and leads to 2001:db8::1; 2001:db8:0:1::1, ::2 and ::3 are silent, unreachable and prohibited.
//
// The agent's namespace is the one the tests run in (test/run.mjs makes it); the others are named as above. With more
// hops, routers isp-2 (203.0.113.2) … and core-2 (198.51.100.2) … follow. Routers send back by plain routes; with `nat` the gateway
// translates the agent's address into 203.0.113.200 (fibre) or 198.51.100.200 (lte), IPv4 only.
import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import * as faults from './uplink-faults.ts';
import { buildNat, setNat } from './nat.ts';
import * as plan from './plan.ts';
import * as plan6 from './plan6.ts';
import { endProcessesIn, namespacePath } from './processes.ts';
import { agentNode, ipBatch, run, wordsFor, type Output, type RunOptions } from './programs.ts';
import { Relay } from './relay.ts';

export { hostAddresses, prohibitedAddress, silentAddress, unreachableAddress } from './plan.ts';
export { hostAddress6, prohibitedAddress6, silentAddress6, unreachableAddress6 } from './plan6.ts';
export type { Uplink, UplinkName, UplinkOptions } from './plan.ts';

export interface LabOptions {
  fibre?: plan.UplinkOptions;
  lte?: plan.UplinkOptions;
  /** `kernel` keeps the limits routers have by default: a burst of 6 errors to each address, then one a second. */
  icmpRateLimits?: 'off' | 'kernel';
}

type ByUplink<T> = Readonly<Record<plan.UplinkName, T>>;

export class Lab implements AsyncDisposable {
  readonly uplinks: ByUplink<plan.Uplink>;
  readonly relay: ByUplink<Relay>;
  private readonly nodes: readonly string[];
  private readonly children = new Set<ChildProcessWithoutNullStreams>();
  private stopping: Promise<void> | undefined;

  constructor(uplinks: ByUplink<plan.Uplink>, relay: ByUplink<Relay>) {
    this.uplinks = uplinks;
    this.relay = relay;
    this.nodes = nodesOf(uplinks);
  }

  /** Runs a program in a node's namespace (`agent`, `internet`, a router's name) to its end. */
  async exec(node: string, argv: readonly string[], options?: RunOptions): Promise<Output> {
    return run(node, argv, options);
  }

  /** Starts a program that stop() ends. */
  spawn(node: string, argv: readonly string[]): ChildProcessWithoutNullStreams {
    const { file, args } = wordsFor(node, argv);
    const child = spawn(file, args, { stdio: 'pipe' });
    this.children.add(child);
    child.once('close', () => this.children.delete(child));
    return child;
  }

  async linkDown(name: plan.UplinkName): Promise<void> {
    await faults.setDown(this.uplinks[name]);
  }

  async linkUp(name: plan.UplinkName): Promise<void> {
    await faults.setUp(this.uplinks[name]);
  }

  async carrier(name: plan.UplinkName, state: 'on' | 'off'): Promise<void> {
    await faults.setCarrier(this.uplinks[name], state);
  }

  async removeInterface(name: plan.UplinkName): Promise<void> {
    await faults.pullOut(this.uplinks[name]);
  }

  /** The interface comes back under its name with a new index, as a stick plugged in again does. */
  async restoreInterface(name: plan.UplinkName): Promise<void> {
    await faults.plugIn(this.uplinks[name]);
    await this.relay[name].reopen();
  }

  /** Turns off, or on again, the translation that the uplink was made with; flows under way keep what they have. */
  async nat(name: plan.UplinkName, state: 'on' | 'off'): Promise<void> {
    await setNat(this.uplinks[name], state);
  }

  async silenceHop(name: plan.UplinkName, hop: number): Promise<void> {
    await faults.silenceHop(this.uplinks[name], hop);
  }

  /** Ends all that runs in it and takes it down; a second call waits for the same. */
  async stop(): Promise<void> {
    await (this.stopping ??= this.takeDown());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  private async takeDown(): Promise<void> {
    for (const child of this.children) child.kill('SIGKILL');
    await Promise.all(Object.values(this.relay).map((relay) => relay.stop()));
    await Promise.all(this.nodes.map((node) => endProcessesIn(namespacePath(node))));
    await removeNodes(this.nodes, Object.values(this.uplinks));
  }
}

function nodesOf(uplinks: ByUplink<plan.Uplink>): string[] {
  return [plan.relayNode, plan.hostNode, ...uplinks.fibre.routers, ...uplinks.lte.routers];
}

/** Interfaces first: those of a deleted namespace vanish only some time later. */
async function removeNodes(nodes: readonly string[], uplinks: readonly plan.Uplink[]): Promise<void> {
  const links = uplinks.map((uplink) => `link del ${uplink.interface}`);
  const namespaces = nodes
    .filter((node) => existsSync(namespacePath(node)))
    .map((node) => `netns del ${node}`);
  await ipBatch(agentNode, [...links, ...namespaces], true).catch((error: unknown) => {
    // a test may have taken an interface out, which is the only failure to be expected
    if (!String(error).includes('Cannot find device')) throw error;
  });
}

/** No link-local addresses but those of the plan, and routers that may send any number of errors. */
function ipv6Settings(uplinks: readonly plan.Uplink[]): string[] {
  if (uplinks.every(({ ipv6 }) => ipv6 === null)) return ['net.ipv6.conf.all.disable_ipv6=1'];
  return [
    'net.ipv6.conf.default.addr_gen_mode=1',
    'net.ipv6.conf.all.forwarding=1',
    'net.ipv6.conf.default.forwarding=1',
    'net.ipv6.icmp.ratelimit=0',
  ];
}

async function buildNodes(
  uplinks: readonly plan.Uplink[],
  nodes: readonly string[],
  limits: 'off' | 'kernel',
) {
  await ipBatch(
    agentNode,
    nodes.map((node) => `netns add ${node}`),
  );
  const settings = ['all.rp_filter=0', 'default.rp_filter=0', 'all.forwarding=1', 'default.forwarding=1'];
  // An empty mask exempts all ICMP types from the limit for each address and from the one for the whole kernel.
  const icmp = limits === 'off' ? ['net.ipv4.icmp_ratemask=0'] : [];
  const sysctl = ['sysctl', '-q', '-w', ...settings.map((setting) => `net.ipv4.conf.${setting}`), ...icmp];
  await run(agentNode, ['ip', '-all', 'netns', 'exec', ...sysctl, ...ipv6Settings(uplinks)]);
  await ipBatch(
    agentNode,
    uplinks.flatMap((uplink) => plan.cableCommands(uplink)),
  );
  await Promise.all([
    ipBatch(plan.hostNode, [...plan.hostCommands(uplinks), ...plan6.host6Commands(uplinks)]),
    ...uplinks.flatMap((uplink) => [
      ...uplink.routers.map((router, index) =>
        ipBatch(router, [...plan.routerCommands(uplink, index), ...plan6.router6Commands(uplink, index)]),
      ),
      ...uplink.routers.slice(0, 1).map((router) => faults.offloadsOff(router, 'down')),
      faults.plugIn(uplink),
    ]),
  ]);
  await Promise.all(uplinks.map((uplink) => buildNat(uplink, plan.hostNode)));
}

/** Every neighbour on the way is resolved once, so that a first round trip is as long as the next. */
async function warmUp(uplink: plan.Uplink): Promise<void> {
  const ping = ['ping', '-n', '-q', '-c', '1', '-w', '5'];
  const gateways = [uplink.gateway, ...(uplink.ipv6 === null ? [] : [uplink.ipv6.gateway])];
  await Promise.all(
    gateways.flatMap((gateway) => [
      run(agentNode, [...ping, '-I', uplink.interface, gateway]),
      run(plan.hostNode, [...ping, gateway]),
    ]),
  );
}

export async function createLab(options: LabOptions = {}): Promise<Lab> {
  if (process.env['PATHPROOF_LAB'] !== '1')
    throw new Error('the lab runs in its own namespaces only: npm test');
  if (existsSync(namespacePath(plan.relayNode))) throw new Error('a lab is running already: stop() it first');
  const uplinks = {
    fibre: plan.planUplink('fibre', options.fibre),
    lte: plan.planUplink('lte', options.lte),
  };
  const both = [uplinks.fibre, uplinks.lte];
  // Debian's systemd sets loose reverse path filtering, which is what an agent will meet.
  for (const scope of ['all', 'default']) writeFileSync(`/proc/sys/net/ipv4/conf/${scope}/rp_filter`, '2');
  try {
    await buildNodes(both, nodesOf(uplinks), options.icmpRateLimits ?? 'off');
  } catch (error) {
    await removeNodes(nodesOf(uplinks), both);
    throw error;
  }
  const relayOf = ({ name }: plan.Uplink) => new Relay(plan.relayNode, `${name}-in`, `${name}-out`);
  const lab = new Lab(uplinks, { fibre: relayOf(uplinks.fibre), lte: relayOf(uplinks.lte) });
  try {
    await Promise.all(
      both.map(async (uplink) => {
        const relay = lab.relay[uplink.name];
        await relay.ready();
        await relay.set({ delayMs: uplink.line.delayMs });
        await warmUp(uplink);
        await relay.set(uplink.line);
        for (const hop of uplink.silentHops) await lab.silenceHop(uplink.name, hop);
      }),
    );
    return lab;
  } catch (error) {
    await lab.stop();
    throw error;
  }
}
