// What doctor finds of a wrong configuration.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { needsRealRoot } from '../../../lab/root.ts';
import { examine, folder, prepare, run, sh } from './kit.ts';

prepare();

describe('the configuration', () => {
  it('is wrong: all of it is told, and what needs none is looked at', async () => {
    const report = await examine({
      config: 'uplinks:\n  lte: { interfce: eth1 }\n',
      env: { SERVER_PORT: 'eighty', MQTT_URL: 'http://user:hunter22@broker/' },
    });
    expect(report.agent).toBe(null);
    const told = report
      .of('configuration')
      .map(({ seen }) => seen)
      .join('\n');
    for (const words of ['SERVER_PORT: ', 'MQTT_URL: ', 'did you mean interface?'])
      expect(told).toContain(words);
    expect(JSON.stringify(report.lines)).not.toContain('hunter22');
    expect(report.of('rawSockets')).toMatchObject([{ status: 'ok' }]);
    expect(report.of('uplinks')).toMatchObject([{ subject: 'eth0', status: 'ok' }, { subject: 'eth1' }]);
    expect(report.of('broker')).toMatchObject([{ status: 'unknown' }]);
  });

  it('is no YAML, or not there', async () => {
    expect((await examine({ config: 'uplinks: [' })).of('configuration')).toMatchObject([
      { status: 'wrong' },
    ]);
    const [line] = (await examine({ env: { CONFIG_FILE: '/nowhere.yaml' } })).of('configuration');
    expect(line).toMatchObject({
      status: 'wrong',
      mend: ['unset CONFIG_FILE  # it comes from the environment'],
    });
  });

  it('is in agent.env: its line is opened', async () => {
    writeFileSync(join(folder, 'agent.env'), '# mine\nPROBE_RATE=much\n');
    const [line] = (await examine()).of('configuration');
    expect(line?.mend).toEqual([`\${EDITOR:-nano} +2 ${join(folder, 'agent.env')}  # PROBE_RATE=…`]);
  });

  it("is somebody else's to read: it is not run, and says who may", async () => {
    needsRealRoot("agent.env is somebody else's to read");
    writeFileSync(join(folder, 'agent.env'), 'LOG_LEVEL=info\n', { mode: 0o600 });
    sh(`chmod 755 ${folder}`);
    const prefix = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups'];
    expect(await run({ prefix })).toMatchObject({
      ...{ status: 2, stdout: '' },
      stderr: `pathproof doctor: ${join(folder, 'agent.env')} may not be read by this user; sudo may\n`,
    });
  });
});
