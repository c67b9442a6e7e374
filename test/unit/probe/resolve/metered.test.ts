// Names by a metered uplink: asked for once a day, and anew, once an hour at most, when a probe meets nobody there.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createProbeTools, probe } from '../../../../agent/probe/index.ts';
import { Failure } from '../../../../shared/failure.ts';
import { type Saying, addressed, nameServers, rcode, silent } from '../dns/server.ts';
import { type Network, exit, pingRequest, reply, silence, tools, unhurried } from '../tools.ts';

const [minuteMs, hourMs, dayMs] = [60_000, 3_600_000, 86_400_000];

beforeEach(() => void vi.useFakeTimers({ toFake: ['performance'] }));
afterEach(() => void vi.useRealTimers());

/** A line on which names are asked for and addresses are probed, each as the test says at that moment. */
function line(metered = true) {
  const state: { says: Saying; answers: ReturnType<Network> | null; epoch: number } = {
    says: addressed('192.0.2.1'),
    answers: null,
    epoch: 0,
  };
  const servers = nameServers(() => state.says);
  const { packets, ...around } = tools(({ destination }) => state.answers ?? reply(1, { from: destination }));
  const made = createProbeTools({
    ...{ ...around, packets: { ...packets, ask: servers.ask } },
    ...{ metered: () => metered, epoch: () => state.epoch },
  });
  const ping = (target = 'one.example') =>
    probe(pingRequest({ target, count: 1, timeoutMs: 2000 }), exit, made, unhurried());
  /** Probes once so long afterwards, and tells how many questions that took. */
  const later = async (ms: number, target?: string): Promise<number> => {
    vi.advanceTimersByTime(ms);
    const before = servers.asked.length;
    await ping(target);
    return servers.asked.length - before;
  };
  return { state, ping, later };
}

describe('by a metered uplink', () => {
  it('a name is asked for once a day, however short its records count', async () => {
    const { later } = line();
    expect(await later(0)).toBe(1);
    expect([await later(15 * minuteMs), await later(dayMs - 16 * minuteMs)]).toEqual([0, 0]);
    expect(await later(2 * minuteMs)).toBe(1);
  });

  it('one without an address is asked for once an hour', async () => {
    const { state, later } = line();
    state.says = rcode(0);
    expect(await later(0)).toBe(2);
    expect([await later(hourMs - minuteMs), await later(2 * minuteMs)]).toEqual([0, 2]);
  });

  it('one in the file of hosts is read there each time', async () => {
    const { later } = line();
    expect([await later(0, 'localhost'), await later(minuteMs, 'localhost')]).toEqual([0, 0]);
  });

  it.each<[what: string, answers: ReturnType<Network>]>([
    ['nobody answers', silence],
    ["the uplink's fault is met", new Failure('neighbourUnreachable', 'nobody is there')],
  ])('is asked for anew once %s, and then once an hour', async (_what, answers) => {
    const { state, later, ping } = line();
    await ping();
    state.answers = answers;
    expect(await later(15 * minuteMs)).toBe(0);
    state.says = addressed('192.0.2.9');
    expect(await later(minuteMs)).toBe(1);
    expect([await later(minuteMs), await later(57 * minuteMs), await later(2 * minuteMs)]).toEqual([0, 0, 1]);
    state.answers = null;
    expect((await ping()).address).toBe('192.0.2.9');
  });

  it('is not in doubt for a fault of this machine', async () => {
    const { state, later, ping } = line();
    await ping();
    state.answers = new Failure('noRawSockets', 'raw sockets are not to be had');
    expect([await later(minuteMs), await later(minuteMs)]).toEqual([0, 0]);
  });

  it('has its last good address for an hour where asking fails, and that is told', async () => {
    const { state, later, ping } = line();
    await ping();
    state.answers = silence;
    await later(minuteMs);
    state.says = rcode(2);
    expect(await later(minuteMs)).toBe(2);
    expect(await later(minuteMs)).toBe(0);
    expect(await ping()).toMatchObject({ address: '192.0.2.1', addressRemembered: true });
    expect(await later(hourMs)).toBe(2);
  });

  it('is asked for anew when the network is another, and then once an hour', async () => {
    const { state, later, ping } = line();
    await ping();
    state.epoch += 1;
    expect(await later(minuteMs)).toBe(1);
    state.epoch += 1;
    expect([await later(minuteMs), await later(hourMs)]).toEqual([0, 1]);
  });
});

it('by any other uplink is asked for when its records no longer count, and is not doubted before', async () => {
  const { state, later } = line(false);
  expect(await later(0)).toBe(1);
  state.answers = silence;
  expect([await later(30_000), await later(20_000), await later(20_000)]).toEqual([0, 0, 1]);
  state.says = silent;
  expect(await later(minuteMs)).toBeGreaterThan(0);
  expect(await later(minuteMs)).toBeGreaterThan(0);
});
