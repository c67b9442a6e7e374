// What the agent adds to the round trip: from request to result at the asker, less the RTT in that result, with 20
// requests under way, over each door.
import { startMosquitto } from '../lab/mosquitto.ts';
import { createLab } from '../lab/topology.ts';
import { type Agent, startAgent } from './agent.ts';
import { type Door, type Sample, runJob } from './job.ts';
import { type Row, median, quantile } from './row.ts';

// The figure is the median of those of the blocks: a moment in which the machine is busy otherwise decides nothing.
const blocks = 5;
const requestsInBlock = 200;
// Not counted: an agent runs for months, and this one has only begun to compile its code. What it is like until then is
// told of the first of them.
const warmUpRequests = 1500;
const coldRequests = 60;
const concurrency = 20;

const addedMs = ({ tookMs, rttsMs }: Sample): number => tookMs - (rttsMs[0] ?? NaN);

async function measure(name: string, agent: Agent, door: Door, via: string): Promise<Row[]> {
  const job = { door, concurrency, packetBytes: null, request: { target: '1.1.1.1', via, count: 1 } };
  const cpuMs = agent.cpuMs();
  const requests = warmUpRequests + blocks * requestsInBlock;
  const all = (await runJob({ ...job, requests })).map(addedMs);
  const cold = all.slice(0, coldRequests);
  const measured = Array.from({ length: blocks }, (_, index) => {
    const from = warmUpRequests + index * requestsInBlock;
    return all.slice(from, from + requestsInBlock);
  });
  const cpuPerRequestMs = (agent.cpuMs() - cpuMs) / all.length;
  const bars = [
    [0.5, 5],
    [0.99, 25],
  ] as const;
  return bars.map(([part, mostMs]) => ({
    case: `latency, ${name}`,
    figure: `request to result less RTT, p${part * 100}`,
    unit: 'ms',
    ours: median(measured.map((block) => quantile(block, part))),
    against: null,
    bar: { most: mostMs, of: 'ours' },
    n: measured.flat().length,
    note:
      `${quantile(cold, part).toFixed(1)} ms in an agent's first ${coldRequests}` +
      (part === 0.5 ? `; ${cpuPerRequestMs.toFixed(2)} ms of its processor time each` : ''),
  }));
}

export async function latency(): Promise<Row[]> {
  await using lab = await createLab();
  const via = lab.uplinks.lte.name;
  const rows: Row[] = [];
  {
    await using agent = await startAgent();
    rows.push(...(await measure('HTTP', agent, agent.http, via)));
  }
  {
    await using agent = await startAgent();
    rows.push(...(await measure('MQTT, embedded broker', agent, agent.mqtt, via)));
  }
  const flavours = [
    ['mosquitto', ['set_tcp_nodelay true'], true],
    ['mosquitto as Debian sets it', [], false],
  ] as const;
  for (const [name, config, judged] of flavours) {
    await using mosquitto = await startMosquitto({ config });
    await using agent = await startAgent({ mqttUrl: mosquitto.url });
    const measured = await measure(`MQTT, ${name}`, agent, agent.mqtt, via);
    rows.push(...(judged ? measured : measured.map((row) => ({ ...row, bar: null }))));
  }
  return rows;
}
