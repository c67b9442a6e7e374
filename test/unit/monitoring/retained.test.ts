// What the broker keeps of monitors and uplinks as the file, the agent and the broker come and go.
import { expect, it } from 'vitest';
import { measured } from '../assess/measured.ts';
import { newFolder, startBox, startBroker } from './box.ts';

const finds = () => measured();
const one = 'one: { probe: ping, target: 192.0.2.1, every: 1h }';
const two = 'two: { probe: ping, target: 192.0.2.2, every: 1h }';
const both = `monitors: { ${one}, ${two} }`;
const alone = `monitors: { ${one} }`;
const base = 'pathproof/pi/monitor';
const view = (uplink: string) => ({
  ...{ uplink, interface: `if-${uplink}`, state: 'up' as const, addresses: [], gateway: null },
});

it('is whether each monitor is available, from the first connection on and after a restart', async () => {
  const folder = newFolder();
  for (const round of ['first', 'again']) {
    const broker = startBroker();
    const box = await startBox(both, { finds, folder, broker });
    box.connect();
    const told = ['one', 'two'].map((name) => broker.retained.get(`${base}/${name}/availability`));
    expect([round, ...told]).toEqual([round, 'online', 'online']);
    await box.stop();
  }
});

it('is whether a monitor is available that is added, removed and added again', async () => {
  const broker = startBroker();
  const box = await startBox(alone, { finds, broker });
  box.connect();
  const availability = () => broker.retained.get(`${base}/two/availability`);
  await box.reload(both);
  expect(availability()).toBe('online');
  await box.reload(alone);
  expect([availability(), broker.retained.has(`${base}/two/state`)]).toEqual([undefined, false]);
  await box.reload(both);
  expect(availability()).toBe('online');
});

it('is nothing of a monitor that went while the broker was away', async () => {
  const broker = startBroker();
  const box = await startBox(both, { finds, broker });
  box.connect();
  box.disconnect();
  await box.reload(alone);
  box.connect();
  expect([...broker.retained.keys()].filter((topic) => topic.includes('/two/'))).toEqual([]);
});

it.each([
  ['monitor', both, alone, [view('lte')], [view('lte')]],
  [
    'uplink',
    'uplinks: { lte: { interface: if-lte }, dsl: { interface: if-dsl } }',
    'uplinks: { lte: { interface: if-lte } }',
    [view('lte'), view('dsl')],
    [view('lte')],
  ],
])('is nothing of a %s that went while the agent was off', async (word, former, later, before, after) => {
  const [folder, broker] = [newFolder(), startBroker()];
  const first = await startBox(former, { finds, folder, broker, views: before });
  first.connect();
  const gone = [...broker.retained.keys()].filter((topic) => /\/(two|dsl)\//.test(topic));
  expect(gone.map((topic) => topic.includes(`/${word}/`))).toEqual([true, true]);
  await first.stop();
  (await startBox(later, { finds, folder, broker, views: after })).connect();
  expect(gone.filter((topic) => broker.retained.has(topic))).toEqual([]);
});

it('is nothing of an agent that bears another name now', async () => {
  const [folder, broker] = [newFolder(), startBroker()];
  for (const topic of ['status', 'info']) broker.retained.set(`pathproof/pi/${topic}`, 'x');
  const first = await startBox(both, { finds, folder, broker });
  first.connect();
  await first.stop();
  (await startBox(both, { finds, folder, broker, agent: 'box' })).connect();
  expect([...broker.retained.keys()].filter((topic) => topic.startsWith('pathproof/pi/'))).toEqual([]);
  expect(broker.retained.get('pathproof/box/monitor/one/availability')).toBe('online');
});
