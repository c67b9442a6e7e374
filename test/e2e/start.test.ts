// A new user's first minute: what `npm start` prints, and the lines it gives to paste, run as they stand.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Agent, BridgeAnswer, startAgent } from '../lab/agent.ts';
import { run } from '../lab/programs.ts';
import { type Lab, createLab } from '../lab/topology.ts';

let lab: Lab;
let agent: Agent;

beforeAll(async () => {
  lab = await createLab();
  // Ports as a user has them: the lines must work without any choice of ours.
  agent = await startAgent({ env: { SERVER_PORT: '', EMBEDDED_BROKER_PORT: '', DEVICE_NAME: '' } });
});

afterAll(async () => {
  await agent[Symbol.asyncDispose]();
  await lab.stop();
});

const pasted = (start: string): string[] =>
  agent.banner
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line.startsWith(start));

const paste = (line: string) => run('agent', ['bash', '-c', line]);

it('proves the packet path over loopback', () => {
  expect(agent.banner).toMatch(/one echo over loopback came back after [\d.]+ ms/);
});

it('shows the uplinks it sees, with interface, address and gateway', () => {
  expect(agent.banner).toMatch(/eth0 +up +192\.168\.0\.10 +192\.168\.0\.1\n/);
  expect(agent.banner).toMatch(/eth1 +up +192\.168\.2\.10 +192\.168\.2\.1\n/);
});

it('gives curl lines that work as they stand: for loopback and for the first gateway', async () => {
  const lines = pasted('curl');
  expect(lines).toHaveLength(2);
  const answers = await Promise.all(
    lines.map(async (line) => BridgeAnswer.parse(JSON.parse((await paste(line)).stdout))),
  );
  expect(answers.map(({ result }) => result)).toEqual(['OK', 'OK']);
  expect(answers.map(({ probe }) => probe?.address)).toEqual(['127.0.0.1', '192.168.0.1']);
  expect(answers[1]?.probe?.via.interface).toBe('eth0');
});

it('gives mosquitto lines that work as they stand', async () => {
  const [publish = ''] = pasted('mosquitto_pub');
  const [subscribe = ''] = pasted('mosquitto_sub');
  const heard = paste(`${subscribe} -C 1 -W 10`);
  // Whether the subscription stands can't be seen from outside, so the request is made until it is answered.
  const asking = new AbortController();
  const ask = async (): Promise<void> => {
    while (!asking.signal.aborted) await paste(publish);
  };
  const asked = ask();
  const { stdout } = await heard;
  asking.abort();
  await asked;
  expect(stdout).toMatch(/^pathproof\/[\w-]+\/probe\/ping\/result \{.*"verdict":"pass"/);
});

it('sends nothing anywhere before someone asks', () => {
  expect(agent.log.filter(({ msg }) => msg === 'probed')).toEqual([]);
});

it('warns of a via that is nothing there is, at the start and with another file', async () => {
  const monitor = (via: string): string =>
    `uplinks: { one: { interface: lo } }\nmonitors: { quiet: { probe: egress, enabled: false, via: ${via} } }\n`;
  await using agent = new Agent({ config: monitor('onne') });
  await agent.ready();
  expect(agent.said('neither an uplink nor an interface onne; did you mean one?')).toBeDefined();
  agent.writeConfig(monitor('twoo'));
  agent.child.kill('SIGHUP');
  await agent.until('its warning', () => agent.said('neither an uplink nor an interface twoo') !== undefined);
});
