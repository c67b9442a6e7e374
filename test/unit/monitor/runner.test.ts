// One monitor at work: what it probes, when it believes it, what it tells.
import { describe, expect, it } from 'vitest';
import { Event } from '../../../shared/event.ts';
import { Failure } from '../../../shared/failure.ts';
import type { Measurement } from '../../../shared/measurement.ts';
import { MonitorState } from '../../../shared/monitor.ts';
import { egressFigures, hop, measured } from '../assess/measured.ts';
import { eventually } from '../mqtt/kit.ts';
import { requestOf } from '../shared/request/reading.ts';
import { type Finds, answered, sceneOf, silent } from './kit.ts';

const good: Finds = () => answered();
const bad: Finds = () => silent;
const broken: Finds = () => new Failure('noRawSockets', 'raw sockets are not to be had');

/** Resolves by hand. */
function held<T>() {
  let give: (value: T) => void = () => undefined;
  const given = new Promise<T>((resolve) => {
    give = resolve;
  });
  return { give, given };
}

describe('a run', () => {
  it('shows what was measured, all keys there', async () => {
    const { runner, runs, states, results } = sceneOf();
    expect(MonitorState.parse(runner.state())).toMatchObject({ state: 'unknown', at: null, verdict: null });
    await runs(good);
    expect(MonitorState.parse(states.at(-1))).toMatchObject({
      monitor: 'backup',
      state: 'up',
      since: Date.parse('2026-11-20T07:00:00Z'),
      verdict: 'pass',
      rttMs: 16,
      lossPercent: 0,
      goodInARow: 1,
      intervalMs: 60_000,
    });
    expect(results[0]).toMatchObject({ result: { verdict: 'pass' }, state: { state: 'up' } });
  });

  it('never overlaps another', async () => {
    const { runner, line, results } = sceneOf();
    const measurement = held<Measurement>();
    line.finds = () => measurement.given;
    const first = runner.run();
    await runner.run();
    measurement.give(answered());
    await first;
    expect(line.probed).toEqual(['ping 1.1.1.1']);
    await runner.run();
    expect(results).toHaveLength(2);
  });

  it('that is held back probes nothing and counts for nothing but the unknown', async () => {
    let refusal: Failure | null = null;
    const scene = sceneOf({}, { held: () => refusal });
    await scene.runs(good);
    refusal = new Failure('budgetExhausted', 'lte: its data is used up until 1 December');
    expect(await scene.runs(good, good)).toEqual(['up', 'unknown']);
    expect(scene.line.probed).toHaveLength(1);
    expect(scene.states.at(-1)).toMatchObject({
      verdict: null,
      reason: refusal.message,
      failure: { code: 'budgetExhausted', source: 'policy' },
      rttMs: null,
      lossPercent: null,
    });
    expect(scene.told()).toEqual(['monitor.up unknown>up']);
  });

  it('shows why only as long as it is held back, and keeps nothing of it', async () => {
    let refusal: Failure | null = null;
    const scene = sceneOf({}, { held: () => refusal });
    await scene.runs(good);
    const { seen } = scene.runner.kept();
    refusal = new Failure('budgetExhausted', 'lte: its data is used up until 1 December');
    await scene.runs(good);
    expect(scene.runner.kept()).toMatchObject({ seen, condition: { neutralInARow: 1 } });
    scene.runner.refresh();
    expect(scene.states).toHaveLength(2);
    refusal = null;
    expect(scene.runner.state()).toMatchObject({ verdict: 'pass', rttMs: 16, failure: null });
    scene.runner.refresh();
    expect(scene.states.at(-1)).toMatchObject({ verdict: 'pass', rttMs: 16 });
  });

  it('that the end of the agent cut short says nothing', async () => {
    const { runs, results, runner } = sceneOf({ down: 1 });
    await runs(good, () => new Failure('stopping', 'the agent is stopping'));
    expect([results.length, runner.state().state]).toEqual([1, 'up']);
  });

  it('that breaks is told to the log, and the next one runs', async () => {
    let breaks = true;
    const refusing = (): null => {
      if (breaks) throw new Error('broken');
      return null;
    };
    const scene = sceneOf({}, { held: refusing });
    await scene.runs(good);
    breaks = false;
    await scene.runs(good);
    expect(scene.log.count(/a run of the monitor failed/)).toBe(1);
    expect(scene.results).toHaveLength(1);
  });
});

describe('a change of state', () => {
  it('is told with what was seen, and kept with what is told', async () => {
    const { runs, events, alongside, runner } = sceneOf();
    await runs(good, bad, bad);
    const [, down] = events.map((event) => Event.parse(event));
    expect(down).toMatchObject({
      kind: 'monitor.down',
      subject: 'backup',
      at: '2026-11-20T07:00:02.000Z',
      from: 'up',
      to: 'down',
      evidence: {
        target: '1.1.1.1',
        via: 'lte',
        verdict: 'fail',
        lastKnown: 'up',
        figures: { lossPercent: 100 },
      },
    });
    expect(alongside[1]).toEqual({ part: 'monitors', key: 'backup', value: runner.kept() });
  });

  it('to up has the length of the outage', async () => {
    const { runs, events, runner } = sceneOf();
    await runs(good, bad, bad, bad, good);
    expect(events.at(-1)?.evidence).toMatchObject({ outageMs: 3000 });
    expect(runner.state()).toMatchObject({ outageMs: 3000, outageAt: Date.parse('2026-11-20T07:00:01Z') });
  });

  it('has its outage in whole milliseconds', async () => {
    const { runs, runner, clock } = sceneOf({ down: 1 });
    await runs(bad);
    clock.upMs += 0.123_456;
    await runs(good);
    expect(runner.state().outageMs).toBe(1000);
  });

  it('to unknown is a state and no event, and keeps what was known', async () => {
    const { runs, told, events } = sceneOf();
    expect(await runs(good, broken, broken, good)).toEqual(['up', 'up', 'unknown', 'up']);
    expect(told()).toEqual(['monitor.up unknown>up', 'monitor.up unknown>up']);
    expect(events[1]?.evidence).toMatchObject({ lastKnown: 'up', outageMs: null });
  });

  it('has its outage right when the clock is set meanwhile', async () => {
    const { runs, events, runner, clock } = sceneOf();
    await runs(bad, bad);
    clock.epochMs += 86_400_000;
    runner.stepped(86_400_000);
    expect(runner.state().since).toBe(Date.parse('2026-11-21T07:00:01Z'));
    await runs(good);
    expect(events.at(-1)?.evidence).toMatchObject({ outageMs: 2000 });
  });

  it('and the last result move with the clock, but not from before the machine was started', async () => {
    const first = sceneOf();
    await first.runs(good);
    const at = first.runner.state().at ?? 0;
    first.runner.stepped(3_600_000);
    expect(first.runner.state()).toMatchObject({ at: at + 3_600_000 });
    const second = sceneOf({}, {}, first.runner.kept());
    second.runner.stepped(-1_800_000);
    expect(second.runner.state()).toMatchObject({ at: at + 1_800_000 });
    const third = sceneOf({}, { now: () => ({ ...first.clock, boot: 'c' }) }, second.runner.kept());
    const before = third.runner.state();
    third.runner.stepped(3_600_000);
    expect(third.runner.state()).toEqual(before);
  });

  it('survives a restart without being told again', async () => {
    const first = sceneOf();
    await first.runs(bad, bad);
    const second = sceneOf({}, {}, first.runner.kept());
    expect(second.runner.state()).toEqual(first.runner.state());
    second.clock.upMs += 10_000;
    await second.runs(bad, good);
    expect(second.told()).toEqual(['monitor.up down>up']);
    expect(second.events[0]?.evidence).toMatchObject({ outageMs: 11_000 });
  });
});

describe('the route', () => {
  const probe = { kind: 'traceroute' as const, body: { target: '1.1.1.1' } };
  const traced =
    (length: number): Finds =>
    () => {
      const hops = Array.from({ length }, (_, index) => hop({ ttl: index + 1 }));
      return measured({ traceroute: { reached: true, loop: false, hops } });
    };

  it('is shown after a restart, as the count of its hops is', async () => {
    const first = sceneOf({ probe });
    await first.runs(traced(3));
    expect(first.runner.state().route).toHaveLength(3);
    const { runner, runs } = sceneOf({ probe }, {}, first.runner.kept());
    expect(runner.state()).toEqual(first.runner.state());
    await runs(broken);
    expect(runner.state()).toMatchObject({ hopCount: null, route: [{ ttl: 1 }, { ttl: 2 }, { ttl: 3 }] });
  });

  it('is kept to 64 hops', async () => {
    const { runner, runs } = sceneOf({ probe });
    await runs(traced(100));
    expect(runner.kept().seen.route).toHaveLength(64);
  });
});

describe('confirm', () => {
  const confirm = [
    { kind: 'ping' as const, body: { target: '9.9.9.9' } },
    { kind: 'dns' as const, body: { target: '8.8.8.8', name: 'example.com' } },
    { kind: 'ping' as const, body: { target: '8.8.4.4' } },
  ];
  const onlyDns: Finds = ({ kind }) =>
    kind === 'dns' ? measured({ dns: { rcode: 'NOERROR', answers: [], rttMs: 3 } }) : silent;

  it('is asked only when the row of bad results is full, one after the other until one passes', async () => {
    const { runs, line, runner } = sceneOf({ confirm });
    expect(await runs(good, onlyDns, onlyDns)).toEqual(['up', 'up', 'up']);
    expect(line.probed.slice(1)).toEqual(['ping 1.1.1.1', 'ping 1.1.1.1', 'ping 9.9.9.9', 'dns 8.8.8.8']);
    expect(runner.state()).toMatchObject({
      refutedBy: 'dns 8.8.8.8 example.com',
      verdict: 'fail',
      badInARow: 0,
    });
  });

  it('that does not pass lets it be down', async () => {
    const { runs, line, told } = sceneOf({ confirm });
    await runs(good, bad, bad);
    expect(line.probed).toHaveLength(6);
    expect(told()).toEqual(['monitor.up unknown>up', 'monitor.down up>down']);
  });

  it('that passes while it is down makes it up, and says by what', async () => {
    const { runs, events } = sceneOf({ confirm, down: 1 });
    expect(await runs(bad, onlyDns)).toEqual(['down', 'up']);
    expect(events[1]?.evidence).toMatchObject({ refutedBy: 'dns 8.8.8.8 example.com', verdict: 'fail' });
  });

  it('is not asked where something answered that is not as expected', async () => {
    const expected = { target: '1.1.1.1', expect: { maxLatencyMs: 100 } };
    const scene = sceneOf({ confirm, down: 1, probe: { kind: 'ping', body: expected } });
    expect(await scene.runs(({ target }) => answered(target === '1.1.1.1' ? 300 : 16))).toEqual(['down']);
    expect(scene.line.probed).toEqual(['ping 1.1.1.1']);
  });

  it('is not asked where a trace to a silent target shows the wrong circuit', async () => {
    const expected = { target: '1.1.1.1', expect: { routeExcludes: ['192.168.0.1'] } };
    const scene = sceneOf({ confirm, down: 1, probe: { kind: 'traceroute', body: expected } });
    const hops = [hop({ ttl: 1, address: '192.168.0.1' })];
    const wrong = measured({ ping: silent.ping, traceroute: { reached: false, loop: false, hops } });
    expect(await scene.runs(({ kind }) => (kind === 'traceroute' ? wrong : answered()))).toEqual(['down']);
  });

  it.each([
    ['silence that fails the loss too', { expect: { maxLossPercent: 50 } }, bad],
    ['a fault of the line', {}, () => new Failure('noCarrier', 'eth1 has no carrier')],
  ])('is asked after %s', async (_words, more, own: Finds) => {
    const scene = sceneOf({
      confirm,
      down: 1,
      probe: { kind: 'ping', body: { target: '1.1.1.1', ...more } },
    });
    const finds: Finds = (request) => (request.target === '1.1.1.1' ? own(request) : answered());
    expect(await scene.runs(finds)).toEqual(['up']);
  });

  it('is told to the log once per outage', async () => {
    const { runs, log } = sceneOf({ confirm, down: 1 });
    await runs(good, onlyDns, onlyDns, onlyDns, good, onlyDns);
    expect(log.count(/the outage of a monitor is refuted.*dns 8\.8\.8\.8 example\.com/)).toBe(2);
  });

  it('that is past leaves no trace in the state', async () => {
    const { runs, runner } = sceneOf({ confirm, down: 1 });
    await runs(onlyDns, good);
    expect(runner.state().refutedBy).toBe(null);
  });
});

describe('evidence', () => {
  const route = {
    reached: false,
    loop: false,
    hops: [hop({ ttl: 1, address: '192.168.2.1' }), hop({ ttl: 2 })],
  };
  const finds: Finds = ({ kind, target }) =>
    kind === 'traceroute'
      ? measured({ ping: silent.ping, traceroute: route })
      : target === '192.168.2.1'
        ? answered(2)
        : silent;

  it('says who else answers by the same way, and the route on down only', async () => {
    const { runs, events, line } = sceneOf({ alsoPing: ['192.168.2.1', '192.168.9.9'], traceOnDown: true });
    await runs(finds, finds, good);
    await eventually(() => expect(events).toHaveLength(2));
    expect(events[0]?.evidence).toMatchObject({
      alsoPing: [
        { target: '192.168.2.1', reached: true, rttMs: 2 },
        { target: '192.168.9.9', reached: false, rttMs: null },
      ],
      route: [
        { ttl: 1, address: '192.168.2.1' },
        { ttl: 2, address: null },
      ],
    });
    expect(events[1]?.evidence).not.toHaveProperty('route');
    const gathered = line.requests.filter(
      ({ target, kind }) => target !== '1.1.1.1' || kind === 'traceroute',
    );
    expect(gathered.map(({ via }) => via)).toEqual(Array<string>(gathered.length).fill('lte'));
  });

  it('says of what was never sent why, and not that nobody answers', async () => {
    const refused = new Failure('targetRefused', 'ALLOWED_TARGETS does not allow 192.168.2.1');
    const { runs, events } = sceneOf({ alsoPing: ['192.168.2.1', '192.168.9.9'], down: 1 });
    await runs(({ target }) => (target === '192.168.2.1' ? refused : silent));
    await eventually(() => expect(events).toHaveLength(1));
    expect(events[0]?.evidence['alsoPing']).toEqual([
      { target: '192.168.2.1', reached: null, reason: refused.message, rttMs: null },
      { target: '192.168.9.9', reached: false, rttMs: null },
    ]);
  });

  it("is the monitor's own route where it traces anyway", async () => {
    const { runs, events, line } = sceneOf({
      probe: { kind: 'traceroute', body: { target: '1.1.1.1' } },
      traceOnDown: true,
      down: 1,
    });
    await runs(finds);
    await eventually(() => expect(events).toHaveLength(1));
    expect(line.probed).toHaveLength(1);
    expect(events[0]?.evidence['route']).toHaveLength(2);
  });

  it('delays neither the state, nor the next run; events keep their order', async () => {
    const slow = held<Measurement>();
    const { runs, states, told, events, runner } = sceneOf({ traceOnDown: true, down: 1 });
    const tracing: Finds = ({ kind }) => (kind === 'traceroute' ? slow.given : silent);
    expect(await runs(tracing)).toEqual(['down']);
    expect(states.at(-1)?.state).toBe('down');
    expect(await runs(good)).toEqual(['up']);
    expect([events.length, runner.telling()]).toEqual([0, true]);
    slow.give(measured({ traceroute: route }));
    await eventually(() => expect(told()).toEqual(['monitor.down unknown>down', 'monitor.up down>up']));
    expect(events[0]?.evidence['route']).toHaveLength(2);
    expect(runner.telling()).toBe(false);
  });

  it('is not waited for at the end: the event is told without', async () => {
    const { runs, events, runner } = sceneOf({ traceOnDown: true, down: 1 });
    const never = held<Measurement>();
    await runs(({ kind }) => (kind === 'traceroute' ? never.given : silent));
    await runner.stop();
    expect(events.map(({ kind }) => kind)).toEqual(['monitor.down']);
    await runner.run();
    expect(runner.state().badInARow).toBe(1);
  });
});

describe('an event that can not be kept', () => {
  it('is told to the log, and the next one is told', async () => {
    let fails = true;
    const kinds: string[] = [];
    const { runs, log } = sceneOf(
      { down: 1 },
      {
        emit(event) {
          if (fails) return Promise.reject(new Error('disk'));
          kinds.push(event.kind);
          return Promise.resolve();
        },
      },
    );
    await runs(good);
    await eventually(() => expect(log.count(/an event could not be kept/)).toBe(1));
    fails = false;
    await runs(bad);
    await eventually(() => expect(kinds).toEqual(['monitor.down']));
  });
});

describe('softer limits', () => {
  const warn = requestOf('ping', { target: '1.1.1.1', expect: { maxLatencyMs: 100 } });
  const slow: Finds = () => answered(300);

  it('degrade and mend, apart from the state', async () => {
    const { runs, told, events, runner } = sceneOf({ warn });
    await runs(good, slow, slow);
    expect(runner.state()).toMatchObject({ state: 'up', degraded: true, verdict: 'pass' });
    await runs(good);
    expect(told()).toEqual([
      'monitor.up unknown>up',
      'monitor.degraded normal>degraded',
      'monitor.degraded degraded>normal',
    ]);
    expect(events[1]?.evidence).toMatchObject({
      warnings: [{ expectation: 'maxLatencyMs', status: 'fail' }],
    });
  });

  it('are not judged by a bad result', async () => {
    const { runs, runner } = sceneOf({ warn });
    await runs(slow, bad);
    expect(runner.state().degraded).toBe(true);
  });
});

describe('a public address', () => {
  const probe = { kind: 'egress' as const, body: { via: 'lte' } };
  const at =
    (address: string): Finds =>
    () =>
      measured({ egress: egressFigures({ address }) });
  const nobody: Finds = () => new Failure('answerTooSlow', 'no server told the public address');
  const ofEgress = (told: string[]) => told.filter((words) => words.startsWith('egress'));

  it('is told when it changes, with both networks, the first one too', async () => {
    const { runs, told, events } = sceneOf({ probe });
    await runs(at('203.0.113.5'), at('203.0.113.5'), at('203.0.113.9'));
    expect(ofEgress(told())).toEqual([
      'egress.changed ->203.0.113.5',
      'egress.changed 203.0.113.5>203.0.113.9',
    ]);
    expect(events.at(-1)?.evidence).toHaveProperty('fromNetwork');
    expect(events.at(-1)?.evidence).toHaveProperty('toNetwork');
  });

  it('that can not be had is told once, until it is had again', async () => {
    const { runs, told } = sceneOf({ probe });
    await runs(at('203.0.113.5'), nobody, nobody, nobody, at('203.0.113.5'), nobody);
    expect(ofEgress(told())).toEqual([
      'egress.changed ->203.0.113.5',
      'egress.unknown 203.0.113.5>-',
      'egress.unknown 203.0.113.5>-',
    ]);
  });

  it.each([
    ['by the rules of the agent', 'queueFull'],
    ['for a fault of its own', 'noRawSockets'],
  ] as const)('is not lost by a probe that was refused %s', async (_words, code) => {
    const { runs, told } = sceneOf({ probe });
    await runs(at('203.0.113.5'), () => new Failure(code, 'refused'), at('203.0.113.5'));
    expect(ofEgress(told())).toEqual(['egress.changed ->203.0.113.5']);
  });

  it('is remembered across a restart', async () => {
    const first = sceneOf({ probe });
    await first.runs(at('203.0.113.5'), nobody);
    const second = sceneOf({ probe }, {}, first.runner.kept());
    await second.runs(nobody, at('203.0.113.5'), at('203.0.113.9'));
    expect(ofEgress(second.told())).toEqual(['egress.changed 203.0.113.5>203.0.113.9']);
  });

  it('of the other family is no change of the one', async () => {
    const { runs, told } = sceneOf({ probe });
    await runs(at('203.0.113.5'), at('2001:db8::5'), at('203.0.113.5'), at('2001:db8::5'));
    expect(ofEgress(told())).toEqual(['egress.changed ->203.0.113.5', 'egress.changed ->2001:db8::5']);
  });

  it('is told with its part of what is kept, after the state', async () => {
    const { runs, alongside, told } = sceneOf({ probe });
    await runs(at('203.0.113.5'));
    expect(told()).toEqual(['monitor.up unknown>up', 'egress.changed ->203.0.113.5']);
    expect(alongside.map(({ value }) => value)).toMatchObject([
      { condition: { state: 'up' }, egress: { last: null } },
      { condition: { state: 'up' }, egress: { last: '203.0.113.5' } },
    ]);
  });
});
