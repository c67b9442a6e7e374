// An interface's counters, read and compared.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { countersIn, linkHeadersOf, trafficBetween } from '../../../../agent/probe/http/counters.ts';
import type { Traffic } from '../../../../shared/result.ts';

const table = `Inter-|   Receive                                                |  Transmit
 face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed
    lo:    1000      10    0    0    0     0          0         0     1000      10    0    0    0     0       0          0
  eth1:12345678      77    0    0    0     0          0         0     4321      55    0    0    0     0       0          0
`;
const traffic = (
  packetsSent: number,
  packetsReceived: number,
  bytesSent: number,
  bytesReceived: number,
): Traffic => ({ packetsSent, packetsReceived, bytesSent, bytesReceived });
const none = traffic(0, 0, 0, 0);
const ethernet = { sentBytes: 14, receivedBytes: 14 };

it('are those of the interface, written closely or not', () => {
  expect(countersIn(table, 'lo')).toEqual(traffic(10, 10, 1000, 1000));
  expect(countersIn(table, 'eth1')).toEqual(traffic(55, 77, 4321, 12_345_678));
});

it('are zero where it is not there', () => {
  for (const name of ['eth', 'eth10', 'th1', 'face']) expect(countersIn(table, name)).toEqual(none);
  expect(countersIn('', 'eth1')).toEqual(none);
});

it('count IP packets: the header of each frame is taken off', () => {
  const [before, after] = [traffic(10, 20, 1000, 2000), traffic(13, 22, 1242, 2128)];
  expect(trafficBetween(before, after, ethernet)).toEqual(traffic(3, 2, 200, 100));
  expect(trafficBetween(before, after, { sentBytes: 0, receivedBytes: 0 })).toEqual(traffic(3, 2, 242, 128));
});

it('count nothing where they began anew, or the interface went', () => {
  expect(trafficBetween(traffic(10, 20, 1000, 2000), none, ethernet)).toEqual(none);
});

it('have the header of Ethernet in them, but not in what a bridge receives', () => {
  const sysfs = mkdtempSync(join(tmpdir(), 'pathproof-sysfs-'));
  onTestFinished(() => rmSync(sysfs, { recursive: true }));
  for (const [name, type] of Object.entries({ eth1: 1, br0: 1, ppp0: 512 })) {
    mkdirSync(join(sysfs, name));
    writeFileSync(join(sysfs, name, 'type'), `${type}\n`);
  }
  mkdirSync(join(sysfs, 'br0', 'bridge'));
  expect(linkHeadersOf('eth1', sysfs)).toEqual(ethernet);
  expect(linkHeadersOf('br0', sysfs)).toEqual({ sentBytes: 14, receivedBytes: 0 });
  for (const name of ['ppp0', 'eth77']) {
    expect(linkHeadersOf(name, sysfs)).toEqual({ sentBytes: 0, receivedBytes: 0 });
  }
});
