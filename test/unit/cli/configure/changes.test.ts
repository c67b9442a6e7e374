// What a person is shown before anything is written.
import { expect, it } from 'vitest';
import { diffOf, inOwnHand } from '../../../../agent/cli/configure/changes.ts';

const change = (before: string | null, after: string) => ({ path: 'agent.env', before, after, mode: 0o600 });

it('shows a new file whole', () => {
  expect(diffOf(change(null, 'A=1\nB=2\n'))).toEqual([
    '--- /dev/null',
    '+++ agent.env',
    '@@ -0,0 +1,2 @@',
    '+A=1',
    '+B=2',
  ]);
});

it('shows nothing where nothing changes', () => {
  expect(diffOf(change('A=1\n', 'A=1\n'))).toEqual([]);
});

it('shows three lines around what changes', () => {
  const before = ['1', '2', '3', '4', '5', '6', '7', '8', '9', ''].join('\n');
  expect(diffOf(change(before, before.replace('5', 'five')))).toEqual([
    '--- agent.env',
    '+++ agent.env',
    '@@ -2,7 +2,7 @@',
    ...[' 2', ' 3', ' 4', '-5', '+five', ' 6', ' 7', ' 8'],
  ]);
});

it('shows no secret, old or new, and yet that it changes', () => {
  const before = 'MQTT_PASSWORD=old1\nBRIDGE_TOKEN="same1234"\nexport MQTT_URL=mqtt://u:pw@b\n';
  const after = 'MQTT_PASSWORD=new1\nBRIDGE_TOKEN="same1234"\nexport MQTT_URL=mqtt://b\nIPINFO_TOKEN=abc\n';
  const lines = diffOf(change(before, after)).join('\n');
  expect(lines).not.toMatch(/old1|new1|same1234|pw|abc/);
  expect(lines).toContain('-MQTT_PASSWORD=(hidden)\n');
  expect(lines).toContain('+MQTT_PASSWORD=(hidden, another one)\n');
  expect(lines).toContain(' BRIDGE_TOKEN=(hidden)');
  expect(lines).toContain('+export MQTT_URL=mqtt://b');
  expect(lines).toContain('+IPINFO_TOKEN=(hidden)');
});

it("keeps a person's own lines where another writing of them has one each", () => {
  expect(inOwnHand('a:   1\n\n\nb: 2\n', 'a: 1\n\nb: 2\n', 'a: 1\n\nb: 3\nc: 4\n')).toBe(
    'a:   1\n\n\nb: 3\nc: 4\n',
  );
  expect(inOwnHand('a: {\n b: 1}\n', 'a: { b: 1 }\n', 'a: { b: 2 }\n')).toBeNull();
});
