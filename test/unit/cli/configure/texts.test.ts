// The YAML file with answers in it, and that the agent takes what is composed.
import { describe, expect, it } from 'vitest';
import type { Answers } from '../../../../agent/cli/configure/answers.ts';
import {
  composeTexts,
  proofProblem,
  settingsOf,
  yamlTextWith,
} from '../../../../agent/cli/configure/texts.ts';
import { emptyFile, readFileSettings } from '../../../../agent/config/file.ts';

const fibre = {
  name: 'fibre',
  interface: 'eth0',
  priority: 10,
  gateway: null,
  metered: false,
  data: null,
  targets: [],
};
const lte = { ...fibre, name: 'lte', interface: 'eth1', priority: 20 };
const proof = {
  name: 'lte-proof',
  probe: 'traceroute',
  target: '1.1.1.1',
  via: 'lte',
  expect: { minLatencyMs: 11, routeIncludes: ['192.168.2.1'] },
} as const;
const answers: Answers = {
  deviceName: 'pi',
  uplinks: [fibre, lte],
  failover: 'off',
  proof: null,
  broker: { url: null, port: 1883, username: null, password: null, caFile: null },
  homeAssistantPrefix: 'homeassistant',
  bridge: { address: '127.0.0.1', port: 8080, token: null },
};
const paths = { env: '/nowhere/agent.env', yaml: '/nowhere/config.yaml' };

function settingsIn(text: string) {
  const read = readFileSettings(text);
  if (!read.ok) throw new Error(JSON.stringify(read.problems));
  return read.settings;
}
const edited = (text: string, given: Partial<Answers> = {}): string =>
  yamlTextWith(text, { ...answers, ...given }, settingsIn(text));

describe('what is composed', () => {
  it.each<[string, Partial<Answers>]>([
    ['nothing but a name', { uplinks: [] }],
    ['uplinks', {}],
    ['failover', { failover: 'overlay' }],
    ['a proof', { proof }],
    ['a line without a gateway', { uplinks: [{ ...fibre, gateway: 'link' }] }],
    ['a budget', { uplinks: [{ ...lte, metered: true, data: { monthlyMegabytes: 0.5, resetDay: 31 } }] }],
    [
      'a name that YAML would take for something else',
      {
        uplinks: [
          { ...fibre, name: 'no' },
          { ...lte, name: '1' },
        ],
      },
    ],
    [
      'a broker with a password',
      {
        broker: { url: 'mqtt://b', port: 1883, username: 'u', password: 'a # "b" $c', caFile: null },
      },
    ],
    ['a bridge for all', { bridge: { address: '0.0.0.0', port: 81, token: 'abcdefgh' } }],
    ['no discovery', { homeAssistantPrefix: '' }],
  ])('is taken by the agent: %s', (_what, given) => {
    const texts = composeTexts(
      { ...answers, ...given },
      { env: null, yaml: null, settings: emptyFile },
      paths,
    );
    const wanted = { ...answers, ...given };
    const settings = settingsIn(texts.yaml);
    expect(Object.keys(settings.uplinks).sort()).toEqual(wanted.uplinks.map(({ name }) => name).sort());
    expect(settings.failover?.mode ?? 'off').toBe(wanted.failover);
    expect(Object.keys(settings.monitors)).toEqual(wanted.proof === null ? [] : ['lte-proof']);
    // Nothing is changed by the same answers again.
    const again = composeTexts(wanted, { ...texts, settings }, paths);
    expect({ ...again, yaml: settingsIn(again.yaml) }).toEqual({ ...texts, yaml: settings });
    expect(again.yaml).toBe(texts.yaml);
  });

  it('is refused where the agent would not start by it', () => {
    const bridge = { address: '0.0.0.0', port: 8080, token: null };
    const compose = () =>
      composeTexts({ ...answers, bridge }, { env: null, yaml: null, settings: emptyFile }, paths);
    expect(compose).toThrow(
      /^the agent would not take what was to be written:\n {2}SERVER_ADDRESS: others than/,
    );
  });
});

describe('a file that is there', () => {
  it('stays as it is to the letter where nothing is new', () => {
    const text =
      '# c\nuplinks: {fibre:   {interface: eth0, priority: 10},\n  lte: {interface: eth1, priority: 20}}\n\n\n# d\n';
    expect(edited(text)).toBe(text);
  });

  it('gets new lines alone, each where it belongs', () => {
    const text = `# mine
uplinks:
    # the fast one
    fibre: { interface: eth0, priority: 10, dnsServers: [9.9.9.9] } # end


monitors:
    old: { probe: ping, target: "1.1.1.1", via: fibre }   # as ever
`;
    const lines = edited(text, { proof, failover: 'observe' }).split('\n');
    expect(text.split('\n').filter((line) => !lines.includes(line))).toEqual([]);
    expect(lines.filter((line) => !text.includes(line) && !line.includes('#'))).toEqual([
      '    lte:',
      '    lte-proof:',
      '        probe: traceroute',
      '        target: 1.1.1.1',
      '        via: lte',
      '        expect:',
      'failover:',
    ]);
  });

  it.each([
    ['nothing', ''],
    ['comments alone', '# nothing yet\n'],
    ['nothing under uplinks', 'uplinks:\n  # lte: { interface: eth1 }\n'],
    ['no uplinks', 'uplinks: {}\n'],
    ["Windows' ends of lines", '# c\r\nuplinks:\r\n  fibre: { interface: eth0 }\r\n'],
    ['a list that is indented otherwise', 'actions:\n- on: [monitor.down]\n  run: [/usr/bin/env]\n'],
  ])('with %s keeps its comments', (_what, text) => {
    const after = edited(text);
    expect(Object.keys(settingsIn(after).uplinks)).toEqual(['fibre', 'lte']);
    for (const line of text.split('\n').filter((one) => one.includes('#'))) expect(after).toContain(line);
    expect(after.includes('\r\n')).toBe(text.includes('\r\n'));
  });

  it('changes a value in its place, its comment kept', () => {
    const text =
      'uplinks:\n  fibre: { interface: eth0, priority: 10 }\n  lte:\n    interface: eth1\n    priority: 5 # first\n';
    expect(edited(text)).toBe(text.replace('priority: 5', 'priority: 20'));
  });

  it('is refused where something else stands in a place', () => {
    const text = 'uplinks:\n  fibre: &one { interface: eth0, priority: 10 }\n  lte: *one\n';
    expect(() => yamlTextWith(text, answers, emptyFile)).toThrow(
      'the YAML file: uplinks.lte.interface: has something else than plain keys and values in its place: change it by hand',
    );
  });

  it('has failover observe where it is to be off: it may hold more than the mode', () => {
    const text =
      'uplinks: { fibre: { interface: eth0, priority: 10 } }\nfailover: { mode: overlay, minDwell: 5s }\n';
    expect(settingsIn(edited(text)).failover).toMatchObject({ mode: 'observe', minDwellMs: 5000 });
  });
});

it('says what is wrong with uplinks and monitors', () => {
  expect(settingsOf([{ ...fibre, name: 'Fibre' }])).toMatch(/^uplinks\.Fibre: an uplink's name is/);
  expect(settingsOf([fibre, { ...lte, interface: 'eth0' }])).toBe(
    "uplinks.lte: has the interface eth0, which is uplink fibre's already",
  );
  expect(settingsOf([fibre])).toHaveProperty('uplinks.fibre');
  expect(proofProblem([fibre, lte], proof)).toBeNull();
  expect(proofProblem([fibre, lte], { ...proof, target: 'no host' })).toMatch(
    /^monitors\.lte-proof\.target: /,
  );
});
