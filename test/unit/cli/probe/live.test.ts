import { expect, it } from 'vitest';
import { createPingLines, createRouteView, echoLine } from '../../../../agent/cli/probe/live.ts';
import { watchedPackets } from '../../../../agent/cli/probe/watched.ts';
import type { Echo, EchoAnswer, Packets } from '../../../../agent/packet/index.ts';

const echo: Echo = {
  ...{ interfaceName: 'eth1', source: '192.168.2.10', destination: '192.0.2.1', nextHop: '192.168.2.1' },
  ...{ hopLimit: 64, payloadBytes: 56, waitMs: 1000 },
};
const subject = {
  kind: 'ping',
  target: 'one.example',
  uplinkOn: (name: string) => (name === 'eth1' ? 'lte' : null),
} as const;

type Heard = Exclude<EchoAnswer, { type: 'silence' }>;
const reply: Heard = {
  ...{ type: 'reply', from: '192.0.2.1', reason: null, mtuBytes: null, mpls: [] },
  ...{ rttMs: 20.12, clock: 'kernel', hopLimit: 61, bytes: 84 },
};
const expired = (from: string): Heard => ({ ...reply, type: 'timeExceeded', from });

it.each<[EchoAnswer | null, string | null]>([
  [reply, '64 bytes from 192.0.2.1: seq=7 ttl=61 time=20.1 ms'],
  [{ ...reply, hopLimit: null, rttMs: 0.0456 }, '64 bytes from 192.0.2.1: seq=7 time=0.046 ms'],
  [{ ...reply, from: '2001:db8::1', bytes: 104 }, '64 bytes from 2001:db8::1: seq=7 ttl=61 time=20.1 ms'],
  [{ ...reply, type: 'unreachable', reason: 'host' }, 'from 192.0.2.1: seq=7 host unreachable'],
  [expired('192.168.2.1'), 'from 192.168.2.1: seq=7 hop limit used up'],
  [{ type: 'silence', left: true }, 'no answer for seq=7 within 1000 ms'],
  [{ type: 'silence', left: false }, 'no answer for seq=7: it did not leave'],
  [null, null],
])('says what came back for an echo: %j', (answer, line) => {
  expect(echoLine(7, echo, answer)).toBe(line);
});

it('says a line for each echo, in the order the answers come', () => {
  const said: string[] = [];
  const lines = createPingLines(subject, (line) => said.push(line));
  const [first, second] = [lines.sent(echo), lines.sent(echo)];
  second(reply);
  first(reply);
  expect(said).toEqual([
    'PING one.example (192.0.2.1) by lte, eth1, from 192.168.2.10: 56 bytes of payload',
    '64 bytes from 192.0.2.1: seq=2 ttl=61 time=20.1 ms',
    '64 bytes from 192.0.2.1: seq=1 ttl=61 time=20.1 ms',
  ]);
});

it('grows a table of hops, up to where the path is known to end', () => {
  const drawn: string[][] = [];
  const view = createRouteView({ ...subject, kind: 'traceroute' }, (lines) => drawn.push(lines));
  const direct = view.sent(echo);
  const hops = [1, 2, 3, 4].map((hopLimit) => view.sent({ ...echo, hopLimit }));
  expect(view.lines().slice(1)).toEqual([
    'hop  address (name)  RTT  network',
    '  1  …',
    '  2  …',
    '  3  …',
    '  4  …',
    'echoes to the target: 1 sent, 0 answered',
  ]);
  hops[0]?.(expired('192.168.2.1'));
  hops[1]?.({ type: 'silence', left: true });
  hops[2]?.(reply);
  hops[3]?.(reply);
  direct(reply);
  expect(view.lines()).toEqual([
    'traceroute to one.example (192.0.2.1) by lte, eth1, from 192.168.2.10',
    'hop  address (name)      RTT  network',
    '  1  192.168.2.1     20.1 ms',
    '  2  *',
    '  3  192.0.2.1       20.1 ms',
    'echoes to the target: 1 sent, 1 answered, last 20.1 ms',
  ]);
  expect(drawn).toHaveLength(10);
  expect(drawn.at(-1)).toEqual(view.lines());
});

it('keeps the first answer of a hop that was asked twice', () => {
  const view = createRouteView({ ...subject, kind: 'traceroute' }, () => undefined);
  const [first, again] = [view.sent({ ...echo, hopLimit: 1 }), view.sent({ ...echo, hopLimit: 1 })];
  first({ type: 'silence', left: true });
  again(expired('192.168.2.1'));
  first(null);
  expect(view.lines()[2]).toContain('192.168.2.1');
});

const packetsThat = (answer: Promise<EchoAnswer>, sends = true): Packets => ({
  echo(_echo, _signal, events) {
    if (sends) events?.sent(84);
    return answer;
  },
  ask: () => Promise.reject(new Error('not asked')),
  close: () => undefined,
});

it('tells of echoes around the packets, and changes nothing of them', async () => {
  const told: unknown[] = [];
  const watcher = { sent: (sent: Echo) => (told.push(sent), (answer: unknown) => void told.push(answer)) };
  const lengths: number[] = [];
  const events = { sent: (bytes: number) => void lengths.push(bytes), again: () => undefined };
  await expect(
    watchedPackets(packetsThat(Promise.resolve(reply)), watcher).echo(echo, undefined, events),
  ).resolves.toBe(reply);
  expect([told, lengths]).toEqual([[echo, reply], [84]]);
  const failing = watchedPackets(packetsThat(Promise.reject(new Error('down'))), watcher);
  await expect(failing.echo(echo)).rejects.toThrow('down');
  await Promise.resolve();
  expect(told).toEqual([echo, reply, echo, null]);
});

it('tells nothing of an echo that was never sent', async () => {
  const told: unknown[] = [];
  const watcher = { sent: (sent: Echo) => (told.push(sent), (answer: unknown) => void told.push(answer)) };
  const packets = watchedPackets(packetsThat(Promise.reject(new Error('no sockets')), false), watcher);
  await expect(packets.echo(echo)).rejects.toThrow('no sockets');
  expect(told).toEqual([]);
});
