// Resident memory after 1000 probes, half of them asked over HTTP and half over MQTT.
import { startMosquitto } from '../lab/mosquitto.ts';
import { createLab } from '../lab/topology.ts';
import { type AgentOptions, startAgent } from './agent.ts';
import { runJob } from './job.ts';
import { type Row, median, quantile } from './row.ts';

const runs = 3;
const probes = 1000;

async function measure(name: string, options: AgentOptions, via: string): Promise<Row> {
  const startedMb: number[] = [];
  const residentMb: number[] = [];
  const anonymousMb: number[] = [];
  for (let run = 0; run < runs; run++) {
    await using agent = await startAgent(options);
    startedMb.push(agent.memory().residentMb);
    const job = { requests: probes / 2, concurrency: 20, packetBytes: null };
    const request = { target: '1.1.1.1', via, count: 1 };
    for (const door of [agent.http, agent.mqtt]) await runJob({ ...job, door, request });
    const after = agent.memory();
    residentMb.push(after.residentMb);
    anonymousMb.push(after.anonymousMb);
  }
  const say = (values: number[]): string => median(values).toFixed(0);
  return {
    case: `memory, ${name}`,
    figure: `RSS after ${probes} probes, median`,
    unit: 'MB',
    ours: median(residentMb),
    against: null,
    bar: { most: 100, of: 'ours' },
    n: runs,
    note:
      `largest ${quantile(residentMb, 1).toFixed(0)} MB; ${say(startedMb)} MB after the start; ` +
      `${say(anonymousMb)} MB its own, the rest files such as node itself`,
  };
}

export async function memory(): Promise<Row[]> {
  await using lab = await createLab();
  const via = lab.uplinks.lte.name;
  await using mosquitto = await startMosquitto({ config: ['set_tcp_nodelay true'] });
  return [
    await measure('embedded broker', {}, via),
    await measure('embedded broker, node without options', { nodeOptions: [] }, via),
    await measure('mosquitto', { mqttUrl: mosquitto.url }, via),
  ];
}
