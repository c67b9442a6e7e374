// A broker tried by a connection: what configure and doctor learn of it.
import { expect, it } from 'vitest';
import { askBroker, lookAtBroker } from '../../../../agent/cli/trials/broker.ts';
import { type Line, type Packet, behave as behaveOtherwise, startBadBroker } from '../../mqtt/bad-broker.ts';

const aim = { agent: 'pi', discoveryPrefix: '', connectMs: 3000, echoMs: 200 };

/** A good broker, also to who subscribes to several topics at once (MQTT 5 §3.8, §3.9). */
function behave(packet: Packet, line: Line): void {
  if (packet.type !== 'subscribe') return behaveOtherwise(packet, line);
  const { body } = packet;
  const properties = line.version === 5 ? Buffer.of(0) : Buffer.alloc(0);
  const grants: number[] = [];
  let at = 2 + (line.version === 5 ? 1 + body.readUInt8(2) : 0);
  for (; at < body.length; at += 3 + body.readUInt16BE(at)) grants.push(1);
  line.send(0x90, 2 + properties.length + grants.length, body.subarray(0, 2), properties, ...grants);
}

it('falls back to MQTT 3.1.1 where that alone is spoken', async () => {
  const broker = await startBadBroker((packet, line) => {
    // Connection refused: unacceptable protocol version.
    if (packet.type === 'connect' && line.version === 5) line.send(0x20, 2, 0, 1);
    else behave(packet, line);
  });
  expect(await askBroker({ url: broker.url }, aim)).toMatchObject({ protocol: 4, writing: null });
  expect(broker.lines.map(({ version }) => version)).toEqual([5, 4]);
});

it('tells of a broker that ends the connection when it is written to', async () => {
  const broker = await startBadBroker((packet, line) => {
    if (packet.type === 'publish') line.socket.end();
    else behave(packet, line);
  });
  const { writing, readBack } = await askBroker({ url: broker.url }, aim);
  expect([writing, readBack]).toEqual([expect.stringMatching(/^the connection was ended: /), false]);
});

it('tells of one that acknowledges nothing, and of one that gives nothing back', async () => {
  const silent = await startBadBroker((packet, line) => {
    if (packet.type !== 'publish') behave(packet, line);
  });
  expect((await askBroker({ url: silent.url }, aim)).writing).toBe('the broker did not acknowledge it');
  const taking = await startBadBroker(behave);
  expect(await askBroker({ url: taking.url }, aim)).toMatchObject({ writing: null, readBack: false });
});

it('takes a broker at the embedded one’s port for ours only where the agent is online there', async () => {
  const other = await startBadBroker(behave);
  const port = Number(new URL(other.url).port);
  expect(await lookAtBroker({ port }, aim)).toEqual({ at: 'foreign', port, fault: null });
  expect(await lookAtBroker({ port: 0 }, aim)).toEqual({ at: 'free', port: 0 });
});
