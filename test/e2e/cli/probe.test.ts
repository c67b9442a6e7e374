// `pathproof probe` as a person runs it in a shell: through the lab's uplinks, without a broker or an agent.
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ResultSchema } from '../../../shared/result.ts';
import { type Said, cliWords, runCli } from '../../fixtures/cli.ts';
import { Terminal, keys } from '../../fixtures/pty.ts';
import { type Evidence, publicAddresses, startEvidence, uplinks } from '../../lab/evidence/kit.ts';
import { silentAddress } from '../../lab/topology.ts';

let evidence: Evidence;
let folder = '';

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'pathproof-cli-'));
  writeFileSync(join(folder, 'config.yaml'), uplinks);
  evidence = await startEvidence({ zones: { 'one.test': [{ type: 'A', data: '1.1.1.1' }] } });
});

afterAll(async () => {
  await evidence[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true });
});

const env = (): Record<string, string> => ({
  CONFIG_FILE: join(folder, 'config.yaml'),
  DEVICE_NAME: 'pi',
  // The machine's resolver can't be reached from here.
  HOP_NAMES: 'false',
  STATE_DIR: join(folder, 'state'),
});

const probe = (line: string): Promise<Said> =>
  runCli(['probe', ...line.split(' ')], { cwd: folder, env: env() });

const terminal = (line: string, more: Record<string, string> = {}): Terminal =>
  new Terminal(cliWords(['probe', ...line.split(' ')]), {
    cwd: folder,
    columns: 100,
    env: { ...env(), ...more },
  });

describe('the exit status and the verdict line', () => {
  it.each([
    ['ping 1.1.1.1 --via lte --min-latency 10 --max-loss 0', 0, /^pass: 3 of 3 echoes were answered/m],
    ['ping 1.1.1.1 --via fibre --min-latency 10', 1, /^fail: minimum RTT [\d.]+ ms is less than 10 ms$/m],
    [`ping ${silentAddress} --via eth1 --count 1 --wait 200`, 1, /^fail: /m],
    [
      'traceroute 1.1.1.1 --via lte --route-includes 192.168.2.1,100.64.0.0/10 --max-silent-hops 1',
      0,
      /^pass: /m,
    ],
    ['traceroute 1.1.1.1 --via lte --route-excludes 192.168.2.1', 1, /^fail: /m],
    ['traceroute 1.1.1.1 --via lte --org-includes AS1', 2, /^error: .*\[local: unjudged\]$/m],
    [
      'traceroute 1.1.1.1 --via lte --org-includes AS1',
      2,
      /^ {2}nobody is set to tell networks: ASN_DATABASE/m,
    ],
    ['dns 8.8.8.8 --name one.test --via fibre --answer-includes 1.1.1.1', 0, /^pass: /m],
    ['dns 8.8.8.8 --name one.test --via fibre --answer-includes 9.9.9.9', 1, /^fail: /m],
    ['dns 9.9.9.9 --name one.test --via fibre --timeout 500', 1, /^fail: /m],
    ['http http://1.1.1.1/missing --via fibre --status-codes 404,500-599', 0, /^pass: /m],
    ['http http://1.1.1.1/missing --via fibre --status-codes 200-299', 1, /^fail: /m],
    ['http http://nosuch.test/ --via fibre', 2, /^error: .*\[resolver: nameUnresolved\]$/m],
    [`egress stun:1.1.1.1:3478 --via lte --address-includes ${publicAddresses.lte}`, 0, /^pass: /m],
    [`egress stun:1.1.1.1:3478 --via lte --address-excludes ${publicAddresses.lte}`, 1, /^fail: /m],
    ['ping 1.1.1.1 --via 192.168.2.10 --count 1', 0, /^pass: /m],
    ['ping 1.1.1.1 --via 192.168.2.99', 2, /^error: --via: no interface has the address 192\.168\.2\.99/m],
    ['egress stun:1.1.1.1:3999 --via lte --timeout 500', 1, /^fail: /m],
    ['egress stun:nosuch.test:3478 --via fibre', 2, /^error: .*\[resolver: nameUnresolved\]$/m],
    ['dns nosuch.test --name one.test --via fibre', 2, /^error: .*\[resolver: nameUnresolved\]$/m],
  ])('of %s', async (line, status, verdict) => {
    const said = await probe(line);
    expect(`${said.stdout}${said.stderr}`).toMatch(verdict);
    expect(said.status).toBe(status);
    expect(status === 2 ? said.stderr : said.stdout).toMatch(verdict);
  });
});

/** Figures are different each time. */
const withoutFigures = (text: string): string =>
  text.replace(/ *\b\d+(\.\d+)? ms/g, ' N ms').replace(/\d+\.\d+\//g, 'N/');

it('prints ping as ping does', async () => {
  const { stdout, stderr } = await probe('ping 1.1.1.1 --via lte --count 2');
  expect(withoutFigures(stdout).replace(/[\d.N/]+ N ms, jitter/, 'N ms, jitter')).toMatchInlineSnapshot(`
    "PING 1.1.1.1 by lte, eth1, from 192.168.2.10: 56 bytes of payload
    64 bytes from 1.1.1.1: seq=1 ttl=61 time= N ms
    64 bytes from 1.1.1.1: seq=2 ttl=61 time= N ms
    --- 1.1.1.1 ping statistics ---
    2 packets transmitted, 2 received, 0% packet loss, time N ms
    rtt min/avg/max/stddev = N ms, jitter N ms
    pass: 2 of 2 echoes were answered
    "
  `);
  expect(stderr).toBe('');
});

it("prints a route's table once where nobody sees it grow", async () => {
  const { stdout, stderr } = await probe('traceroute 1.1.1.1 --via lte');
  expect(stdout).toMatch(/^traceroute 1\.1\.1\.1 by lte, eth1, from 192\.168\.2\.10\n/);
  expect(stdout).toMatch(/^hop +address \(name\) +RTT +network\n/m);
  expect(stdout).toMatch(
    /^ +1 +192\.168\.2\.1 +[\d.]+ ms +private\n +2 +100\.64\.0\.1 +[\d.]+ ms +shared\n/m,
  );
  expect(stdout).not.toContain('\x1b');
  expect(stderr).toBe('');
});

it.each([
  'ping 1.1.1.1',
  'traceroute 1.1.1.1',
  'dns 8.8.8.8 --name one.test',
  'http http://1.1.1.1/',
  'egress stun:1.1.1.1:3478',
])('prints the whole result and nothing else with --json: %s', async (line) => {
  const { status, stdout, stderr } = await probe(`${line} --via fibre --id mine --json`);
  const result = ResultSchema.parse(JSON.parse(stdout));
  expect(result).toMatchObject({ id: 'mine', agent: 'pi', via: { uplink: 'fibre', interface: 'eth0' } });
  expect(status).toBe(result.verdict === 'pass' ? 0 : 1);
  expect(stderr).toBe('');
});

it('answers in JSON for what is refused and for what can not be measured too', async () => {
  const refused = await probe('ping 1.1.1.1 --count many --json');
  expect(refused.status).toBe(2);
  expect(refused.stderr).toBe('');
  const result = ResultSchema.parse(JSON.parse(refused.stdout));
  expect(result).toMatchObject({
    target: '1.1.1.1',
    failure: { code: 'badRequest' },
    reason: '--count: must be a number, not "many"',
  });
});

it('refuses an option that does not exist, with the nearest', async () => {
  const { status, stdout, stderr } = await probe('ping 1.1.1.1 --min-latncy 10');
  expect([status, stdout, stderr]).toEqual([
    2,
    '',
    "pathproof: unknown option '--min-latncy'\n(Did you mean --min-latency?)\n",
  ]);
});

it('says how raw sockets are to be had', async () => {
  const prefix = ['setpriv', '--bounding-set=-net_raw', '--inh-caps=-net_raw'];
  const said = await runCli(['probe', 'ping', '1.1.1.1', '--via', 'eth1'], {
    cwd: folder,
    env: env(),
    prefix,
  });
  expect(said.status).toBe(2);
  expect(said.stdout).toBe('');
  expect(said.stderr).toMatch(
    /^error: raw sockets need CAP_NET_RAW: .*setcap.* run with sudo \[local: noRawSockets\]\n$/,
  );
});

it('writes nothing, though the folder for state may be written to', async () => {
  expect(readdirSync(folder)).toEqual(['config.yaml']);
  const before = readdirSync(folder, { recursive: true });
  await probe('ping 1.1.1.1 --via lte --count 1');
  expect(readdirSync(folder, { recursive: true })).toEqual(before);
});

it('tells what is wrong with the configuration', async () => {
  const said = await runCli(['probe', 'ping', '1.1.1.1'], { cwd: folder, env: { CONFIG_FILE: '/nowhere' } });
  expect(said.status).toBe(2);
  expect(said.stderr).toMatch(
    /^pathproof probe needs the configuration, which is wrong:\n {2}CONFIG_FILE: can't be read/,
  );
});

describe('on a terminal', () => {
  it('shows each echo when it comes, and colours the verdict', async () => {
    await using shown = terminal('ping 1.1.1.1 --via lte --count 3 --interval 300 --max-latency 1');
    await shown.until(/seq=1 ttl=\d+ time=/);
    expect(shown.text()).not.toContain('seq=3');
    expect(await shown.ended()).toBe(1);
    expect(shown.text()).toContain('seq=3');
    expect(shown.raw).toContain('\x1b[31mfail\x1b[39m: ');
  });

  it('has no colours with NO_COLOR', async () => {
    await using shown = terminal('ping 1.1.1.1 --via lte --count 1', { NO_COLOR: '1' });
    expect(await shown.ended()).toBe(0);
    expect(shown.raw).not.toContain('\x1b');
  });

  it("draws a route's table in place while it grows, and leaves it whole", async () => {
    await using shown = terminal('traceroute 1.1.1.1 --via lte --count 3 --interval 400');
    await shown.until(/^ +1 +192\.168\.2\.1 +[\d.]+ ms/m);
    // The echoes to the target are still to be sent: what is on the screen is not the end.
    await shown.until('echoes to the target: 2 sent');
    expect(shown.screen()).toMatch(
      /^traceroute to 1\.1\.1\.1 by lte, eth1, from 192\.168\.2\.10\nhop +address/,
    );
    expect(shown.screen().match(/192\.168\.2\.1 /g)).toHaveLength(1);
    expect(shown.screen()).not.toContain('pass');
    expect(await shown.ended()).toBe(0);
    const screen = shown.screen();
    expect(screen.match(/ 192\.168\.2\.1 /g)).toHaveLength(1);
    expect(screen).toMatch(/ 4 +1\.1\.1\.1 +[\d.]+ ms/);
    expect(screen).not.toContain('echoes to the target');
    expect(screen.split('\n').at(-1)).toMatch(/^pass: /);
  });

  it('shows no more of a live table than fits', async () => {
    await using shown = new Terminal(
      cliWords(['probe', 'traceroute', '1.1.1.1', '--via', 'lte', '--interval', '300']),
      { cwd: folder, columns: 40, rows: 4, env: env() },
    );
    await shown.until('echoes to the target: 2 sent');
    expect(shown.screen().split('\n').length).toBeLessThanOrEqual(4);
    expect(await shown.ended()).toBe(0);
  });

  it('ends at Ctrl-C, says what it has measured, and exits as a shell expects', async () => {
    await using shown = terminal('ping 1.1.1.1 --via lte --count 100 --interval 500 --timeout 60000');
    await shown.answer('seq=2', keys.ctrlC);
    expect(await shown.ended()).toBe(130);
    expect(shown.text()).toMatch(/2 packets transmitted, 2 received.*\n.*\ninterrupted\n$/);
  });

  it('ends a traceroute at Ctrl-C too, its table left', async () => {
    await using shown = terminal('traceroute 1.1.1.1 --via lte --count 100 --interval 500 --timeout 60000');
    await shown.answer('echoes to the target: 2 sent', keys.ctrlC);
    expect(await shown.ended()).toBe(130);
    // The terminal's own ^C among it is gone with the table that grew.
    expect(shown.screen().split('\n')[0]).toBe('traceroute 1.1.1.1 by lte, eth1, from 192.168.2.10');
    expect(shown.screen()).toMatch(/ 1 +192\.168\.2\.1 /);
    expect(shown.screen()).toMatch(/\ninterrupted$/);
  });
});
