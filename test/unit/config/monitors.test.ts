// Monitors as they are read when they are right: what is given, and what stands where nothing is.
import { describe, expect, it } from 'vitest';
import { readFileSettings } from '../../../agent/config/file.ts';
import type { MonitorSettings } from '../../../agent/config/monitors.ts';
import { sayProblems } from '../../../shared/issues.ts';

const uplinks = `
uplinks:
  fibre: { interface: eth0 }
  lte: { interface: eth1, metered: true }
`;

function monitor(keys: string): MonitorSettings {
  const read = readFileSettings(`${uplinks}\nmonitors: { one: { ${keys} } }`);
  if (!read.ok) throw new Error(sayProblems(read.problems));
  const one = read.settings.monitors['one'];
  if (one === undefined) throw new Error('there is no monitor');
  return one;
}

describe('a monitor', () => {
  it('needs a probe alone', () => {
    expect(monitor('probe: egress')).toEqual({
      title: 'one',
      probe: { kind: 'egress', body: {} },
      warn: null,
      schedule: { everyMs: 60_000 },
      whileDownEveryMs: null,
      down: 2,
      up: 1,
      confirm: [],
      alsoPing: [],
      traceOnDown: false,
      enabled: true,
    });
  });

  it('may say everything', () => {
    const keys = [
      'title: The backup, probe: traceroute, target: 1.1.1.1, via: fibre, every: 90s, whileDownEvery: 10s',
      'expect: { minLatencyMs: 10, orgIncludes: [AS12345] }, warn: { maxLatencyMs: 80 }, down: 3, up: 2',
      'confirm: [{ probe: dns, target: 8.8.8.8, name: example.com }, { probe: ping, target: ::1, via: lte }]',
      'alsoPing: [192.168.92.1, Router.Example], traceOnDown: true, enabled: false',
    ];
    const expected = { minLatencyMs: 10, orgIncludes: ['AS12345'] };
    expect(monitor(keys.join(', '))).toMatchObject({
      title: 'The backup',
      probe: { kind: 'traceroute', body: { target: '1.1.1.1', via: 'fibre', expect: expected } },
      warn: { kind: 'traceroute', target: '1.1.1.1', via: 'fibre', count: 3 },
      schedule: { everyMs: 90_000 },
      whileDownEveryMs: 10_000,
      down: 3,
      up: 2,
      confirm: [
        { kind: 'dns', body: { target: '8.8.8.8', name: 'example.com', via: 'fibre' } },
        { kind: 'ping', body: { target: '::1', via: 'lte' } },
      ],
      alsoPing: ['192.168.92.1', 'router.example'],
      traceOnDown: true,
      enabled: false,
    });
  });

  it('may have keys with nothing under them, which are as absent', () => {
    const keys = 'alsoPing: , confirm: , expect: , warn: ';
    expect(monitor(`probe: egress, ${keys}`)).toEqual(monitor('probe: egress'));
    const confirmed = (more: string) =>
      monitor(`probe: egress, confirm: [{ probe: ping, target: 1.1.1.1${more} }]`).confirm;
    expect(confirmed(', expect: ')).toEqual(confirmed(''));
  });

  it('may bear a name that objects have', () => {
    const read = readFileSettings('monitors: { constructor: { probe: egress } }');
    expect(read.ok && Object.keys(read.settings.monitors)).toEqual(['constructor']);
  });

  it.each([
    ['cron: " 0  3 * * 1-5 "', { cron: '0 3 * * 1-5', timezone: null }],
    [
      'cron: "*/30 0 3 * * *", timezone: Europe/Berlin',
      { cron: '*/30 0 3 * * *', timezone: 'Europe/Berlin' },
    ],
    ['every: 31d', { everyMs: 2_678_400_000 }],
    ['every: 1s', { everyMs: 1000 }],
  ])('runs by %s', (keys, schedule) => expect(monitor(`probe: egress, ${keys}`).schedule).toEqual(schedule));

  it('keeps of what it expects all that its softer limits leave out', () => {
    const keys = 'expect: { rcode: NXDOMAIN, maxLatencyMs: 500 }, warn: { maxLatencyMs: 50 }';
    expect(monitor(`probe: dns, target: 9.9.9.9, name: gone.example, ${keys}`).warn?.expect).toEqual({
      rcode: 'NXDOMAIN',
      maxLatencyMs: 50,
    });
  });
});

describe('by a metered uplink a monitor', () => {
  const quarter = { everyMs: 900_000 };
  const day = { everyMs: 86_400_000 };

  it.each([
    ['probe: ping, target: 1.1.1.1', quarter, { target: '1.1.1.1', count: 1, packetBytes: 8 }],
    ['probe: traceroute, target: 1.1.1.1', day, { target: '1.1.1.1', count: 1, packetBytes: 8 }],
    ['probe: dns, target: 9.9.9.9, name: a.example', quarter, { target: '9.9.9.9', name: 'a.example' }],
    ['probe: egress', quarter, {}],
    ['probe: http, target: "https://a.example/"', day, { target: 'https://a.example/' }],
  ])('of "%s" is sparing', (keys, schedule, body) => {
    for (const via of ['lte', 'eth1']) {
      const { probe, schedule: own } = monitor(`${keys}, via: ${via}`);
      expect([own, probe.body]).toEqual([schedule, { ...body, via }]);
    }
    for (const via of ['fibre', 'eth0', 'eth2', '192.0.2.1']) {
      expect(monitor(`${keys}, via: ${via}`).schedule).toEqual({ everyMs: 60_000 });
      expect(monitor(`${keys}, via: ${via}`).probe.body).not.toHaveProperty('packetBytes');
    }
  });

  it('does as the file says where it says it', () => {
    const keys = 'probe: ping, target: 1.1.1.1, via: lte, every: 5s, count: 5, packetBytes: 56';
    const { schedule, probe } = monitor(keys);
    expect([schedule, probe.body]).toMatchObject([{ everyMs: 5000 }, { count: 5, packetBytes: 56 }]);
    expect(monitor('probe: egress, via: lte, cron: "0 3 * * *"').schedule).toHaveProperty('cron');
  });

  it('leaves what confirms it alone', () => {
    const keys = 'probe: egress, via: lte, confirm: [{ probe: ping, target: 1.1.1.1 }]';
    expect(monitor(keys).confirm).toEqual([{ kind: 'ping', body: { target: '1.1.1.1', via: 'lte' } }]);
  });

  it.each(['expect', 'warn'])('sends the two echoes that jitter needs where %s judges it', (limits) =>
    expect(
      monitor(`probe: ping, target: 1.1.1.1, via: lte, ${limits}: { maxJitterMs: 30 }`).probe.body,
    ).toMatchObject({ count: 2 }),
  );

  it('has softer limits for the same sparing probe', () => {
    const keys = 'probe: ping, target: 1.1.1.1, via: lte, warn: { maxLatencyMs: 80 }';
    expect(monitor(keys).warn).toMatchObject({ count: 1, packetBytes: 8, expect: { maxLatencyMs: 80 } });
  });
});
