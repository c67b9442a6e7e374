// An agent that fails over in the lab: what it tells over MQTT, what stands in the kernel, and faults behind a gateway.
import mqtt, { type MqttClient } from 'mqtt';
import * as z from 'zod';
import { Event } from '../../../shared/event.ts';
import { FailoverState } from '../../../shared/failover.ts';
import { UplinkState } from '../../../shared/uplink.ts';
import { type Agent, type AgentOptions, startAgent } from '../agent.ts';
import { agentNode, run } from '../programs.ts';
import type { Lab, UplinkName } from '../topology.ts';

/** Quick to judge, and to come back: the defaults hold a failback for a minute. */
export const quick = {
  uplink: 'targets: [1.1.1.1, 8.8.8.8], up: 2',
  failover: 'failbackDelay: 1s, minDwell: 1s, startupHold: 3s',
} as const;

export const configOf = (mode: string, more = '', failover: string = quick.failover): string =>
  [
    'uplinks:',
    `  fibre: { interface: eth0, priority: 10, ${quick.uplink} }`,
    `  lte: { interface: eth1, priority: 20, standbyInterval: 1s, ${quick.uplink} }`,
    `failover: { mode: ${mode}, ${failover} }`,
    more,
  ].join('\n');

const RouteRows = z.array(
  z.looseObject({
    dst: z.string(),
    dev: z.string().optional(),
    gateway: z.string().optional(),
    metric: z.number().default(0),
    protocol: z.string().optional(),
  }),
);
export type RouteRow = z.output<typeof RouteRows>[number];

/** The main table's default routes, best first. */
export async function defaults(family: 4 | 6 = 4): Promise<RouteRow[]> {
  const { stdout } = await run(agentNode, ['ip', '-json', `-${family}`, 'route', 'show', 'default']);
  return RouteRows.parse(JSON.parse(stdout || '[]')).toSorted((a, b) => a.metric - b.metric);
}

/** By which interface the kernel sends to an address; null where it has no route. */
export async function interfaceTo(address = '1.1.1.1'): Promise<string | null> {
  const { stdout } = await run(agentNode, ['ip', '-json', 'route', 'get', address]).catch(() => ({
    stdout: '[]',
  }));
  return z.array(z.looseObject({ dev: z.string() })).parse(JSON.parse(stdout))[0]?.dev ?? null;
}

/** All that bears the protocol in any table, as text; empty where nothing does. `ip rule show` can't choose by it. */
export async function ours(protocol = '136'): Promise<string> {
  const lines = (await everything()).split('\n');
  return lines.filter((line) => ` ${line} `.includes(` proto ${protocol} `)).join('\n');
}

/** The whole of the routes and rules, to be compared. */
export async function everything(): Promise<string> {
  const show = (...words: string[]) => run(agentNode, ['ip', ...words]).then(({ stdout }) => stdout);
  const texts = await Promise.all([
    show('-4', 'route', 'show', 'table', 'all'),
    show('-6', 'route', 'show', 'table', 'all'),
    show('-4', 'rule', 'show'),
    show('-6', 'rule', 'show'),
  ]);
  return texts.join('');
}

/** A line that dies, or comes back, behind its gateway: that answers as ever, and drops what it should pass on. */
export async function behindGateway(lab: Lab, name: UplinkName, state: 'dead' | 'alive'): Promise<void> {
  const router = lab.uplinks[name].routers[0] ?? '';
  const value = state === 'dead' ? 0 : 1;
  await lab.exec(router, ['sysctl', '-q', '-w', `net.ipv4.conf.all.forwarding=${value}`]);
  if (state === 'alive') return;
  // What is told of by the router would be no silence.
  const rules = `table ip quiet {
    chain out {
      type filter hook output priority 0;
      icmp type destination-unreachable drop;
    }
  }`;
  await run(router, ['nft', '-f', '-'], { input: rules });
}

export class Told implements AsyncDisposable {
  readonly events: Event[] = [];
  readonly states: FailoverState[] = [];
  readonly results: string[] = [];
  private readonly heard = new Set<string>();
  private readonly uplinks = new Map<string, UplinkState>();

  constructor(readonly client: MqttClient) {
    client.on('message', (topic, payload, { retain }) => {
      // What was kept may come after what is newer than it.
      if (retain && this.heard.has(topic)) return;
      this.heard.add(topic);
      this.hear(topic, payload.toString());
    });
  }

  private hear(topic: string, text: string): void {
    if (topic.endsWith('/event')) this.events.push(Event.parse(JSON.parse(text)));
    if (topic.endsWith('/failover/state') && text !== '') {
      this.states.push(FailoverState.parse(JSON.parse(text)));
    }
    if (topic.endsWith('/failover/result')) this.results.push(text);
    const uplink = /\/uplink\/([^/]+)\/state$/.exec(topic)?.[1];
    if (uplink !== undefined && text !== '') this.uplinks.set(uplink, UplinkState.parse(JSON.parse(text)));
  }

  state = (): FailoverState | undefined => this.states.at(-1);
  uplink = (name: string): UplinkState | undefined => this.uplinks.get(name);
  kinds = (): string[] => this.events.map(({ kind }) => kind);
  event = (kind: string): Event | undefined => this.events.findLast((event) => event.kind === kind);

  async command(payload: string, options: { retain?: boolean } = {}): Promise<void> {
    await this.client.publishAsync('pathproof/pi/failover/set', payload, { qos: 1, ...options });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.client.endAsync();
  }
}

/** Hears all that the agent's own broker is told. */
export async function listen(agent: Agent): Promise<Told> {
  const client = await mqtt.connectAsync(`mqtt://127.0.0.1:${agent.brokerPort()}`);
  const told = new Told(client);
  await client.subscribeAsync('pathproof/#', { qos: 1 });
  return told;
}

export interface Running extends AsyncDisposable {
  agent: Agent;
  told: Told;
}

export async function startFailover(options: AgentOptions): Promise<Running> {
  const agent = await startAgent(options);
  const told = await listen(agent);
  return {
    agent,
    told,
    async [Symbol.asyncDispose]() {
      await told[Symbol.asyncDispose]();
      await agent[Symbol.asyncDispose]();
    },
  };
}
