// The asker, in a process of its own so that its work is not the agent's: a fixed number of requests under way at a
// time, over HTTP or MQTT. Takes one job from its parent, and sends back a sample for each request. Answers are read
// only when all are there: what is measured is the agent, not its client.
import { randomUUID } from 'node:crypto';
import { connectAsync } from 'mqtt';
import * as z from 'zod';
import { type Door, type Job, type Sample, Jobs, agentName } from './job.ts';
import { getPlainly } from './plain-http.ts';

const Result = z.object({
  id: z.string(),
  verdict: z.string(),
  reason: z.string(),
  ping: z.object({ rttsMs: z.array(z.number()) }).nullable(),
});
type Result = z.infer<typeof Result>;
type Body = Record<string, string | number>;

interface Answer {
  /** When its last byte was read. */
  atMs: number;
  read(): Result;
}
type Ask = (body: Body) => Promise<Answer>;

function httpAsk(port: number): Ask {
  return async (asked) => {
    const query = Object.entries(asked).map((pair) => pair.join('='));
    const { body, atMs } = await getPlainly(port, `/ping?${query.join('&')}`);
    return { atMs, read: () => z.object({ probe: Result }).parse(JSON.parse(body)).probe };
  };
}

async function mqttAsk(port: number): Promise<Ask> {
  const client = await connectAsync(`mqtt://127.0.0.1:${port}`, { protocolVersion: 4 });
  const topic = `pathproof/${agentName}/probe/ping`;
  const waiting = new Map<string, (answer: Answer) => void>();
  client.on('message', (_topic, payload) => {
    const atMs = performance.now();
    const text = payload.toString();
    const id = /"id":"([^"]+)"/.exec(text)?.[1] ?? '';
    waiting.get(id)?.({ atMs, read: () => Result.parse(JSON.parse(text)) });
    waiting.delete(id);
  });
  await client.subscribeAsync(`${topic}/result`, { qos: 0 });
  return (body) =>
    new Promise((resolve) => {
      const id = randomUUID();
      waiting.set(id, resolve);
      client.publish(`${topic}/request`, JSON.stringify({ ...body, id }), { qos: 0 });
    });
}

const doorTo = async ({ protocol, port }: Door): Promise<Ask> =>
  protocol === 'http' ? httpAsk(port) : await mqttAsk(port);

async function run(job: Job): Promise<Sample[]> {
  const ask = await doorTo(job.door);
  const taken: { startedMs: number; answer: Answer }[] = [];
  let begun = 0;
  const worker = async (): Promise<void> => {
    while (begun < job.requests) {
      const number = begun++;
      const packetBytes = job.packetBytes === null ? {} : { packetBytes: job.packetBytes + number };
      const startedMs = performance.now();
      taken[number] = { startedMs, answer: await ask({ ...job.request, ...packetBytes }) };
    }
  };
  await Promise.all(Array.from({ length: job.concurrency }, worker));
  return taken.map(({ startedMs, answer }) => {
    const { verdict, reason, ping } = answer.read();
    if (verdict !== 'pass') throw new Error(`a probe did not pass: ${reason}`);
    return { tookMs: answer.atMs - startedMs, rttsMs: ping?.rttsMs ?? [] };
  });
}

process.once('message', (message) => {
  run(Jobs.parse(message)).then(
    (samples) => process.send?.(samples, () => process.exit(0)),
    (error: unknown) => {
      console.error(error);
      process.exit(1);
    },
  );
});
