// Gateways that translate addresses: each uplink has a public address of its own, for each protocol.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startCapture } from './capture.ts';
import { type Lab, createLab } from './topology.ts';

let lab: Lab;
beforeAll(async () => {
  lab = await createLab({ fibre: { nat: true }, lte: { nat: true } });
});
afterAll(async () => {
  await lab.stop();
});

const echo = (protocol: string): string => `
import socket
server = socket.socket(socket.AF_INET, socket.SOCK_${protocol})
server.bind(("1.1.1.1", 7))
if "${protocol}" == "STREAM":
    server.listen()
print("ready", flush=True)
while True:
    if "${protocol}" == "STREAM":
        client, (asker, _) = server.accept()
        client.sendall(asker.encode())
        client.close()
    else:
        _, address = server.recvfrom(100)
        server.sendto(address[0].encode(), address)
`;

const ask = (protocol: string, device: string): string => `
import socket
client = socket.socket(socket.AF_INET, socket.SOCK_${protocol})
client.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, b"${device}")
client.settimeout(5)
client.connect(("1.1.1.1", 7))
client.send(b"?")
print(client.recv(100).decode())
`;

async function startEcho(protocol: string): Promise<void> {
  const server = lab.spawn('internet', ['python3', '-c', echo(protocol)]);
  await new Promise((resolve) => server.stdout.once('data', resolve));
}

describe.each(['STREAM', 'DGRAM'])('%s', (protocol) => {
  beforeAll(() => startEcho(protocol));

  test.each([
    ['fibre', '203.0.113.200'],
    ['lte', '198.51.100.200'],
  ] as const)('by %s comes from %s', async (name, address) => {
    const { interface: device, nat } = lab.uplinks[name];
    const { stdout } = await lab.exec('agent', ['python3', '-c', ask(protocol, device)]);
    expect([stdout.trim(), nat]).toEqual([address, address]);
  });
});

test('echoes are translated, and errors on the way back too', async () => {
  await using capture = await startCapture('lte', { namespace: 'internet' });
  const argv = ['traceroute', '-I', '-n', '-q', '1', '-i', 'eth1', '1.1.1.1'];
  const { stdout } = await lab.exec('agent', argv);
  expect(stdout.split('\n').flatMap((line) => /^ *\d+ {2}(\S+)/.exec(line)?.[1] ?? [])).toEqual(
    lab.uplinks.lte.hops,
  );
  await capture.flush();
  const sources = capture.packets
    .filter(({ outgoing }) => !outgoing)
    .map(({ bytes }) => [...bytes.subarray(12, 16)].join('.'));
  expect(new Set(sources)).toEqual(new Set(['198.51.100.200']));
});

test('turned off, the host sees the own address', async () => {
  await lab.nat('lte', 'off');
  const { stdout } = await lab.exec('agent', ['python3', '-c', ask('STREAM', 'eth1')]);
  await lab.nat('lte', 'on');
  expect(stdout.trim()).toBe('192.168.2.10');
});
