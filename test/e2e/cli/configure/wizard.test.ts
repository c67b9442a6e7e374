// `pathproof configure` as a person meets it at a terminal in the lab: each answer tried, and the agent started on what
// was written.
import { readdirSync, statSync, writeFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { keys } from '../../../fixtures/pty.ts';
import { answerAgent, instead } from '../../../fixtures/wizard.ts';
import { startAgent } from '../../../lab/agent.ts';
import { startMosquitto } from '../../../lab/mosquitto.ts';
import { agentNode, run } from '../../../lab/programs.ts';
import { startStunServer, stunPort } from '../../../lab/stun-server.ts';
import {
  answerRest,
  answerUplinks,
  at,
  echoesHeard,
  folder,
  ownEnv,
  ownYaml,
  read,
  setUp,
  wizard,
} from './kit.ts';

setUp();

/** What the test's own agents are given, and this one is to read from its file. */
const unset = ['DEVICE_NAME', 'SERVER_PORT', 'EMBEDDED_BROKER_PORT'].flatMap((name) => ['-u', name]);

it('asks all, tries each answer, and writes what the agent then runs by', async () => {
  await using mosquitto = await startMosquitto({ passwords: { pi: 'se#cret' } });
  await using terminal = wizard();
  await terminal.until(/eth0 +up +192\.168\.0\.10 +192\.168\.0\.1 +in force, metric 100/);
  await terminal.until(/eth1 +up +192\.168\.2\.10 +192\.168\.2\.1 +yes, metric 200/);
  await answerUplinks(terminal);
  await terminal.answer('May hosts on the internet be pinged', keys.enter);
  await terminal.answer('Which hosts?', keys.enter);
  for (const line of ['1.1.1.1 by fibre', '8.8.8.8 by fibre', '1.1.1.1 by lte', '8.8.8.8 by lte'])
    await terminal.until(line);
  await terminal.answer('(failover)?', keys.enter);
  await terminal.answer('Check lte on a schedule', keys.enter);
  await terminal.answer('The route to which host?', keys.enter);
  await terminal.answer('How many milliseconds', keys.enter);
  await terminal.until('lte-proof: pass');
  await terminal.answer('What is this agent called?', instead('attic'));
  await terminal.answer('Which MQTT broker?', `${keys.down}${keys.enter}`);
  await terminal.answer('Its URL', instead(mosquitto.url));
  await terminal.answer('User name', `pi${keys.enter}`);
  await terminal.answer('Password', `wrong${keys.enter}`);
  await terminal.until(/not authori[sz]ed/i);
  await terminal.answer('Keep it anyway?', 'n');
  await terminal.answer('Which MQTT broker?', keys.enter);
  await terminal.answer('Its URL', keys.enter);
  await terminal.answer('User name', keys.enter);
  await terminal.answer('Password', `se#cret${keys.enter}`);
  await terminal.until('connected, published and read back');
  await terminal.answer("Home Assistant's discovery prefix", keys.enter);
  await terminal.until('may be published');
  await terminal.answer('Where should the HTTP bridge listen', keys.enter);
  await terminal.answer('At which port?', keys.enter);
  await terminal.until('127.0.0.1:8080 is free');
  await terminal.until('+MQTT_PASSWORD=(hidden)');
  expect(readdirSync(folder)).toEqual([]);
  await terminal.answer('Write this?', keys.enter);
  expect(await terminal.ended()).toBe(0);
  expect(terminal.text()).not.toContain('se#cret');
  expect(readdirSync(folder).sort()).toEqual(['agent.env', 'config.yaml']);
  expect(statSync(at('agent.env')).mode & 0o777).toBe(0o600);
  expect(read('config.yaml')).toMatchInlineSnapshot(`
    "# Uplinks, failover and monitors, written by \`pathproof configure\`. SIGHUP makes the agent read it again.

    # The ways out. Probes and monitors name one as \`via\`.
    uplinks:
      fibre:
        interface: eth0 # where it leaves by
        priority: 10 # the smaller is preferred
        targets: [1.1.1.1, 8.8.8.8] # failover sends echoes to these by it; without any its gateway is asked
      lte:
        interface: eth1 # where it leaves by
        priority: 20 # the smaller is preferred
        metered: true # each byte costs: what is not told otherwise is asked seldom
        # a budget, by the counters of the interface itself
        data:
          monthlyMegabytes: 500 # when they are used up, monitors by it stop and requests are refused
          resetDay: 15 # of the month, on which they are counted anew
        targets: [1.1.1.1, 8.8.8.8] # failover sends echoes to these by it; without any its gateway is asked

    # Which uplink the default route leaves by.
    failover:
      mode: observe # observe: decides and tells, touches nothing; then overlay: keeps a route of its own

    # Probes on a schedule, each with a state; agent/monitor/README.md has all keys.
    monitors:
      # The standby line carries packets, and they really leave by it.
      lte-proof:
        probe: traceroute
        target: 1.1.1.1
        via: lte
        # What must hold besides that an answer came.
        expect:
          minLatencyMs: 11 # the other line is nearer than that, this one is not
          routeIncludes: [192.168.2.1] # this line's gateway
    "
  `);
  expect(read('agent.env')).toContain('MQTT_PASSWORD="se#cret"\n');

  await using agent = await startAgent({ prefix: ['env', '-C', folder, ...unset] });
  for (const [uplink, device] of [
    ['fibre', 'eth0'],
    ['lte', 'eth1'],
  ] as const) {
    const { status, body } = await agent.get(`/ping?target=1.1.1.1&via=${uplink}`);
    expect([status, body.probe?.via.interface]).toEqual([200, device]);
  }
  await agent.until('its broker', () => agent.said('MQTT connected') !== undefined);
  const login = ['-p', `${mosquitto.port}`, '-u', 'pi', '-P', 'se#cret'];
  const subscribe = ['mosquitto_sub', ...login, '-t', 'pathproof/attic/status', '-C', '1', '-W', '5'];
  expect((await run(agentNode, subscribe)).stdout).toBe('online\n');
});

it('sends nothing to the internet where the person said no', async () => {
  const before = await echoesHeard();
  await using terminal = wizard('--dry-run');
  await answerRest(terminal);
  expect(await terminal.ended()).toBe(0);
  expect(await echoesHeard()).toBe(before);
  expect(terminal.text()).toContain('nothing was changed (--dry-run)');
  expect(readdirSync(folder)).toEqual([]);
});

it('proves a line by its public address, and finds the agent that runs here already', async () => {
  await using stun = await startStunServer();
  await using agent = await startAgent({
    env: { DEVICE_NAME: 'pi', SERVER_PORT: '8080', EMBEDDED_BROKER_PORT: '1883' },
  });
  await using terminal = wizard();
  await answerUplinks(terminal);
  await terminal.answer('May hosts on the internet', 'n');
  await terminal.answer('(failover)?', `${keys.up}${keys.enter}`);
  await terminal.answer('Check lte on a schedule', `${keys.down}${keys.enter}`);
  await terminal.answer('Which server is asked', instead(`stun:1.1.1.1:${stunPort('usual')}`));
  await terminal.until('fibre (eth0): the world sees 192.168.0.10');
  await terminal.until('lte-egress: pass');
  const brokerSays = 'port 1883: an agent named pi runs its broker there already';
  await answerAgent(terminal, { name: 'pi', brokerSays });
  await terminal.until('127.0.0.1:8080: an agent runs there already');
  await terminal.answer('Write this?', keys.enter);
  expect(await terminal.ended()).toBe(0);
  expect(read('config.yaml')).toContain('addressExcludes: [192.168.0.10]');
  expect(agent.child.exitCode).toBe(null);
  expect((await stun.settled()).map(({ address }) => address)).toEqual(['192.168.0.10', '192.168.2.10']);
});

it('keeps what it does not know in the wizard too', async () => {
  writeFileSync(at('agent.env'), ownEnv);
  writeFileSync(at('my.yaml'), ownYaml);
  await using terminal = wizard();
  await terminal.answer('your ways out?', keys.enter);
  await terminal.until('192.168.0.1 by fibre');
  await terminal.answer('Does data over fibre', keys.enter);
  await terminal.answer('A name for eth1', instead('lte'));
  await terminal.answer('Does data over lte', keys.enter);
  await terminal.answer('Which uplink is preferred?', keys.enter);
  await terminal.answer('May hosts on the internet', 'n');
  await terminal.answer('(failover)?', `${keys.down}${keys.enter}`);
  await terminal.until('routes can be changed here');
  await terminal.answer('Check lte on a schedule', `${keys.up}${keys.enter}`);
  await answerAgent(terminal);
  await terminal.answer('Write this?', keys.enter);
  expect(await terminal.ended()).toBe(0);
  const yaml = read('my.yaml');
  expect(yaml.startsWith(ownYaml.replace('# the fast one\n', '# the fast one\n  lte:\n').slice(0, 60))).toBe(
    true,
  );
  expect(yaml).toContain("egress: { servers: ['stun:192.0.2.1:3478',   'stun:192.0.2.2:3478'] }\n");
  expect(yaml).toContain('mode: overlay');
  expect(read('agent.env')).toContain("BRIDGE_TOKEN='abcd efgh'\n");
});
