// What doctor finds of a wrong configuration.
import { describe, expect, it } from 'vitest';
import { examine, prepare } from './kit.ts';

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
      mend: ['CONFIG_FILE=… in agent.env, or in the environment'],
    });
  });
});
