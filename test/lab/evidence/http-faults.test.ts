// An uplink that dies under an http probe: its own fault, not the target's.
import { afterEach, beforeEach, expect, it } from 'vitest';
import { silentAddress } from '../topology.ts';
import { type Evidence, ask, startEvidence } from './kit.ts';

let parts: Evidence;
beforeEach(async () => {
  parts = await startEvidence();
});
afterEach(async () => {
  await parts[Symbol.asyncDispose]();
});

const http = async (target: string, timeoutMs: number) => {
  const { body } = await ask(parts.agent, 'http', { via: 'lte', target, timeoutMs });
  return { reason: body.reason, failure: body.probe?.failure };
};

const asked = (path: string) =>
  expect.poll(async () => (await parts.web.settled()).map((request) => request.path)).toContain(path);

it('loses its carrier while an answer is under way', async () => {
  const going = http('http://1.1.1.1/slow', 4000);
  await asked('/slow');
  await parts.lab.carrier('lte', 'off');
  expect((await going).failure).toEqual({ code: 'noCarrier', source: 'uplink' });
});

it('goes while an answer is under way', async () => {
  const going = http('http://1.1.1.1/slow', 4000);
  await asked('/slow');
  await parts.lab.removeInterface('lte');
  expect((await going).failure).toEqual({ code: 'interfaceMissing', source: 'uplink' });
});

it.each([2000, 8000])('has no next hop any more (%i ms)', async (timeoutMs) => {
  // Once, for the interface to show that it tells what leaves.
  const ping = () => ask(parts.agent, 'ping', { via: 'lte', target: '1.1.1.1', count: 1, waitMs: 300 });
  await ping();
  const absent = ['via', '192.168.2.77', 'dev', 'eth1', 'metric', '200'];
  await parts.lab.exec('agent', ['ip', 'route', 'replace', 'default', ...absent]);
  await expect.poll(async () => (await ping()).body.probe?.failure?.code).toBe('neighbourUnreachable');
  const { failure, reason } = await http('http://1.1.1.1/ok', timeoutMs);
  expect(failure).toEqual({ code: 'neighbourUnreachable', source: 'uplink' });
  expect(reason).toBe('nothing left by eth1: the next hop 192.168.2.77 does not answer ARP');
});

it('is not blamed for a target that is not there', async () => {
  const { failure, reason } = await http(`http://${silentAddress}/`, 1000);
  expect(failure).toBe(null);
  expect(reason).toMatch(/no connection to 192\.0\.2\.1:80 within/);
});
