// The parts of the mapping by themselves.
import { expect, it } from 'vitest';
import { readForeignEnv } from '../../../../agent/cli/import/env-text.ts';
import { instanceOf } from '../../../../agent/cli/import/imon.ts';
import { block, list, set, yamlText } from '../../../../agent/cli/import/lines.ts';
import { fitName, uplinkNames } from '../../../../agent/cli/import/names.ts';
import { movePingTool } from '../../../../agent/cli/import/ping-tool.ts';
import { fit } from '../../../../agent/cli/import/py-pingu/fit.ts';
import { readEnvText } from '../../../../agent/config/env-file.ts';
import { readYaml } from '../../../../agent/config/yaml.ts';

it.each([
  [
    { count: 10, max_lost: 5, period: 10 },
    { intervalMs: 1000, window: 10, down: 6, up: 5, lossPercent: 50 },
  ],
  [
    { count: 5, max_lost: 2 },
    { intervalMs: 1000, window: 5, down: 3, up: 3, lossPercent: 40 },
  ],
  [
    { count: 7, max_lost: 3 },
    { intervalMs: 714, window: 7, down: 4, up: 4, lossPercent: 42.9 },
  ],
  [
    { count: 4, max_lost: 0 },
    { down: 1, up: 4, lossPercent: 0 },
  ],
  [
    { count: 4, max_lost: 4 },
    { down: 4, up: 1, lossPercent: 0 },
  ],
  [
    { count: 1, max_lost: 9 },
    { window: 1, down: 1, up: 1, lossPercent: 0 },
  ],
  [
    { count: 500, max_lost: 200, period: 1 },
    { intervalMs: 500, limited: true, down: 100, up: 100 },
  ],
  [
    { count: 1, max_lost: 0, period: 90_000 },
    { intervalMs: 3_600_000, limited: true },
  ],
])('makes rounds of checks: %j', (check, rounds) => {
  expect(fit(check, 5)).toMatchObject(rounds);
});

it('lets a share of lost echoes fail with one more than max_lost, and never before', () => {
  for (let count = 1; count <= 100; count += 1) {
    for (let lost = 1; lost < count; lost += 1) {
      const { lossPercent } = fit({ count, max_lost: lost }, 5);
      expect((lost / count) * 100).toBeLessThanOrEqual(lossPercent);
      expect(((lost + 1) / count) * 100).toBeGreaterThan(lossPercent);
    }
  }
});

it.each([
  ['Fibre', 'fibre'],
  ['my net;touch ;', 'my-net-touch'],
  ['--x--', 'x'],
  ['auto', 'auto-line'],
  ['Ünïcode', 'n-code'],
  ['x'.repeat(40), 'x'.repeat(32)],
  [':;', null],
])('makes %j fit', (text, name) => {
  expect(fitName(text)).toBe(name);
});

it("gives no name twice, and none that is another's interface", () => {
  const wanted = (title: string, name: string, otherwise: string) => ({ title, interface: name, otherwise });
  expect(uplinkNames([wanted('net', 'eth0', 'primary'), wanted('Net', 'eth1', 'standby')])).toEqual([
    'net',
    'net-2',
  ]);
  expect(uplinkNames([wanted('eth1', 'eth0', 'primary'), wanted('', 'eth1', 'standby')])).toEqual([
    'eth1-2',
    'standby',
  ]);
  expect(uplinkNames([wanted('eth0', 'eth0', 'primary')])).toEqual(['eth0']);
});

it('takes the instance from the file as imon does', () => {
  expect(instanceOf({ file: '/etc/default/imon-demo', instance: null }, 'main')).toBe('demo');
  expect(instanceOf({ file: '/etc/default/imon-demo', instance: 'other' }, 'main')).toBe('other');
  expect(instanceOf({ file: 'copy.json', instance: null }, 'said')).toBe('said');
  expect(instanceOf({ file: 'copy.json', instance: null }, '')).toBe('main');
});

it('writes YAML that says what it was given, whatever foreign files hold', () => {
  const nasty = [
    'a: b',
    'x\ny',
    '# no',
    'true',
    '12',
    '',
    "it's",
    '"',
    '\\',
    '- x',
    '[',
    '*a',
    '\u2028',
    '\u0007',
  ];
  const sections = [
    block('one', [
      set('texts', nasty, 'from\nhere\u0007'),
      ...nasty.map((text, index) => set(`k${index}`, text, text)),
    ]),
    list('two', [[set('a', 1), set('b', { c: 2 }, null, { above: ['why\nnot'] })], [set('a', nasty[1])]]),
    block('off', [set('x', nasty)], null, { off: true, above: nasty }),
  ];
  const text = yamlText(nasty, sections, nasty);
  expect(readYaml(text)).toEqual({
    ok: true,
    content: {
      one: { texts: nasty, ...Object.fromEntries(nasty.map((one, index) => [`k${index}`, one])) },
      two: [{ a: 1, b: { c: 2 } }, { a: 'x\ny' }],
    },
  });
});

it('reads variables as Python does', () => {
  const text = 'A=1\n export B = "x # y" # z\n# C=2\n\nD=\'a "b"\'\r\nE=a # b\nF=\nA=3\nG=a#b\n';
  const { values, problems } = readForeignEnv(text);
  expect(problems).toEqual([]);
  expect(Object.fromEntries(values)).toEqual({ A: '3', B: 'x # y', D: 'a "b"', E: 'a', F: '', G: 'a#b' });
});

const movedBy = (text: string) =>
  movePingTool(
    text,
    { file: '.env', instance: null, rootFolder: null, programProblem: () => null },
    (name) => name,
  );

it.each(['abc', 'a#b', 'a b', "it's", 'say "a"', 'a\\b', '$HOME', '`id`', "a'#b"])(
  'writes the token %j so that it is read as it was',
  (token) => {
    const quote = token.includes('"') ? "'" : '"';
    const move = movedBy(`IPINFO_TOKEN=${quote}${token}${quote}\n`);
    const { variables, problems } = readEnvText(move.ok ? move.moved.text : '', 'agent.env');
    expect([variables['IPINFO_TOKEN'], problems]).toEqual([token, []]);
  },
);

it('refuses a value that agent.env can not hold, without showing it', () => {
  expect(movedBy("IPINFO_TOKEN=it's$5\n")).toEqual({
    ok: false,
    problems: [
      {
        path: 'IPINFO_TOKEN',
        message: "can't be written to agent.env: it has ' beside one of \" \\ $ `, or a line's end",
      },
    ],
  });
});

it('lets nothing through to a terminal that turns its text or moves its cursor', () => {
  const odd = 'a\u202eb\u2066c\u061cd\x1b[31me\tf';
  expect(yamlText([odd], [], [])).toBe('# a\ufffdb\ufffdc\ufffdd\ufffd[31me f\n');
});
