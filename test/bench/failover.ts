// Failover in the lab, in overlay mode: how long the default route stays with a line that broke, what a voluntary switch
// costs others' packets, and what watching costs.
import { setTimeout as sleep } from 'node:timers/promises';
import { type MqttClient, connectAsync } from 'mqtt';
import { FailoverState } from '../../shared/failover.ts';
import { LineProcess, agentNode, ipBatch, run } from '../lab/programs.ts';
import { type Lab, type UplinkName, createLab } from '../lab/topology.ts';
import { type Agent, startAgent } from './agent.ts';
import { agentName } from './job.ts';
import { type Row, median, quantile } from './row.ts';

const targets = '[1.1.1.1, 8.8.8.8]';
const config = [
  'uplinks:',
  `  fibre: { interface: eth0, priority: 10, targets: ${targets}, up: 2 }`,
  `  lte: { interface: eth1, priority: 20, targets: ${targets}, up: 2 }`,
  'failover: { mode: overlay, failbackDelay: 1s, minDwell: 1s, startupHold: 3s, flap: { penalty: 0 } }',
].join('\n');
const patienceMs = 30_000;

/** When the kernel told of each default route of failover's, by interface. */
class Defaults implements AsyncDisposable {
  private readonly process: LineProcess;
  private readonly seen: { device: string; atMs: number }[] = [];

  constructor() {
    this.process = new LineProcess(agentNode, ['ip', '-o', 'monitor', 'route'], (line) => {
      const device = /^default .*dev (\S+).*proto 136/.exec(line)?.[1];
      if (device !== undefined && !line.includes('table'))
        this.seen.push({ device, atMs: performance.now() });
    });
  }

  /** How long after a moment the first one by an interface stood. */
  async after(sinceMs: number, device: string): Promise<number> {
    for (;;) {
      const found = this.seen.find((one) => one.device === device && one.atMs >= sinceMs);
      if (found !== undefined) return found.atMs - sinceMs;
      if (performance.now() - sinceMs > patienceMs) throw new Error(`no default route by ${device}`);
      await sleep(2);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.process.child.kill();
    await this.process.ended;
  }
}

/** A shell that is kept in a router, so that no start of a process is in a time. */
class Gateway implements AsyncDisposable {
  private readonly process: LineProcess;
  private answered: () => void = () => undefined;

  constructor(node: string) {
    const loop =
      'while read -r value; do echo "$value" > /proc/sys/net/ipv4/conf/all/forwarding; echo done; done';
    this.process = new LineProcess(node, ['sh', '-c', loop], () => this.answered());
  }

  /** What comes after it is cut off without a word, or there again. Resolves with the moment. */
  async pass(on: boolean): Promise<number> {
    const done = new Promise<void>((resolve) => (this.answered = resolve));
    this.process.write(on ? '1' : '0');
    await this.process.expect(done);
    return performance.now();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.process.close();
  }
}

interface Bench extends AsyncDisposable {
  lab: Lab;
  agent: Agent;
  client: MqttClient;
  state(): FailoverState | null;
  until(what: string, holds: (state: FailoverState) => boolean): Promise<void>;
}

async function openBench(text = config): Promise<Bench> {
  const lab = await createLab();
  const agent = await startAgent({ config: text });
  const client = await connectAsync('mqtt://127.0.0.1:1883');
  let state: FailoverState | null = null;
  client.on('message', (_topic, payload) => {
    state = FailoverState.parse(JSON.parse(payload.toString()));
  });
  await client.subscribeAsync('pathproof/+/failover/state', { qos: 1 });
  return {
    lab,
    agent,
    client,
    state: () => state,
    async until(what, holds) {
      const endMs = performance.now() + patienceMs;
      while (state === null || !holds(state)) {
        if (performance.now() > endMs) throw new Error(`not ${what}: ${JSON.stringify(state)}`);
        await sleep(5);
      }
    },
    async [Symbol.asyncDispose]() {
      await client.endAsync();
      await agent[Symbol.asyncDispose]();
      await lab.stop();
    },
  };
}

const isSettled = ({ active, uplinks }: FailoverState): boolean =>
  active === 'fibre' && Object.values(uplinks).every(({ health }) => health === 'up');

const row = (figure: string, ours: number, most: number, n: number, note: string): Row => ({
  ...{ case: 'failover', figure, unit: 's', ours, against: null },
  ...{ bar: { most, of: 'ours' }, n, note },
});
const slowest = (figure: string, times: readonly number[], mostS: number, note: string): Row =>
  row(
    `${figure}, slowest`,
    quantile(times, 1) / 1000,
    mostS,
    times.length,
    `median ${median(times).toFixed(0)} ms; ${note}`,
  );

async function carrierLost(bench: Bench, defaults: Defaults): Promise<Row> {
  const times: number[] = [];
  for (let turn = 0; turn < 10; turn += 1) {
    await bench.until('settled', isSettled);
    await sleep(turn * 97);
    const sinceMs = performance.now();
    await bench.lab.carrier('fibre', 'off');
    times.push(await defaults.after(sinceMs, 'eth1'));
    await bench.until('on lte', ({ active }) => active === 'lte');
    await bench.lab.carrier('fibre', 'on');
  }
  return slowest('carrier lost to new default', times, 0.3, 'from before the command that takes it');
}

async function silentDeath(bench: Bench, defaults: Defaults, gateway: Gateway): Promise<Row> {
  const times: number[] = [];
  for (let turn = 0; turn < 20; turn += 1) {
    await bench.until('settled', isSettled);
    await sleep(turn * 53);
    const sinceMs = await gateway.pass(false);
    times.push(await defaults.after(sinceMs, 'eth1'));
    await bench.until('on lte', ({ active }) => active === 'lte');
    await gateway.pass(true);
  }
  return slowest(
    'silent death behind the gateway to new default',
    times,
    1.5,
    'interval 1 s, 20 phases of it',
  );
}

async function oneReturns(
  bench: Bench,
  defaults: Defaults,
  gateways: Record<UplinkName, Gateway>,
): Promise<Row> {
  const times: number[] = [];
  for (let turn = 0; turn < 8; turn += 1) {
    await bench.until('settled', isSettled);
    await Promise.all([gateways.fibre.pass(false), gateways.lte.pass(false)]);
    await bench.until('all down', ({ uplinks }) =>
      Object.values(uplinks).every(({ health }) => health === 'down'),
    );
    await sleep(turn * 131);
    const away = bench.state()?.active === 'lte' ? 'fibre' : 'lte';
    const sinceMs = await gateways[away].pass(true);
    times.push(await defaults.after(sinceMs, bench.lab.uplinks[away].interface));
    await bench.until(`on ${away}`, ({ active }) => active === away);
    await gateways[away === 'lte' ? 'fibre' : 'lte'].pass(true);
  }
  return slowest('both down, one returns, to its default', times, 1.5, 'the one that did not have it');
}

async function voluntary(bench: Bench): Promise<Row> {
  await bench.until('settled', isSettled);
  const pings = run(agentNode, ['ping', '-n', '-q', '-i', '0.002', '-c', '2000', '-W', '1', '1.1.1.1'], {
    timeoutMs: 60_000,
  });
  let switches = 0;
  for (let turn = 0; turn < 20; turn += 1) {
    const uplink = turn % 2 === 0 ? 'lte' : 'fibre';
    await bench.client.publishAsync(`pathproof/${agentName}/failover/set`, uplink, { qos: 1 });
    await bench.until(`on ${uplink}`, ({ active }) => active === uplink);
    switches += 1;
    await sleep(100);
  }
  const { stdout } = await pings;
  const [, sent = 0, received = 0] = (/(\d+) packets transmitted, (\d+) received/.exec(stdout) ?? []).map(
    Number,
  );
  await bench.client.publishAsync(`pathproof/${agentName}/failover/set`, 'auto', { qos: 1 });
  const note = `${switches} switches by command in that time, ${sent} echoes 2 ms apart`;
  return {
    ...{
      case: 'failover',
      figure: 'voluntary switches, packets lost',
      unit: 'packets',
      ours: sent - received,
    },
    ...{ against: null, bar: { most: 0, of: 'ours' }, n: sent, note },
  };
}

const extraNode = (index: number): string => `wan${index}-net`;

/** A further uplink: its gateway is the target too. */
async function addUplink(index: number): Promise<void> {
  const net = `10.9.${index}`;
  await run(agentNode, ['ip', 'netns', 'add', extraNode(index)]);
  await ipBatch(agentNode, [
    `link add wan${index} type veth peer name up netns ${extraNode(index)}`,
    `addr add ${net}.2/24 dev wan${index}`,
    `link set wan${index} up`,
  ]);
  const far = ['link set lo up', 'addr add 1.1.1.1/32 dev lo', 'addr add 8.8.8.8/32 dev lo'];
  await ipBatch(extraNode(index), [...far, `addr add ${net}.1/24 dev up`, 'link set dev up up']);
  await ipBatch(agentNode, [`route add default via ${net}.1 dev wan${index} metric ${300 + index}`]);
}

const idleMs = 60_000;

async function idle(): Promise<Row> {
  const common = `targets: ${targets}, standbyInterval: 1s`;
  const interfaces = ['eth0', 'eth1', 'wan2', 'wan3'];
  const uplinks = interfaces.map(
    (device, index) => `  line-${index}: { interface: ${device}, priority: ${index}, ${common} }`,
  );
  const extra = [2, 3];
  await using bench = await openBench(
    ['uplinks:', ...uplinks, 'failover: { mode: overlay, startupHold: 3s }'].join('\n'),
  );
  try {
    await Promise.all(extra.map(addUplink));
    await bench.until('all up', (state) =>
      Object.values(state.uplinks).every(({ health }) => health === 'up'),
    );
    await sleep(idleMs);
    const [beganMs, beganCpuMs] = [performance.now(), bench.agent.cpuMs(true)];
    await sleep(idleMs);
    const usedMs = bench.agent.cpuMs(true) - beganCpuMs;
    const part = (usedMs / (performance.now() - beganMs)) * 100;
    const note = `8 echoes a second, programs that it starts included; over ${idleMs / 1000} s after as many of warming up`;
    return {
      ...{ case: 'failover', figure: 'watching 4 uplinks at 1 s, of one core', unit: '%', ours: part },
      ...{ against: null, bar: { most: 2, of: 'ours' }, n: 1, note },
    };
  } finally {
    for (const index of extra) await run(agentNode, ['ip', 'netns', 'del', extraNode(index)]);
  }
}

export async function failover(): Promise<Row[]> {
  const rows: Row[] = [];
  {
    await using bench = await openBench();
    await using defaults = new Defaults();
    await using fibre = new Gateway(bench.lab.uplinks.fibre.routers[0] ?? '');
    await using lte = new Gateway(bench.lab.uplinks.lte.routers[0] ?? '');
    rows.push(await carrierLost(bench, defaults));
    rows.push(await silentDeath(bench, defaults, fibre));
    rows.push(await oneReturns(bench, defaults, { fibre, lte }));
    rows.push(await voluntary(bench));
  }
  rows.push(await idle());
  return rows;
}
