// The names of a trace's hops come from the resolver the machine has, and never by an uplink that is metered.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Agent, startAgent } from './agent.ts';
import { type Capture, startCapture } from './capture.ts';
import { type DnsServer, type DnsTable, startDns } from './dns.ts';
import { run } from './programs.ts';
import { type Lab, createLab, hostAddresses } from './topology.ts';

const [, resolverAddress] = hostAddresses;
const folder = mkdtempSync(join(tmpdir(), 'pathproof-hop-names-'));
const resolvConf = join(folder, 'resolv.conf');
/** Where systemd-resolved says whom it asks. */
const systemds = '/run/systemd';
const upstreams = join(systemds, 'resolve/resolv.conf');

/** By lte; the second hop has no name. */
const names = ['ap.home', null, 'core.carrier.example', 'one.one.one.one'];
const noNames = [null, null, null, null];

const config = (lteIsMetered: boolean): string => `
uplinks:
  fibre: { interface: eth0 }
  lte: { interface: eth1, metered: ${lteIsMetered} }
`;

let lab: Lab;
let dns: DnsServer;
let table: DnsTable;

beforeAll(async () => {
  writeFileSync(resolvConf, `nameserver ${resolverAddress}\n`);
  // In the mount namespace of the tests alone.
  await run('agent', ['mount', '--bind', resolvConf, '/etc/resolv.conf']);
  mkdirSync(systemds, { recursive: true });
  await run('agent', ['mount', '-t', 'tmpfs', 'tmpfs', systemds]);
  mkdirSync(dirname(upstreams));
  lab = await createLab();
  table = Object.fromEntries(
    lab.uplinks.lte.hops.flatMap((address, index) => {
      const name = names[index];
      return name == null ? [] : [[`${address.split('.').reverse().join('.')}.in-addr.arpa`, [name]]];
    }),
  );
  dns = await startDns(table, { namespace: 'internet', address: resolverAddress, port: 53 });
});

afterAll(async () => {
  await dns[Symbol.asyncDispose]();
  await lab.stop();
  await run('agent', ['umount', systemds]);
  await run('agent', ['umount', '/etc/resolv.conf']);
  rmSync(folder, { recursive: true });
});

/** As a user has it: nothing said of names. */
const startUsual = (lteIsMetered: boolean): Promise<Agent> =>
  startAgent({ config: config(lteIsMetered), env: { HOP_NAMES: '' } });

async function namesInTrace(agent: Agent): Promise<(string | null)[] | undefined> {
  const { body } = await agent.get('/traceroute?target=1.1.1.1&via=lte&count=1');
  expect(body.probe?.traceroute?.hops.map(({ address }) => address)).toEqual(lab.uplinks.lte.hops);
  return body.probe?.traceroute?.hops.map(({ name }) => name);
}

async function sentToResolver(capture: Capture): Promise<number> {
  await capture.flush();
  const to = ({ bytes }: { bytes: Buffer }): string => [...bytes.subarray(16, 20)].join('.');
  return capture.packets.filter((packet) => packet.outgoing && to(packet) === resolverAddress).length;
}

it('names the hops of a metered uplink, asking by another one', async () => {
  await using agent = await startUsual(true);
  await using fibre = await startCapture('eth0');
  await using lte = await startCapture('eth1');
  // A busy machine may take longer than a trace waits; the next one has them.
  await expect.poll(() => namesInTrace(agent)).toEqual(names);
  expect(await sentToResolver(fibre)).toBeGreaterThanOrEqual(names.length);
  expect(await sentToResolver(lte)).toBe(0);
});

it('asks those behind a resolver on this machine, by an uplink that is not metered', async () => {
  await using local = await startDns(table, { address: '127.0.0.53', port: 53 });
  writeFileSync(resolvConf, 'nameserver 127.0.0.53\n');
  await using agent = await startUsual(true);
  await using lte = await startCapture('eth1');
  expect(await namesInTrace(agent)).toEqual(noNames);

  writeFileSync(upstreams, `nameserver ${resolverAddress}\n`);
  await expect.poll(() => namesInTrace(agent)).toEqual(names);
  expect([local.questions, await sentToResolver(lte)]).toEqual([[], 0]);
  writeFileSync(resolvConf, `nameserver ${resolverAddress}\n`);
});

it('asks nobody where only a metered uplink leads to the resolver', async () => {
  await lab.exec('agent', ['ip', 'route', 'add', resolverAddress, 'via', '192.168.2.1', 'dev', 'eth1']);
  await using agent = await startUsual(true);
  await using fibre = await startCapture('eth0');
  await using lte = await startCapture('eth1');
  const asked = dns.questions.length;
  expect(await namesInTrace(agent)).toEqual(noNames);
  expect([await sentToResolver(fibre), await sentToResolver(lte)]).toEqual([0, 0]);
  expect(dns.questions).toHaveLength(asked);

  // The same way, once it costs nothing: it was the meter and nothing else that kept the questions back.
  agent.writeConfig(config(false));
  agent.child.kill('SIGHUP');
  await agent.until('a reload', () => agent.said('is reloaded') !== undefined);
  await expect.poll(() => namesInTrace(agent)).toEqual(names);
  expect(await sentToResolver(lte)).toBeGreaterThanOrEqual(names.length);
});

it('asks nobody where HOP_NAMES is false', async () => {
  await using agent = await startAgent({ config: config(false), env: { HOP_NAMES: 'false' } });
  const asked = dns.questions.length;
  expect(await namesInTrace(agent)).toEqual(noNames);
  expect(dns.questions).toHaveLength(asked);
});
