// Captures prove by which interface a packet left, so they must miss none and stamp them rightly.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startCapture } from './capture.ts';
import { createLab, type Lab } from './topology.ts';

let lab: Lab;
beforeAll(async () => {
  lab = await createLab();
});
afterAll(async () => {
  await lab.stop();
});

const pingBy = (device: string, ...options: string[]) =>
  lab.exec('agent', ['ping', '-n', '-q', ...options, '-I', device, '1.1.1.1']);

test('packets are seen on the interface they pass, and on no other', async () => {
  const [fibre, lte] = await Promise.all([startCapture('eth0'), startCapture('eth1')]);
  const startUs = Date.now() * 1000;
  await pingBy('eth1', '-c', '3', '-i', '0.03');
  expect(await fibre.stop()).toEqual([]);
  const packets = await lte.stop();
  expect(packets.map(({ outgoing }) => outgoing)).toEqual([true, false, true, false, true, false]);
  for (const { bytes, outgoing, atUs } of packets) {
    expect(bytes[0]).toBe(0x45);
    expect(bytes.length).toBe(84);
    expect(bytes[20]).toBe(outgoing ? 8 : 0);
    expect([...bytes.subarray(outgoing ? 16 : 12).subarray(0, 4)]).toEqual([1, 1, 1, 1]);
    expect(atUs).toBeGreaterThanOrEqual(startUs);
    expect(atUs).toBeLessThanOrEqual((Date.now() + 1) * 1000);
  }
  const [request, reply] = packets;
  expect((reply?.atUs ?? 0) - (request?.atUs ?? 0)).toBeGreaterThanOrEqual(20_000);
});

test('none that passed before stop() or flush() is missed', async () => {
  const capture = await startCapture('eth0');
  await pingBy('eth0', '-f', '-l', '50', '-c', '1000');
  await capture.flush();
  expect(capture.packets).toHaveLength(2000);
  await pingBy('eth0', '-f', '-l', '50', '-c', '1000');
  expect(await capture.stop()).toHaveLength(4000);
});

test("another node's interface", async () => {
  await using capture = await startCapture('lte', { namespace: 'internet' });
  await pingBy('eth1', '-c', '1');
  await capture.flush();
  expect(capture.packets.map(({ outgoing }) => outgoing)).toEqual([false, true]);
});

test('an interface that goes away ends nothing; one that is not there is told', async () => {
  const capture = await startCapture('eth1');
  await pingBy('eth1', '-c', '1');
  await lab.removeInterface('lte');
  await lab.restoreInterface('lte');
  expect((await capture.stop()).length).toBeGreaterThanOrEqual(2);
  await expect(startCapture('eth9')).rejects.toThrow(/No such device/);
});
