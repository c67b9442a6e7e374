// What the agent adds to the round trip: from request to result at the asker, less the RTT in that result, with 20
// requests under way, over each door.
import { startMosquitto } from '../lab/mosquitto.ts';
import { createLab } from '../lab/topology.ts';
import { startAgent } from './agent.ts';
import { type Door, type Sample, runJob } from './job.ts';
import { type Row, quantile } from './row.ts';

const requests = 600;
// Not counted: asker and agent are fresh processes, and their code has yet to be compiled.
const warmUpRequests = 300;
const coldRequests = 60;
const concurrency = 20;

const addedMs = ({ tookMs, rttsMs }: Sample): number => tookMs - (rttsMs[0] ?? NaN);

async function measure(name: string, door: Door, via: string): Promise<Row[]> {
  const job = { door, concurrency, packetBytes: null, request: { target: '1.1.1.1', via, count: 1 } };
  const all = (await runJob({ ...job, requests: warmUpRequests + requests })).map(addedMs);
  const cold = all.slice(0, coldRequests);
  const added = all.slice(warmUpRequests);
  const bars = [
    [0.5, 5],
    [0.99, 25],
  ] as const;
  return bars.map(([part, mostMs]) => ({
    case: `latency, ${name}`,
    figure: `request to result less RTT, p${part * 100}`,
    unit: 'ms',
    ours: quantile(added, part),
    against: null,
    bar: { most: mostMs, of: 'ours' },
    n: added.length,
    note: `${quantile(cold, part).toFixed(1)} ms in an agent's first ${coldRequests}`,
  }));
}

export async function latency(): Promise<Row[]> {
  await using lab = await createLab();
  const via = lab.uplinks.lte.name;
  const rows: Row[] = [];
  {
    await using agent = await startAgent();
    rows.push(...(await measure('HTTP', agent.http, via)));
  }
  {
    await using agent = await startAgent();
    rows.push(...(await measure('MQTT, embedded broker', agent.mqtt, via)));
  }
  await using mosquitto = await startMosquitto({ config: ['set_tcp_nodelay true'] });
  await using agent = await startAgent({ mqttUrl: mosquitto.url });
  rows.push(...(await measure('MQTT, mosquitto', agent.mqtt, via)));
  return rows;
}
