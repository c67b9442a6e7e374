// What Home Assistant is told of an agent, and what it makes of the agent's states.
import { beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { type DeviceMessage, discoveryMessages } from '../../../homeassistant/discovery.ts';
import { readFailoverCommand } from '../../../agent/failover/commands.ts';
import { healths, places } from '../../../shared/failover.ts';
import { commandedMonitor } from '../../../shared/topics.ts';
import { type Outcome, outcomes } from '../../fixtures/homeassistant/templates.ts';
import { messagesProblems } from '../../fixtures/homeassistant/validator.ts';
import { familyHealth, healthOf, knownMonitor, knownUplink } from '../publish/states.ts';
import { described, messages, states } from './described.ts';

const id = 'pathproof_7b0c8f0e6a4a4a539a1c0d3c3a0f1e11';

/** The same without failover, and with no health measured. */
const plain = {
  ...described,
  uplinks: described.uplinks.map((uplink) => ({ ...uplink, measured: false })),
  failover: false,
};

function deviceOf(objectId: string, given = described): DeviceMessage {
  const found = discoveryMessages(given).find((message) => message.objectId === objectId);
  if (found === undefined) throw new Error(`no ${objectId}`);
  return found;
}

describe('the messages', () => {
  it('are taken by Home Assistant', () => {
    expect(messagesProblems(messages())).toEqual([]);
  });

  it('are a device for the agent, and below it one for each uplink and monitor', () => {
    const devices = discoveryMessages(described).map(({ objectId, topic, payload: { device } }) => [
      objectId,
      topic === `homeassistant/device/${objectId}/config`,
      device['name'],
      device['via_device'],
    ]);
    expect(devices).toEqual([
      [id, true, 'pathproof pi', undefined],
      [`${id}_uplink_fibre`, true, 'pi uplink Fibre', id],
      [`${id}_uplink_dsl`, true, 'pi uplink dsl', id],
      [`${id}_uplink_lte`, true, 'pi uplink LTE', id],
      [`${id}_monitor_ping`, true, 'pi The ping', id],
      [`${id}_monitor_traceroute`, true, 'pi The traceroute', id],
      [`${id}_monitor_dns`, true, 'pi The dns', id],
      [`${id}_monitor_http`, true, 'pi The http', id],
      [`${id}_monitor_egress`, true, 'pi The egress', id],
      [`${id}_monitor_nightly`, true, 'pi nightly', id],
    ]);
  });

  it('identify entities by the identifier and the name alone', () => {
    const renamed = { ...described, agent: 'other', prefix: 'ha', version: '9' };
    const identities = (given: typeof described) =>
      discoveryMessages(given).map(({ objectId, payload }) => [
        objectId,
        payload.device['identifiers'],
        Object.values(payload.components).map((component) => component['unique_id']),
      ]);
    expect(identities(renamed)).toEqual(identities(described));
    expect(deviceOf(`${id}_monitor_ping`).payload.components['rtt']?.['unique_id']).toBe(
      `${id}_monitor_ping_rtt`,
    );
  });

  it.each([
    ['ping', ['rtt_min', 'rtt', 'rtt_max', 'jitter', 'loss']],
    ['traceroute', ['rtt_min', 'rtt', 'rtt_max', 'jitter', 'loss', 'hops']],
    ['dns', ['rtt']],
    ['http', ['rtt', 'status_code', 'certificate']],
    ['egress', ['rtt', 'network', 'public_address']],
  ])('have what a %s measures, and no more', (kind, measured) => {
    const always = [
      'connectivity', 'degraded', 'unexpected', 'reason', 'last_change', 'last_probe', 'last_outage', 'outage_length',
      'event', 'run', 'enabled', 'interval',
    ]; // prettier-ignore
    const { components } = deviceOf(`${id}_monitor_${kind}`).payload;
    expect(Object.keys(components).sort()).toEqual([...always, ...measured].sort());
  });

  it('let no interval be set where a calendar says when', () => {
    expect(deviceOf(`${id}_monitor_nightly`).payload.components).not.toHaveProperty('interval');
  });

  it('tell of data where it is counted', () => {
    const figures = (name: string): string[] =>
      Object.keys(deviceOf(`${id}_uplink_${name}`).payload.components).filter((key) =>
        ['data_used', 'data_left', 'expected_monthly'].includes(key),
      );
    expect(figures('fibre')).toEqual([]);
    expect(figures('dsl')).toEqual(['expected_monthly']);
    expect(figures('lte')).toEqual(['data_used', 'data_left', 'expected_monthly']);
  });

  const keysOf = (objectId: string, given = described): string[] =>
    Object.keys(deviceOf(objectId, given).payload.components);

  it('tell of health where it is measured', () => {
    const health = ['reachable', 'health', 'fault', 'active', 'loss', 'rtt', 'jitter', 'event'];
    expect(keysOf(`${id}_uplink_fibre`)).toEqual([...keysOf(`${id}_uplink_fibre`, plain), ...health]);
    expect(keysOf(`${id}_uplink_dsl`)).toEqual(keysOf(`${id}_uplink_dsl`, plain));
  });

  it('tell of failover where it is configured, and let an uplink be chosen', () => {
    const failover = ['active_uplink', 'uplink_in_use', 'failover_mode', 'failover_event'];
    expect(keysOf(id)).toEqual([...keysOf(id, plain), ...failover]);
    expect(deviceOf(id).payload.components['active_uplink']).toMatchObject({
      command_topic: 'pathproof/pi/failover/set',
      options: ['fibre', 'dsl', 'lte', 'auto'],
    });
  });

  it('have what is chosen read by the agent as it was meant', () => {
    const { options } = z
      .object({ options: z.array(z.string()) })
      .parse(deviceOf(id).payload.components['active_uplink']);
    const read = options.map((option) =>
      readFailoverCommand(
        {
          topic: 'pathproof/pi/failover/set',
          payload: Buffer.from(option),
          tooLarge: false,
          retained: false,
        },
        described.uplinks.map(({ name }) => name),
      ),
    );
    expect(read).toMatchObject([
      ...described.uplinks.map(({ name }) => ({ ok: true, value: { action: 'force', uplink: name } })),
      { ok: true, value: { action: 'release' } },
    ]);
  });

  it('show the health of an uplink whose interface is gone', () => {
    const { components } = deviceOf(`${id}_uplink_lte`).payload;
    for (const name of ['reachable', 'health', 'fault', 'active', 'loss', 'event'])
      expect(components[name]).toMatchObject({ availability: [{ topic: 'pathproof/pi/status' }] });
  });

  it('keep the public address out of sight until someone wants it', () => {
    for (const name of ['monitor_egress', 'uplink_lte']) {
      const { components } = deviceOf(`${id}_${name}`).payload;
      expect(components['public_address']).toMatchObject({ enabled_by_default: false });
    }
  });

  it('make availability of what the agent and the thing itself say, both', () => {
    expect(deviceOf(`${id}_monitor_ping`).payload).toMatchObject({
      availability: [{ topic: 'pathproof/pi/status' }, { topic: 'pathproof/pi/monitor/ping/availability' }],
      availability_mode: 'all',
    });
    expect(deviceOf(`${id}_uplink_lte`).payload).toMatchObject({
      availability: [{ topic: 'pathproof/pi/status' }, { topic: 'pathproof/pi/uplink/lte/availability' }],
      availability_mode: 'all',
    });
  });

  it('show why a monitor can not run, and let it be tried, while it can not', () => {
    const { components } = deviceOf(`${id}_monitor_traceroute`).payload;
    const apart = Object.entries(components).filter(([, one]) => 'availability' in one);
    expect(apart.map(([name]) => name).sort()).toEqual(['enabled', 'interval', 'reason', 'run']);
    for (const [, { availability }] of apart)
      expect(availability).toMatchObject([{ topic: 'pathproof/pi/status' }]);
  });

  it('leave the agent itself off rather than unavailable', () => {
    const { payload } = deviceOf(id);
    expect(payload).not.toHaveProperty('availability');
    const without = Object.entries(payload.components).filter(([, one]) => !('availability' in one));
    expect(without.map(([key]) => key)).toEqual(['connectivity']);
  });

  it('send commands where the agent listens', () => {
    const { components } = deviceOf(`${id}_monitor_ping`).payload;
    const commands = Object.entries(components).flatMap(([key, { command_topic: topic }]) =>
      typeof topic === 'string' ? [[key, commandedMonitor(topic)]] : [],
    );
    expect(Object.fromEntries(commands)).toEqual({
      run: { monitor: 'ping', command: 'run' },
      enabled: { monitor: 'ping', command: 'enabled/set' },
      interval: { monitor: 'ping', command: 'interval/set' },
    });
  });
});

describe('a state', () => {
  let found: Outcome[] = [];
  beforeAll(() => {
    found = outcomes(messages(), states());
  });

  it('of whatever kind is read by every template that is shown it', () => {
    expect(found.length).toBeGreaterThan(1000);
    expect(found.filter(({ problem }) => problem !== null)).toEqual([]);
  });

  const shown = (where: string, payload: string): string[] =>
    found.filter((one) => one.where === where && one.payload === payload).map(({ text }) => text);
  const ofMonitor = (entity: string): string[] => {
    const state = knownMonitor({ monitor: 'traceroute', kind: 'traceroute' });
    return shown(`pi The traceroute.${entity}`, JSON.stringify(state));
  };
  const ofUplink = (entity: string): string[] =>
    shown(`pi uplink LTE.${entity}`, JSON.stringify(knownUplink()));

  it.each([
    ['connectivity', 'OFF'],
    ['degraded', 'ON'],
    ['unexpected', 'ON'],
    ['rtt_min', '2.1'],
    ['rtt', '2.2'],
    ['rtt_max', '2.4'],
    ['jitter', '0.05'],
    ['loss', '100'],
    ['hops', '2'],
    ['reason', 'minimum RTT 2.1 ms is less than 10 ms'],
    ['last_change', '2025-11-20T07:00:00.123000+00:00'],
    ['last_probe', '2025-11-20T07:15:00+00:00'],
    ['last_outage', '2025-11-20T00:53:20+00:00'],
    ['outage_length', '61.5'],
    ['enabled', 'ON'],
    ['interval', '900.0'],
  ])('of a monitor shows %s as %s', (entity, text) => {
    expect(ofMonitor(entity)).toEqual([text]);
  });

  it('of a monitor is as expected where nothing else answered, and not known where no probe was run', () => {
    const texts = found.filter(({ where }) => where === 'pi The ping.unexpected').map(({ text }) => text);
    expect(texts).toEqual(['None', 'ON', 'OFF', 'ON', 'ON', 'ON', 'OFF']);
  });

  it('of a monitor shows the route as attributes', () => {
    const { route: hops, target, via } = knownMonitor();
    expect(ofMonitor('hops attributes').map((text): unknown => JSON.parse(text))).toEqual([
      { hops, target, via },
    ]);
  });

  it('of an uplink shows its data in megabytes since the period began', () => {
    const entities = [
      'connectivity',
      'condition',
      'network',
      'data_used',
      'data_used last reset',
      'data_left',
    ];
    expect(entities.map(ofUplink)).toEqual([
      ['ON'],
      ['up'],
      ["Example's <Net> & Co"],
      ['123.457'],
      ['2025-10-31T23:00:00+00:00'],
      ['376.543'],
    ]);
  });

  const textsOf = (where: string): string[] =>
    found.filter((one) => one.where === where).map(({ text }) => text);

  it('of an uplink shows its health apart from its link', () => {
    const entities = ['reachable', 'health', 'fault', 'active', 'loss', 'rtt', 'jitter'];
    expect(entities.map(ofUplink)).toEqual([
      ...[['ON'], ['degraded'], ['none'], ['ON'], ['45'], ['38.25'], ['4.5']],
    ]);
    expect(ofUplink('health attributes').map((text): unknown => JSON.parse(text))).toEqual([
      {
        ipv4: 'degraded',
        ipv4_reason: 'the loss of 45 % is more than 40 %',
        ipv6: null,
        ipv6_reason: null,
        suppressed: false,
      },
    ]);
  });

  it('of an uplink is reachable where anything answers, and not known where nobody knows', () => {
    const known = {
      up: 'ON',
      degraded: 'ON',
      recovering: 'ON',
      probing: 'None',
      down: 'OFF',
      unknown: 'None',
    };
    const shownAs = healths.map((health) =>
      shown(
        'pi uplink LTE.reachable',
        JSON.stringify(knownUplink(healthOf(familyHealth({ health, reason: health })))),
      ),
    );
    expect(shownAs).toEqual(healths.map((health) => [known[health]]));
    expect(textsOf('pi uplink LTE.reachable')[0]).toBe('None');
    expect(textsOf('pi uplink LTE.active')[0]).toBe('None');
  });

  it('of an uplink names the place of the fault, none where there is none', () => {
    expect([...new Set(textsOf('pi uplink LTE.fault'))].sort()).toEqual(['None', 'none', ...places].sort());
  });

  it('of failover shows what is in use and what was chosen', () => {
    const entities = ['active_uplink', 'uplink_in_use', 'failover_mode'];
    expect(entities.map((entity) => textsOf(`pathproof pi.${entity}`))).toEqual([
      ['auto', 'auto', 'auto', 'auto', 'lte', 'None'],
      ['lte', 'None', 'None', 'None', 'lte', 'lte'],
      ['overlay', 'observe', 'overlay', 'capture', 'overlay', 'overlay'],
    ]);
    expect(JSON.parse(textsOf('pathproof pi.uplink_in_use attributes')[0] ?? '')).toEqual({
      desired: 'fibre',
      reason: 'fibre is up, and is taken again after 60 s',
      problem: null,
    });
  });

  it('that is an event is one of its subject alone, and no address is in it', () => {
    const typesOf = (where: string): unknown[] =>
      found
        .filter((one) => one.where === where && one.text !== '')
        .map(({ text }) => /"event_type":"([^"]+)"/.exec(text)?.[1]);
    expect(typesOf('pi The ping.event')).toEqual(['up', 'down', 'degraded', 'normal']);
    expect(typesOf('pi The egress.event')).toEqual([
      'up',
      'down',
      'degraded',
      'normal',
      'address_changed',
      'address_unknown',
    ]);
    expect(typesOf('pi uplink LTE.event')).toEqual(['up', 'down', 'degraded', 'suppressed']);
    expect(typesOf('pathproof pi.failover_event')).toEqual([
      ...['switched', 'confirmed', 'unconfirmed', 'rolled_back', 'all_down'],
    ]);
    expect(new Set(typesOf('pathproof pi.event'))).toEqual(
      new Set(['budget_warning', 'budget_exhausted', 'outbox_dropped', 'store_failed']),
    );
    const texts = found.filter(({ where }) => where === 'pi The egress.event').map(({ text }) => text);
    expect(texts.join()).not.toContain('203.0.113');
    expect(texts.join()).toContain('"from":"up","to":"down"');
  });
});
