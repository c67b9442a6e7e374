// All monitors of an agent on a real store: started, changed, commanded, ended and begun again.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { now } from '../../../agent/clock.ts';
import {
  type AllSettings,
  type Monitors,
  type MonitorsParts,
  createMonitors,
} from '../../../agent/monitor/index.ts';
import { type Store, openStore } from '../../../agent/store/index.ts';
import type { Event } from '../../../shared/event.ts';
import { Failure } from '../../../shared/failure.ts';
import type { Measurement } from '../../../shared/measurement.ts';
import { MonitorState } from '../../../shared/monitor.ts';
import { hop, measured } from '../assess/measured.ts';
import { eventually, recordLog } from '../mqtt/kit.ts';
import { type Finds, answered, lineOf, settingsOf, silent } from './kit.ts';
import { movedTimers } from './timers.ts';

let folder = '';
let store: Store;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'pathproof-monitors-'));
  store = await openStore(folder, recordLog());
});
afterEach(async () => {
  await store.close();
  rmSync(folder, { recursive: true });
});

interface Agent {
  monitors: Monitors;
  line: ReturnType<typeof lineOf>;
  timers: ReturnType<typeof movedTimers>;
  events: Event[];
  removed: string[];
  states: MonitorState[];
  log: ReturnType<typeof recordLog>;
  clock: { aheadMs: number };
  state(name: string): MonitorState | undefined;
}

async function agentWith(settings: AllSettings, given: Partial<MonitorsParts> = {}): Promise<Agent> {
  const line = lineOf();
  const timers = movedTimers(0);
  const clock = { aheadMs: 0 };
  const noted: Pick<Agent, 'events' | 'removed' | 'states'> = { events: [], removed: [], states: [] };
  const log = recordLog();
  const monitors = createMonitors({
    agent: 'pi',
    log,
    store,
    now: () => ({ ...now(), epochMs: Date.now() + clock.aheadMs }),
    watch: line.watch,
    held: () => null,
    async emit(event, alongside) {
      await store.write([...alongside, { part: 'events', key: event.id, value: event }], { sync: true });
      noted.events.push(event);
    },
    onState: (state) => void noted.states.push(state),
    onResult: () => undefined,
    onRemoved: (name) => void noted.removed.push(name),
    timers,
    clocks: { wallMs: () => Date.now() + clock.aheadMs, monotonicMs: () => performance.now() },
    ...given,
  });
  onTestFinished(() => monitors.stop());
  await monitors.start(settings);
  const state = (name: string) => monitors.view().find(({ monitor }) => monitor === name);
  return { ...noted, monitors, line, timers, log, clock, state };
}

async function until(agent: Agent, name: string, state: string): Promise<void> {
  await eventually(() => expect(agent.state(name)?.state).toBe(state));
}

async function runUntil(agent: Agent, name: string, finds: Finds, state: string): Promise<void> {
  agent.line.finds = finds;
  await eventually(() => {
    agent.monitors.obey({ monitor: name, command: 'run' });
    expect(agent.state(name)?.state).toBe(state);
  });
}

const keptNow = (name: string) => store.sub('monitors').get(name);
const other = settingsOf({ title: 'Fibre', probe: { kind: 'ping', body: { target: '9.9.9.9' } } });

describe('monitors', () => {
  it('run by themselves, and are shown with all keys from the start', async () => {
    const agent = await agentWith({ backup: settingsOf(), fibre: other });
    expect(agent.states.map((state) => MonitorState.parse(state).monitor)).toEqual(['backup', 'fibre']);
    agent.timers.pass(60_000);
    await until(agent, 'backup', 'up');
    await until(agent, 'fibre', 'up');
    expect([...agent.line.probed].sort()).toEqual(['ping 1.1.1.1', 'ping 9.9.9.9']);
  });

  it('that are off do not run by themselves, but when they are asked to', async () => {
    const agent = await agentWith({ backup: settingsOf({ enabled: false }) });
    agent.timers.pass(3_600_000);
    expect(agent.line.probed).toEqual([]);
    expect(agent.monitors.obey({ monitor: 'backup', command: 'run' })).toBe(null);
    await until(agent, 'backup', 'up');
  });

  it('run sooner while they are down', async () => {
    const agent = await agentWith({
      backup: settingsOf({ whileDownEveryMs: 1000, down: 1, schedule: { everyMs: 3_600_000 } }),
    });
    agent.line.finds = () => silent;
    agent.timers.pass(60_000);
    await until(agent, 'backup', 'down');
    const before = agent.line.probed.length;
    await eventually(() => {
      agent.timers.pass(1000);
      expect(agent.line.probed.length).toBeGreaterThan(before + 2);
    });
  });

  it('tell of nothing any more once they are stopped, and leave no timer', async () => {
    const agent = await agentWith({ backup: settingsOf() });
    await agent.monitors.stop();
    expect(agent.timers.pending()).toBe(0);
    expect(agent.monitors.obey({ monitor: 'backup', command: 'run' })).toBe('the agent is stopping');
    expect(agent.line.probed).toEqual([]);
  });

  it('move their moments when the clock is set, also on the disk', async () => {
    let results = 0;
    const agent = await agentWith({ backup: settingsOf() }, { onResult: () => void (results += 1) });
    await runUntil(agent, 'backup', () => answered(), 'up');
    await eventually(() => expect(results).toBe(agent.line.probed.length));
    // All that the runs changed is on the disk by this.
    agent.monitors.obey({ monitor: 'backup', command: 'enabled/set', enabled: true });
    const { since, at } = agent.state('backup') ?? {};
    agent.clock.aheadMs = 3_600_000;
    await eventually(() =>
      expect((agent.state('backup')?.since ?? 0) - (since ?? 0)).toBeGreaterThan(3_599_000),
    );
    const moved = agent.state('backup');
    expect((moved?.at ?? 0) - (at ?? 0)).toBe((moved?.since ?? 0) - (since ?? 0));
    await agent.monitors.stop();
    expect(await keptNow('backup')).toMatchObject({
      seen: { at: moved?.at },
      condition: { since: { epochMs: moved?.since } },
    });
  });
});

describe('a restart', () => {
  it('finds the states as they were, and tells nothing twice', async () => {
    const before = await agentWith({ backup: settingsOf({ down: 1 }) });
    await runUntil(before, 'backup', () => silent, 'down');
    await before.monitors.stop();
    expect(before.events.map(({ kind }) => kind)).toEqual(['monitor.down']);
    const after = await agentWith({ backup: settingsOf({ down: 1 }) });
    expect(after.state('backup')).toMatchObject({ state: 'down', reason: 'no reply to 3 echoes' });
    await runUntil(after, 'backup', () => answered(), 'up');
    await eventually(() => expect(after.events.map(({ kind }) => kind)).toEqual(['monitor.up']));
  });

  it('without an end finds what the last event changed', async () => {
    const before = await agentWith({ backup: settingsOf({ down: 1 }) });
    await runUntil(before, 'backup', () => silent, 'down');
    await eventually(() => expect(before.events).toHaveLength(1));
    expect(await keptNow('backup')).toMatchObject({ condition: { state: 'down' } });
  });

  it('does not know a change whose event was never taken, and tells it again', async () => {
    const before = await agentWith(
      { backup: settingsOf({ down: 1 }) },
      { emit: () => new Promise(() => undefined) },
    );
    before.line.finds = () => silent;
    before.monitors.obey({ monitor: 'backup', command: 'run' });
    await until(before, 'backup', 'down');
    expect(before.monitors.obey({ monitor: 'backup', command: 'enabled/set', enabled: false })).toBe(null);
    expect(await keptNow('backup')).toBe(undefined);
    // It will never stop: its event is never taken.
    before.monitors.stop = () => Promise.resolve();
  });

  it('begins anew where what was kept can not be read', async () => {
    await store.sub('monitors').put('backup', { condition: 'up' });
    const agent = await agentWith({ backup: settingsOf() });
    expect(agent.state('backup')).toMatchObject({ state: 'unknown', since: null });
    expect(
      agent.log.count(
        /a part of what was known of a monitor can not be read.*subject|subject.*can not be read/,
      ),
    ).toBe(1);
  });

  it('forgets those that are no more, and says so', async () => {
    await store.sub('monitors').put('constructor', {});
    const agent = await agentWith({ backup: settingsOf() });
    expect(agent.removed).toEqual(['constructor']);
    expect(await keptNow('constructor')).toBe(undefined);
  });
});

describe('a changed file', () => {
  it('leaves alone what it does not change', async () => {
    const agent = await agentWith({ backup: settingsOf(), fibre: other });
    await runUntil(agent, 'backup', () => answered(), 'up');
    const published = agent.states.length;
    await agent.monitors.reload({ backup: settingsOf(), fibre: other });
    expect([agent.states.length, agent.removed]).toEqual([published, []]);
  });

  it('shows at once what is held back no more', async () => {
    let refusal: Failure | null = null;
    const agent = await agentWith({ backup: settingsOf() }, { held: () => refusal });
    await runUntil(agent, 'backup', () => answered(), 'up');
    refusal = new Failure('budgetExhausted', 'lte: its data is used up');
    await eventually(() => {
      agent.monitors.obey({ monitor: 'backup', command: 'run' });
      expect(agent.states.at(-1)?.failure?.code).toBe('budgetExhausted');
    });
    refusal = null;
    await agent.monitors.reload({ backup: settingsOf() });
    expect(agent.states.at(-1)).toMatchObject({ verdict: 'pass', failure: null });
  });

  it('keeps the state where only the limits change, and begins anew with another target', async () => {
    const agent = await agentWith({ backup: settingsOf() });
    await runUntil(agent, 'backup', () => answered(), 'up');
    await agent.monitors.reload({ backup: settingsOf({ down: 5 }) });
    expect(agent.state('backup')?.state).toBe('up');
    await agent.monitors.reload({ backup: { ...other, down: 5 } });
    expect(agent.state('backup')).toMatchObject({ state: 'unknown', title: 'Fibre', at: null });
  });

  it('ends what it no longer has and begins what is new', async () => {
    const agent = await agentWith({ backup: settingsOf() });
    await agent.monitors.reload({ fibre: other });
    expect(agent.removed).toEqual(['backup']);
    expect(agent.monitors.view().map(({ monitor }) => monitor)).toEqual(['fibre']);
    agent.timers.pass(60_000);
    await until(agent, 'fibre', 'up');
    expect(agent.line.probed).toEqual(['ping 9.9.9.9']);
  });
});

describe('a changed file while a run is under way', () => {
  /** A monitor whose first run waits until it is given what it finds. */
  async function agentAtWork(given: Parameters<typeof settingsOf>[0] = {}) {
    const agent = await agentWith({ backup: settingsOf(given) });
    let give: (found: Measurement) => void = () => undefined;
    const found = new Promise<Measurement>((resolve) => (give = resolve));
    agent.line.finds = ({ kind }) => (kind === 'ping' ? found : answered());
    agent.monitors.obey({ monitor: 'backup', command: 'run' });
    await eventually(() => expect(agent.line.probed).toHaveLength(1));
    return { agent, give };
  }
  const run = { monitor: 'backup', command: 'run' } as const;

  it('waits for none, lets no second one overlap it, and takes its result', async () => {
    const { agent, give } = await agentAtWork({ down: 1 });
    await agent.monitors.reload({ backup: settingsOf({ down: 1, title: 'Other' }) });
    expect(agent.monitors.obey(run)).toBe('run: a run is under way');
    agent.timers.pass(600_000);
    give(silent);
    await until(agent, 'backup', 'down');
    expect(agent.line.probed).toHaveLength(1);
    await eventually(() => expect(agent.events.map(({ kind }) => kind)).toEqual(['monitor.down']));
    expect(agent.state('backup')?.title).toBe('Other');
    expect(agent.monitors.obey(run)).toBe(null);
  });

  it('takes no result of what is not probed any more', async () => {
    const { agent, give } = await agentAtWork();
    await agent.monitors.reload({ backup: other });
    give(answered());
    await eventually(() => expect(agent.monitors.obey(run)).toBe(null));
    expect(agent.state('backup')).toMatchObject({ state: 'unknown', at: null, target: '9.9.9.9' });
  });

  it.each([
    ['changes it', { backup: settingsOf({ down: 1, title: 'Other', traceOnDown: true }) }],
    ['has it no more', {}],
    ['probes something else', { backup: other }],
  ])('that %s lets an event have its evidence', async (_words, file: AllSettings) => {
    const agent = await agentWith({ backup: settingsOf({ down: 1, traceOnDown: true }) });
    let give: (found: Measurement) => void = () => undefined;
    const found = new Promise<Measurement>((resolve) => (give = resolve));
    agent.line.finds = ({ kind }) => (kind === 'traceroute' ? found : silent);
    agent.monitors.obey(run);
    await eventually(() => expect(agent.line.probed).toEqual(['ping 1.1.1.1', 'traceroute 1.1.1.1']));
    await agent.monitors.reload(file);
    expect(agent.events).toEqual([]);
    give(measured({ traceroute: { reached: false, loop: false, hops: [hop({ ttl: 1 })] } }));
    await eventually(() => expect(agent.events).toHaveLength(1));
    expect(agent.events[0]?.evidence['route']).toHaveLength(1);
    if (!('backup' in file)) await eventually(async () => expect(await keptNow('backup')).toBe(undefined));
  });

  it('and the end of the agent waits for no evidence of one that is no more', async () => {
    const agent = await agentWith({ backup: settingsOf({ down: 1, traceOnDown: true }) });
    const never = new Promise<Measurement>(() => undefined);
    agent.line.finds = ({ kind }) => (kind === 'traceroute' ? never : silent);
    agent.monitors.obey(run);
    await until(agent, 'backup', 'down');
    await agent.monitors.reload({});
    await agent.monitors.stop();
    expect(agent.events.map(({ kind }) => kind)).toEqual(['monitor.down']);
    expect(await keptNow('backup')).toBe(undefined);
  });
});

describe('a change that fails', () => {
  it('ends neither later ones nor the orderly end', async () => {
    const removed: string[] = [];
    const agent = await agentWith(
      { backup: settingsOf() },
      {
        onRemoved(name) {
          removed.push(name);
          if (removed.length === 1) throw new Error('broken');
        },
      },
    );
    await agent.monitors.reload({ fibre: other });
    expect(agent.log.count(/the monitors could not all be changed/)).toBe(1);
    await agent.monitors.reload({ nightly: other });
    expect(agent.monitors.view().map(({ monitor }) => monitor)).toEqual(['nightly']);
    await agent.monitors.stop();
    expect(agent.timers.pending()).toBe(0);
  });
});

describe('a command', () => {
  it('sets the interval and turns off, until the file changes that key', async () => {
    const before = await agentWith({ backup: settingsOf() });
    before.monitors.obey({ monitor: 'backup', command: 'interval/set', everyMs: 5000 });
    before.monitors.obey({ monitor: 'backup', command: 'enabled/set', enabled: false });
    expect(before.state('backup')).toMatchObject({ intervalMs: 5000, enabled: false });
    await before.monitors.stop();
    const after = await agentWith({ backup: settingsOf({ title: 'Other' }) });
    expect(after.state('backup')).toMatchObject({ intervalMs: 5000, enabled: false });
    await after.monitors.reload({ backup: settingsOf({ schedule: { everyMs: 30_000 } }) });
    expect(after.state('backup')).toMatchObject({ intervalMs: 30_000, enabled: false });
  });

  it('that sets the interval is followed at once', async () => {
    const agent = await agentWith({ backup: settingsOf({ schedule: { everyMs: 3_600_000 } }) });
    agent.timers.pass(60_000);
    await until(agent, 'backup', 'up');
    agent.monitors.obey({ monitor: 'backup', command: 'interval/set', everyMs: 1000 });
    agent.timers.pass(1000);
    await eventually(() => expect(agent.line.probed).toHaveLength(2));
  });

  it('is refused for what is not there, and an interval for a calendar', async () => {
    const agent = await agentWith({
      nightly: settingsOf({ schedule: { cron: '0 3 * * *', timezone: null } }),
    });
    expect(agent.monitors.obey({ monitor: 'none', command: 'run' })).toBe('there is no monitor called none');
    expect(agent.monitors.obey({ monitor: 'nightly', command: 'interval/set', everyMs: 5000 })).toBe(
      'interval/set: this monitor runs by a calendar (cron)',
    );
    expect(agent.state('nightly')).toMatchObject({ intervalMs: null, cron: '0 3 * * *' });
  });
});

describe('a store that is had only later', () => {
  /** Another process holds the store, in which `backup` and `fibre` are down and `backup` is off, `gone` is no more. */
  async function agentTooEarly() {
    const settings = { backup: settingsOf({ down: 1 }), fibre: { ...other, down: 1 } };
    const before = await agentWith(settings);
    for (const name of ['backup', 'fibre']) await runUntil(before, name, () => silent, 'down');
    before.monitors.obey({ monitor: 'backup', command: 'enabled/set', enabled: false });
    await before.monitors.stop();
    await store.sub('monitors').put('gone', {});
    const held = store;
    store = await openStore(folder, recordLog(), { retryMs: 10 });
    const agent = await agentWith(settings);
    expect(agent.state('backup')).toMatchObject({ state: 'unknown', enabled: true });
    const recovered = new Promise<void>((resolve) => {
      store.onTrouble((why) => {
        if (why === null) void agent.monitors.recover().then(resolve);
      });
    });
    const free = async (): Promise<void> => {
      await held.close();
      await recovered;
    };
    return { agent, free };
  }

  it('gives back what was known of those that have not run, and what commands had set', async () => {
    const { agent, free } = await agentTooEarly();
    await runUntil(agent, 'backup', () => answered(), 'up');
    agent.monitors.obey({ monitor: 'fibre', command: 'interval/set', everyMs: 5000 });
    await free();
    expect(agent.state('backup')).toMatchObject({ state: 'up', enabled: true });
    expect(agent.state('fibre')).toMatchObject({ state: 'down', verdict: 'fail', intervalMs: 5000 });
    expect(agent.removed).toEqual(['gone']);
    await agent.monitors.stop();
    expect(await keptNow('fibre')).toMatchObject({
      condition: { state: 'down' },
      intervalMs: { value: 5000 },
    });
  });

  it('gives back whether it is on where nobody has said anything since', async () => {
    const { agent, free } = await agentTooEarly();
    await free();
    expect(agent.state('backup')).toMatchObject({ state: 'down', enabled: false });
    agent.monitors.obey({ monitor: 'backup', command: 'enabled/set', enabled: true });
    await agent.monitors.recover();
    expect(agent.state('backup')?.enabled).toBe(true);
  });

  it('keeps what it has where nobody says that it is back', async () => {
    const { agent, free } = await agentTooEarly();
    agent.monitors.recover = () => Promise.resolve();
    agent.monitors.obey({ monitor: 'fibre', command: 'interval/set', everyMs: 5000 });
    await free();
    await agent.monitors.stop();
    expect(await keptNow('fibre')).toMatchObject({ condition: { state: 'down' } });
    expect(await keptNow('backup')).toMatchObject({ enabled: { value: false } });
  });
});

describe('a store that fails', () => {
  it('ends nothing', async () => {
    await store.close();
    const agent = await agentWith({ backup: settingsOf() });
    expect(agent.log.count(/could not be read: they begin anew/)).toBe(1);
    await runUntil(agent, 'backup', () => answered(), 'up');
    await agent.monitors.stop();
    expect(agent.log.count(/an event could not be kept/)).toBe(1);
  });
});
