// imon's ping, updown and ddns monitors row by row: what they did, and what of it is mended here.
import { describe, expect, it } from 'vitest';
import { createDue } from '../../../agent/monitor/due.ts';
import { createCalendar } from '../../../agent/monitor/cron.ts';
import { Failure } from '../../../shared/failure.ts';
import { dnsFigures, egressFigures, figures, measured } from '../assess/measured.ts';
import { eventually } from '../mqtt/kit.ts';
import { type Finds, answered, sceneOf, silent } from './kit.ts';
import { movedTimers } from './timers.ts';

const online: Finds = () => answered();
const offline: Finds = () => silent;

/** imon's updown: two echoes, one reply is enough, one silence is down. */
const updown = {
  probe: { kind: 'ping' as const, body: { target: '192.0.2.1', count: 2 } },
  down: 1,
  up: 1,
  schedule: { everyMs: 10_000 },
};

describe('I20 updown', () => {
  it('is up with any reply', async () => {
    const { runs } = sceneOf(updown);
    const one = () => measured({ ping: figures({ sent: 2, received: 1, lossPercent: 50 }) });
    expect(await runs(one, offline)).toEqual(['up', 'down']);
  });

  it('tells of going down and up, up with the outage', async () => {
    const { runs, told, events } = sceneOf(updown);
    await runs(online, offline, offline, offline, online);
    expect(told()).toEqual(['monitor.up unknown>up', 'monitor.down up>down', 'monitor.up down>up']);
    expect(events[1]?.evidence).toMatchObject({ target: '192.0.2.1', lastKnown: 'up' });
    expect(events[2]?.evidence).toMatchObject({ target: '192.0.2.1', outageMs: 3000 });
  });

  it('has its outage refuted by a question to a name server, an alias in the answer included', async () => {
    const confirm = [{ kind: 'dns' as const, body: { target: '8.8.8.8', name: 'www.example.com' } }];
    const { runs, told, log, runner } = sceneOf({ ...updown, confirm });
    // imon took letters beyond f for a failure, and so every alias.
    const answers = [
      { type: 'CNAME', ttlSeconds: 60, data: 'host.example.org' },
      { type: 'A', ttlSeconds: 60, data: '203.0.113.5' },
    ];
    const named: Finds = ({ kind }) => (kind === 'dns' ? measured({ dns: dnsFigures({ answers }) }) : silent);
    expect(await runs(online, named, named, named)).toEqual(['up', 'up', 'up', 'up']);
    expect(told()).toEqual(['monitor.up unknown>up']);
    expect(log.count(/the outage of a monitor is refuted/)).toBe(1);
    expect(runner.state().refutedBy).toBe('dns 8.8.8.8 www.example.com');
  });

  it('runs every interval while up, and every second while down', async () => {
    const { runs, runner } = sceneOf({ ...updown, whileDownEveryMs: 1000 });
    await runs(online);
    expect(runner.everyMs()).toBe(10_000);
    const timers = movedTimers(0);
    const calendar = createCalendar(() => undefined);
    calendar.stop();
    let due = 0;
    const when = createDue(
      { timers, calendar, agent: 'pi' },
      'updown',
      updown.schedule,
      () => void (due += 1),
    );
    when.follow(runner.everyMs());
    timers.pass(60_000);
    expect(due).toBe(6);
    await runs(offline);
    when.follow(runner.everyMs());
    timers.pass(5000);
    expect(due).toBe(11);
    await runs(online);
    when.follow(runner.everyMs());
    timers.pass(60_000);
    expect(due).toBe(17);
    when.stop();
  });
});

describe('I21 the first state', () => {
  it('that is up asks the others too; that nothing was known before is in the event, for those who leave it out', async () => {
    const { runs, told, events } = sceneOf({ ...updown, alsoPing: ['192.0.2.9'] });
    await runs(online);
    await eventually(() => expect(told()).toEqual(['monitor.up unknown>up']));
    expect(events[0]?.evidence).toMatchObject({
      lastKnown: null,
      outageMs: null,
      alsoPing: [{ target: '192.0.2.9', reached: true, rttMs: 16 }],
    });
  });

  it('that is down is told too, where imon was silent', async () => {
    const { runs, told, events } = sceneOf(updown);
    await runs(offline);
    expect(told()).toEqual(['monitor.down unknown>down']);
    expect(events[0]?.evidence).toMatchObject({ lastKnown: null });
  });
});

describe('I22 ping', () => {
  it('gives each result, with all that imon told of it', async () => {
    const { runs, results } = sceneOf(updown);
    await runs(online, offline);
    expect(results.map(({ state }) => state)).toMatchObject([
      { target: '192.0.2.1', state: 'up', minMs: 15, rttMs: 16, maxMs: 17, lossPercent: 0, jitterMs: 1 },
      { target: '192.0.2.1', state: 'down', minMs: null, rttMs: null, maxMs: null, lossPercent: 100 },
    ]);
  });

  it('takes a name, whose resolving may fail in an outage without ending the monitor', async () => {
    const named = { ...updown, probe: { kind: 'ping' as const, body: { target: 'one.example' } } };
    const { runs } = sceneOf(named);
    const unresolved: Finds = () => new Failure('resolverTimeout', 'no name server answers');
    expect(await runs(online, unresolved, online)).toEqual(['up', 'down', 'up']);
  });

  it('is not ended by an uplink without an address either', async () => {
    const gone: Finds = () => new Failure('noAddress', 'eth1 has no address');
    expect(await sceneOf(updown).runs(online, gone, online)).toEqual(['up', 'down', 'up']);
  });
});

describe('I23 ddns', () => {
  const ddns = { probe: { kind: 'egress' as const, body: { via: 'fibre' } }, down: 3 };
  const seenAs =
    (address: string): Finds =>
    () =>
      measured({ egress: egressFigures({ address }) });
  const nobody: Finds = () => new Failure('answerTooSlow', 'no server told the public address');
  const ofEgress = (told: string[]) => told.filter((words) => words.startsWith('egress'));

  it('tells the first address, and each change with the old one', async () => {
    const { runs, told } = sceneOf(ddns);
    await runs(seenAs('203.0.113.5'), seenAs('203.0.113.5'), seenAs('198.51.100.7'));
    expect(ofEgress(told())).toEqual([
      'egress.changed ->203.0.113.5',
      'egress.changed 203.0.113.5>198.51.100.7',
    ]);
  });

  it('tells once, and not at each run, that nobody answers', async () => {
    const { runs, told } = sceneOf(ddns);
    await runs(nobody, nobody, nobody);
    expect(ofEgress(told())).toEqual(['egress.unknown ->-']);
  });

  it('remembers the address over a restart, so that no change is told that was none', async () => {
    const before = sceneOf(ddns);
    await before.runs(seenAs('203.0.113.5'));
    const after = sceneOf(ddns, {}, before.runner.kept());
    await after.runs(seenAs('203.0.113.5'));
    expect(ofEgress(after.told())).toEqual([]);
  });

  it('takes an address of the other family for no change', async () => {
    const { runs, told } = sceneOf(ddns);
    await runs(seenAs('203.0.113.5'), seenAs('2001:db8::5'), seenAs('203.0.113.5'));
    expect(ofEgress(told())).toHaveLength(2);
  });
});
