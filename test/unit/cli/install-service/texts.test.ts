// The service's files for an installation and an instance, and which places a service can't be run from.
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  explained,
  filesOf,
  isOwn,
  serviceOf,
  unfit,
  unitText,
} from '../../../../agent/cli/install-service/texts.ts';

const shippedText = (name: string): string => readFileSync(`agent/systemd/${name}`, 'utf8');
const installation = { node: '/usr/local/bin/node', root: '/srv/pathproof' };

function files(instance: string | null, failover = false) {
  const service = serviceOf(instance);
  const templates = {
    unit: shippedText(service.unit),
    failover: shippedText('failover.conf'),
    settings: '# all\n',
  };
  return filesOf(service, { installation, failover }, templates);
}

describe('a unit', () => {
  it('names this installation wherever the shipped one names its own', () => {
    const text = unitText(shippedText('pathproof.service'), installation);
    expect(text).toMatch(/^\[Unit\]\n/);
    expect(text).not.toMatch(/\/usr\/bin\/node|\/opt\/pathproof/);
    expect(text.match(/\/usr\/local\/bin\/node/g)).toHaveLength(2);
    expect(text).toContain(' /srv/pathproof/dist/agent/main.js\n');
    expect(text).toContain(' /srv/pathproof/dist/agent/cli.js cleanup --stopped\n');
  });

  it('is known again, as is the one that was copied by hand', () => {
    for (const { text, once } of files(null, true)) expect([text, isOwn(text)]).toEqual([text, !once]);
    expect(isOwn(shippedText('pathproof.service'))).toBe(true);
    expect(isOwn('[Service]\nExecStart=/bin/true\n')).toBe(false);
    expect(isOwn('')).toBe(false);
  });
});

describe('the files', () => {
  it('are a unit and settings that nobody else may read', () => {
    expect(files(null).map(({ path, mode, once }) => [path, mode, once])).toEqual([
      ['/etc/systemd/system/pathproof.service', 0o644, false],
      ['/etc/pathproof/agent.env', 0o600, true],
    ]);
  });

  it('of an instance are a template that all have in common, and a drop-in and settings of its own', () => {
    const one = files('one', true);
    expect(one.map(({ path }) => path)).toEqual([
      '/etc/systemd/system/pathproof@.service',
      '/etc/systemd/system/pathproof@one.service.d/failover.conf',
      '/etc/pathproof/one.env',
    ]);
    expect(files('two')[0]).toEqual(one[0]);
    expect(one[1]?.text).toMatch(/\n\[Service\]\nAmbientCapabilities=CAP_NET_ADMIN\n/);
  });
});

it('tells what it may do, where its settings are and where its state is', () => {
  const told = (instance: string | null, failover: boolean) =>
    explained(serviceOf(instance), { installation, failover });
  expect(told(null, false)).toMatch(/CAP_NET_RAW.*nothing else/);
  expect(told('one', true)).toContain('CAP_NET_ADMIN');
  expect(told('one', true)).toContain('/etc/pathproof/one.env');
  expect(told('one', true)).toContain('/var/lib/pathproof-one alone');
});

it.each([
  ['/opt/pathproof', null],
  ['/usr/lib/node_modules/path.proof@1', null],
  ['/home/pi/pathproof', 'the service sees nothing of /home/pi/pathproof'],
  ['/root', 'the service sees nothing of /root'],
  ['/rootless', null],
  ['/tmp/clone', 'the service sees nothing of /tmp/clone'],
  ['/opt/path proof', '"/opt/path proof" has signs that a unit would read otherwise'],
  ['/opt/100%', '"/opt/100%" has signs'],
  ['/opt/$HOME', '"/opt/$HOME" has signs'],
])('judges %s as a place', (path, sentence) => {
  if (sentence === null) expect(unfit(path)).toBe(null);
  else expect(unfit(path)).toContain(sentence);
});
