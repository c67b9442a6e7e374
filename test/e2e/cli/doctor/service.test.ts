// What doctor says of the service where a real systemd has it: which settings it has, what it may do, why it failed.
import { cpSync, copyFileSync, chmodSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type DoctorLine, DoctorReport } from '../../../../agent/cli/doctor/report.ts';
import { configOf } from '../../../lab/failover/kit.ts';
import { type Machine, startMachine } from '../../../lab/machine.ts';
import { type Lab, createLab } from '../../../lab/topology.ts';
import { like } from './kit.ts';

const root = fileURLToPath(new URL('../../../..', import.meta.url));
const patient = { timeout: 20_000, interval: 50 };
const copyMs = 60_000;

let lab: Lab;
let machine: Machine;

/** As the Debian package lays it out: without sources, with its command beside. */
function install(): void {
  const home = machine.at('/usr/lib/pathproof');
  for (const part of [
    'dist',
    'package.json',
    'agent.env.example',
    'agent/systemd',
    'agent/packet/native',
    'node_modules',
  ])
    cpSync(`${root}${part}`, `${home}/${part}`, { recursive: true, verbatimSymlinks: true });
  for (const name of readdirSync(`${root}agent`).filter((one) => one.endsWith('.mjs')))
    copyFileSync(`${root}agent/${name}`, `${home}/agent/${name}`);
  copyFileSync(`${root}agent/deb/pathproof.sh`, machine.at('/usr/bin/pathproof'));
  chmodSync(machine.at('/usr/bin/pathproof'), 0o755);
}

const write = (path: string, text: string): void => {
  mkdirSync(dirname(machine.at(path)), { recursive: true });
  writeFileSync(machine.at(path), text);
};

/** Whatever its status. */
async function examine(folder = '/etc/pathproof'): Promise<(check: string) => DoctorLine[]> {
  const script = `cd ${folder} && pathproof doctor --json || [ $? = 1 ]`;
  const { stdout } = await machine.run('sh', '-c', script);
  const { lines } = DoctorReport.parse(JSON.parse(stdout));
  return (check) => lines.filter((line) => line.check === check);
}

/** Each command as it was told; rejects with all it wrote. */
const paste = (line: DoctorLine | undefined) => machine.run('sh', '-c', line?.mend[0] ?? 'false');

const isState = (state: string) =>
  expect
    .poll(async () => (await machine.show('pathproof', 'ActiveState'))['ActiveState'], patient)
    .toBe(state);

beforeAll(async () => {
  lab = await createLab();
  machine = await startMachine("doctor's service");
  install();
  write('/etc/pathproof/agent.yaml', configOf('overlay'));
  write('/etc/pathproof/agent.env', 'CONFIG_FILE=/etc/pathproof/agent.yaml\nEMBEDDED_BROKER_PORT=0\n');
}, copyMs);
afterAll(async () => {
  await machine[Symbol.asyncDispose]();
  await lab.stop();
});

it('has none to tell of before it is installed', async () => {
  const of = await examine();
  expect(of('service')).toMatchObject([{ status: 'ok', seen: like('none of systemd is installed') }]);
  expect(of('routes')).toMatchObject([{ status: 'ok', seen: 'CAP_NET_ADMIN is there' }]);
});

it('names what enables and starts it', async () => {
  await machine.run('pathproof', 'install-service');
  const [service] = (await examine())('service');
  expect(service).toMatchObject({ status: 'warning', seen: 'installed, and neither enabled nor started' });
  expect(service?.mend[0]).toBe('systemctl enable --now pathproof');
});

it('speaks of the power that the service lacks, whatever root has, and what it names gives it', async () => {
  // It fails, and is started again and again.
  await machine.run('sh', '-c', 'systemctl enable --now pathproof || true');
  const of = await examine();
  expect(of('service')).toMatchObject([
    { status: 'wrong', subject: 'pathproof', seen: like('changing routes needs CAP_NET_ADMIN') },
  ]);
  const [routes] = of('routes');
  expect(routes).toMatchObject({
    status: 'wrong',
    seen: 'the service pathproof has no CAP_NET_ADMIN, which failover.mode overlay needs',
    mend: ['pathproof install-service --failover && systemctl restart pathproof', 'failover.mode: observe'],
  });
  await paste(routes);
  await isState('active');
  const after = await examine();
  expect(after('service')).toMatchObject([{ status: 'ok', seen: 'active and enabled' }]);
  expect(after('routes')).toMatchObject([{ status: 'ok', seen: 'the service pathproof has CAP_NET_ADMIN' }]);
  expect(after('rawSockets')).toMatchObject([
    { status: 'ok', seen: like('the service pathproof has CAP_NET_RAW') },
  ]);
});

it('tells a service that still runs without what its unit gives it by now', async () => {
  const dropIn = '/etc/systemd/system/pathproof.service.d/failover.conf';
  write('/etc/pathproof/agent.yaml', configOf('observe'));
  await machine.run(
    'sh',
    '-c',
    `mv ${dropIn} /root && systemctl daemon-reload && systemctl restart pathproof`,
  );
  await machine.run('sh', '-c', `mv /root/failover.conf ${dropIn} && systemctl daemon-reload`);
  write('/etc/pathproof/agent.yaml', configOf('overlay'));
  const [routes] = (await examine())('routes');
  expect(routes?.seen).toMatch(/still runs without/);
  await paste(routes);
  expect((await examine())('routes')).toMatchObject([{ status: 'ok' }]);
});

it('is told apart from settings of another folder, where this user counts', async () => {
  write('/root/own/agent.env', 'EMBEDDED_BROKER_PORT=0\n');
  const of = await examine('/root/own');
  expect(of('service')[0]?.seen).toBe(
    'active and enabled; it reads /etc/pathproof/agent.env, which is not examined here',
  );
  expect(of('routes')[0]?.seen).toMatch(/is not needed/);
});

it('tells why it failed by its journal, and opens the line that is wrong', async () => {
  write('/etc/pathproof/agent.env', 'CONFIG_FILE=/etc/pathproof/agent.yaml\nSERVER_PORT=eighty\n');
  await machine.run('sh', '-c', 'systemctl restart pathproof || true');
  const of = await examine();
  expect(of('service')).toMatchObject([{ status: 'wrong', seen: like(/fail.*: SERVER_PORT: /) }]);
  expect(of('configuration')[0]?.mend[0]).toBe(
    '${EDITOR:-nano} +2 /etc/pathproof/agent.env  # SERVER_PORT=…',
  );
});
