// `pathproof doctor` as a person runs it: nothing wrong on a healthy box, in time where all is dead, and its exit status.
import { execFileSync } from 'node:child_process';
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { startAgent } from '../../../lab/agent.ts';
import { configOf, everything } from '../../../lab/failover/kit.ts';
import { silentAddress } from '../../../lab/topology.ts';
import {
  cleanups,
  examine,
  folder,
  inTerminal,
  lab,
  like,
  occupy,
  prepare,
  run,
  sh,
  uplinks,
} from './kit.ts';

prepare();

describe('on a healthy box', () => {
  it('finds nothing wrong, and changes nothing', async () => {
    const before = await everything();
    const { status, stdout, stderr } = await run();
    expect([status, stderr]).toEqual([0, '']);
    expect(stdout).not.toMatch(/wrong|\x1b/);
    expect(stdout).toMatch(/ok +raw sockets +an echo over loopback came back/);
    expect(stdout).toMatch(
      /ok +uplinks +fibre \(eth0\): 192\.168\.0\.10; gateway 192\.168\.0\.1 answers .*1\.1\.1\.1 answers/,
    );
    expect(stdout).toMatch(
      /ok +uplinks +lte \(eth1\): 192\.168\.2\.10; gateway 192\.168\.2\.1 answers in [2-9]\d\./,
    );
    expect(await everything()).toBe(before);
    expect(readdirSync(folder)).toEqual(['config.yaml']);
  });

  it('contacts nobody but the gateways where no targets are configured', async () => {
    const config = 'uplinks: { fibre: { interface: eth0 }, lte: { interface: eth1 } }';
    const table =
      'table ip doctor {\n chain in {\n type filter hook prerouting priority -300\n counter\n }\n}\n';
    await lab.exec('internet', ['nft', '-f', '-'], { input: table });
    cleanups.push(async () => {
      await lab.exec('internet', ['nft', 'delete', 'table', 'ip', 'doctor']);
    });
    expect((await examine({ config })).status).toBe(0);
    const counted = await lab.exec('internet', ['nft', 'list', 'table', 'ip', 'doctor']);
    expect(counted.stdout).toContain('counter packets 0 ');
  });

  it('looks at the interfaces where no uplink is configured, and says what to write', async () => {
    const report = await examine({ config: '' });
    expect(report.status).toBe(0);
    expect(report.of('uplinks').map(({ subject }) => subject)).toEqual([null, 'eth0', 'eth1']);
    const [none] = report.of('uplinks');
    const [configure, words = ''] = none?.mend ?? [];
    expect(configure).toMatch(/\/agent\/pathproof\.mjs configure --directory \S+$/);
    expect(words).toContain('{ eth0: { interface: eth0, priority: 10 }, eth1: {');
    expect((await examine({ config: words })).of('uplinks')).toMatchObject([
      { status: 'ok' },
      { status: 'ok' },
    ]);
  });

  it('sees no ways out in the interfaces of containers', async () => {
    sh('ip link add docker0 type bridge; ip link add veth77 type veth peer name veth78');
    cleanups.push(() => void sh('ip link del docker0; ip link del veth77'));
    const report = await examine({ config: '' });
    expect(report.of('uplinks').map(({ subject }) => subject)).toEqual([null, 'eth0', 'eth1']);
  });

  it('works beside an agent that runs, its failover too, and sees that it is the one', async () => {
    await using agent = await startAgent({
      config: configOf('overlay'),
      env: { STATE_DIR: join(folder, 'state'), EMBEDDED_BROKER_PORT: '18831' },
    });
    await agent.until('its connection', () => agent.said('MQTT connected') !== undefined);
    const env = { SERVER_PORT: String(agent.bridgePort()), EMBEDDED_BROKER_PORT: '18831' };
    const report = await examine({ config: configOf('overlay'), env });
    expect(report.wrong).toEqual([]);
    expect(report.of('bridge')[0]?.seen).toMatch(/a pathproof runs and answers/);
    expect(report.of('broker')[0]?.seen).toMatch(/written and read back; the agent is connected to it/);
    expect(report.of('failover')[0]?.seen).toMatch(/a running agent is in charge/);
    // With another's ports it is another agent.
    const foreign = await examine({ config: configOf('overlay') });
    expect(foreign.wrong).toMatchObject([
      { check: 'failover', seen: like(/another pathproof is in charge/) },
    ]);
  });
});

it('ends within ten seconds where all is dead', async () => {
  // A name server that is silent, a broker by a name and beyond it, a source, silent targets; both lines cut.
  const resolver = join(folder, 'resolv.conf');
  writeFileSync(resolver, `nameserver ${silentAddress}\n`);
  execFileSync('mount', ['--bind', resolver, '/etc/resolv.conf']);
  cleanups.push(() => void execFileSync('umount', ['/etc/resolv.conf']));
  for (const name of ['fibre', 'lte'] as const) {
    await lab.relay[name].set({ cut: true });
    cleanups.push(async () => {
      await lab.relay[name].set({ cut: false });
    });
  }
  sh('ip neigh flush dev eth0; ip neigh flush dev eth1');
  const env = { CYMRU_LOOKUP: 'true', IPINFO_TOKEN: 't0ken-of-mine' };
  const config = uplinks.replace('8.8.8.8', 'target.example');
  for (const MQTT_URL of ['mqtt://broker.example', `mqtt://${silentAddress}`]) {
    const report = await examine({ config, env: { ...env, MQTT_URL } });
    expect(report.tookMs).toBeLessThan(10_000);
    expect([...new Set(report.wrong.map(({ check }) => check))]).toEqual(['uplinks', 'broker', 'networks']);
  }
});

describe('the exit status', () => {
  it('is 2 for what it is not told how to do, and nothing is looked at', async () => {
    const { status, stdout, stderr } = await run({ words: ['--jsn'] });
    expect([status, stdout]).toEqual([2, '']);
    expect(stderr).toContain('--json');
  });

  it('is 130 where Ctrl-C ends it', async () => {
    let heard: () => void = () => undefined;
    const until = new Promise<void>((resolve) => (heard = resolve));
    // A broker that does not answer.
    const port = await occupy(() => {
      heard();
      return null;
    });
    const { status, stdout } = await run({ env: { MQTT_URL: `mqtt://127.0.0.1:${port}` }, until });
    expect([status, stdout]).toEqual([130, '']);
  });

  it('is 0 for --help, which has examples', async () => {
    const { status, stdout } = await run({ words: ['--help'] });
    expect(status).toBe(0);
    expect(stdout).toContain('Examples:');
  });
});

it('colours its words on a terminal that has colours', async () => {
  await using coloured = inTerminal();
  expect([await coloured.ended(), coloured.raw]).toEqual([0, like(/\x1b\[32mok\x1b\[39m +Node\.js/)]);
  await using dumb = inTerminal({ env: { TERM: 'dumb' } });
  expect([await dumb.ended(), dumb.raw]).toEqual([0, expect.not.stringContaining('\x1b')]);
});
