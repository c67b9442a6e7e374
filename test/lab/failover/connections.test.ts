// Connections across a switch: others' live on where they began, or are made to come back from a metered line; the agent's
// own moves at once.
import { once } from 'node:events';
import { type Socket, connect } from 'node:net';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { Agent } from '../agent.ts';
import { LineProcess, python3 } from '../programs.ts';
import { type Lab, createLab } from '../topology.ts';
import { createHome } from './home.ts';
import { behindGateway, configOf, interfaceTo, quick } from './kit.ts';
import { openScene, settled, soon } from './scene.ts';

const [host, port] = ['1.1.1.1', 7007];
const sessions = fileURLToPath(new URL('./session.py', import.meta.url));

/** A program that sends back what it is sent, once it listens. */
async function startServer(node: string, address: string, at: number): Promise<LineProcess> {
  let ready = (): void => undefined;
  const listens = new Promise<void>((resolve) => (ready = resolve));
  const server = new LineProcess(node, [python3, sessions, 'serve', address, String(at)], () => ready());
  await server.expect(listens);
  return server;
}

async function end(process: LineProcess): Promise<void> {
  process.child.kill('SIGKILL');
  await process.ended;
}

/** Another program's session from a node, which is to be answered whatever happened in between. */
function openCall(node: string, from: string, to: string, at: number) {
  const answers: string[] = [];
  const words = [python3, sessions, 'call', from, to, String(at)];
  const caller = new LineProcess(node, words, (line) => answers.push(line));
  return {
    async ask(word: string): Promise<void> {
      caller.write(word);
      await soon(() => answers.at(-1)).toBe(word);
    },
    end: () => end(caller),
  };
}

interface Session extends AsyncDisposable {
  socket: Socket;
  /** Whether what is said comes back; false once the connection has ended. */
  alive(): Promise<boolean>;
  ended(): boolean;
}

/** Another program's connection to the internet host, by whatever line is the default now. */
async function openSession(): Promise<Session> {
  const server = await startServer('internet', host, port);
  const socket = connect(port, host);
  let over = false;
  socket.on('error', () => (over = true)).on('close', () => (over = true));
  await once(socket, 'connect');
  return {
    socket,
    async alive() {
      if (over) return false;
      socket.write('still there?');
      await Promise.race([once(socket, 'data'), once(socket, 'close')]);
      return !over;
    },
    ended: () => over,
    async [Symbol.asyncDispose]() {
      socket.destroy();
      await end(server);
    },
  };
}

const flushing = (flush: string, metered = true): string =>
  configOf('overlay', '', `${quick.failover}, flushOnFailback: ${flush}`).replace(
    'standbyInterval: 1s',
    `standbyInterval: 1s, metered: ${metered}`,
  );

/** To the mobile line, where a session begins, and back. */
async function thereAndBack(lab: Lab, during: () => Promise<void>): Promise<void> {
  await behindGateway(lab, 'fibre', 'dead');
  await soon(() => interfaceTo()).toBe('eth1');
  await during();
  await behindGateway(lab, 'fibre', 'alive');
  await soon(() => interfaceTo()).toBe('eth0');
}

it.each([
  ['metered', true],
  ['all', false],
])(
  'on failback, flushOnFailback %s ends others’ connections by the line that is left',
  async (flush, metered) => {
    await using scene = await openScene({ config: flushing(flush, metered) });
    await settled(scene, 'fibre');
    const { agent, lab } = scene;
    await behindGateway(lab, 'fibre', 'dead');
    await soon(() => interfaceTo()).toBe('eth1');
    await using session = await openSession();
    expect(session.socket.localAddress).toBe('192.168.2.10');
    expect(await session.alive()).toBe(true);
    await behindGateway(lab, 'fibre', 'alive');
    await soon(() => session.ended()).toBe(true);
    expect(await interfaceTo()).toBe('eth0');
    await soon(() => agent.said('connections by the former uplink are reset')).toMatchObject({ ended: 1 });
  },
);

it.each([
  ['none', true],
  ['metered', false],
])(
  'with flushOnFailback %s and a line whose metered is %s they live on where they began (D3.5)',
  async (flush, metered) => {
    await using scene = await openScene({ config: flushing(flush, metered) });
    await settled(scene, 'fibre');
    let session: Session | undefined;
    await thereAndBack(scene.lab, async () => {
      session = await openSession();
      expect(await session.alive()).toBe(true);
    });
    // Once more: by then it would have been ended long ago.
    await thereAndBack(scene.lab, () => Promise.resolve());
    expect(await session?.alive()).toBe(true);
    expect(session?.socket.localAddress).toBe('192.168.2.10');
    await session?.[Symbol.asyncDispose]();
  },
);

it('a session from outside on the standby line lives through a switch, both ways (D3.5, D4: ssh)', async () => {
  await using scene = await openScene({ config: configOf('overlay') });
  await settled(scene, 'fibre');
  const server = await startServer('agent', '192.168.2.10', 2222);
  const call = openCall('internet', host, '192.168.2.10', 2222);
  await call.ask('before');
  await thereAndBack(scene.lab, () => call.ask('during'));
  await call.ask('after');
  await Promise.all([call.end(), end(server)]);
});

it('flushOnFailback ends none from outside or with a neighbour: ssh, and the router’s own page, live on', async () => {
  await using scene = await openScene({ config: flushing('all', false) });
  await settled(scene, 'fibre');
  const { agent, lab } = scene;
  const servers = await Promise.all([
    startServer('agent', '192.168.2.10', 2222),
    startServer('ap', '192.168.2.1', 8080),
  ]);
  await behindGateway(lab, 'fibre', 'dead');
  await soon(() => interfaceTo()).toBe('eth1');
  await using session = await openSession();
  const calls = [
    openCall('internet', host, '192.168.2.10', 2222),
    openCall('ap', '192.168.2.1', '192.168.2.10', 2222),
    openCall('agent', '192.168.2.10', '192.168.2.1', 8080),
  ];
  for (const call of calls) await call.ask('before');
  await behindGateway(lab, 'fibre', 'alive');
  await soon(() => session.ended()).toBe(true);
  for (const call of calls) await call.ask('after');
  expect(agent.said('connections by the former uplink are reset')).toMatchObject({ ended: 1 });
  await Promise.all([...calls.map((call) => call.end()), ...servers.map(end)]);
});

const brokerLines = 'listener 1883 0.0.0.0\nallow_anonymous true\nuser root\n';

it('the agent’s own connection to its broker moves at once, there and back', async () => {
  await using lab = await createLab();
  const log: string[] = [];
  using home = createHome();
  const words = `echo "${brokerLines}" > ${home.folder}/broker && exec mosquitto -v -c ${home.folder}/broker 2>&1`;
  const broker = new LineProcess('internet', ['sh', '-c', words], (line) => log.push(line));
  await using agent = new Agent({
    config: configOf('overlay'),
    env: { MQTT_URL: `mqtt://${host}:1883` },
  });
  await agent.ready();
  /** The addresses that the broker was called from, in order. */
  const callers = (): string[] =>
    log.flatMap((line) => /New client connected from ([\d.]+):/.exec(line)?.[1] ?? []);
  await soon(callers).toEqual(['192.168.0.10']);
  await soon(() => interfaceTo()).toBe('eth0');
  await thereAndBack(lab, () => soon(callers).toEqual(['192.168.0.10', '192.168.2.10']));
  await soon(callers).toEqual(['192.168.0.10', '192.168.2.10', '192.168.0.10']);
  await end(broker);
});
