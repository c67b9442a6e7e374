// A used-up data budget, held to on the whole way from an entrance to the packets: by each way out, and whoever may force.
import { describe, expect, it } from 'vitest';
import { noNames } from '../../agent/asn/names.ts';
import { noNetworks } from '../../agent/asn/networks.ts';
import type { Packets } from '../../agent/packet/index.ts';
import { type Pipeline, createPipeline } from '../../agent/pipeline.ts';
import { askedByMqtt } from '../../agent/request/mqtt.ts';
import { createProbeQueue } from '../../agent/queue.ts';
import { stagesFor } from '../../agent/stages.ts';
import { createUplinks } from '../../agent/uplink/index.ts';
import type { NetworkWatch } from '../../agent/uplink/watch.ts';
import { Failure } from '../../shared/failure.ts';
import { asked } from './pipeline/watched.ts';
import { reply } from './probe/tools.ts';
import { get, running } from './request/http/bridge.ts';
import { twoUplinks } from './uplink/network.ts';

const uplink = (name: string) => ({
  interface: name,
  gateway: null,
  pointToPoint: false,
  metered: false,
  dnsServers: null,
});
const uplinks = { fibre: uplink('eth0'), lte: uplink('eth1') };
const usedUp = new Failure('budgetExhausted', 'the data budget of uplink lte, 1 MB, is used up');

/** The kernel sends everything by `kernelsChoice`; lte has nothing left to send. */
function poor(kernelsChoice: string): { pipeline: Pipeline; sent: string[] } {
  const sent: string[] = [];
  const packets: Packets = {
    echo(echo) {
      sent.push(echo.interfaceName);
      return Promise.resolve(reply(12, { from: echo.destination }));
    },
    ask: () => Promise.reject(new Error('nothing is asked over UDP here')),
    close: () => undefined,
  };
  const watch: NetworkWatch = {
    start: () => Promise.resolve(),
    stop: () => undefined,
    current: () => twoUplinks,
    leavesBy: () => null,
    latest: () => Promise.resolve(twoUplinks),
    fresh: () => Promise.resolve(twoUplinks),
    interfaceTo: () => Promise.resolve(kernelsChoice),
    wayBack: () => Promise.resolve([]),
    hasRoute: () => Promise.resolve(true),
  };
  const nothing = (): void => undefined;
  const parts = {
    config: { HOMEASSISTANT_PREFIX: 'homeassistant' },
    log: { debug: nothing, info: nothing, warn: nothing, error: nothing },
    packets,
    uplinks: createUplinks(watch, () => uplinks),
    knowledge: { names: noNames, networks: noNetworks, stop: () => Promise.resolve() },
    egressServers: () => ['stun:192.0.2.1:3478', 'stun:192.0.2.2:3478'],
    bridgeAt: () => null,
    budgetRefusal: (name: string | null) => (name === 'lte' ? usedUp : null),
    queue: createProbeQueue(4),
    observe: nothing,
  };
  return { pipeline: createPipeline('pi', stagesFor(parts, nothing)), sent };
}

const ping = (more: object) => ({ target: '1.1.1.1', count: 1, ...more });
const refused = { verdict: 'error', reason: usedUp.message, failure: { code: 'budgetExhausted' } };

describe('with nothing left on lte', () => {
  it.each(['lte', 'eth1', '192.168.2.10'])('a probe by %s is refused, and nothing is sent', async (via) => {
    const { pipeline, sent } = poor('eth0');
    expect(await pipeline.answer(asked({ body: ping({ via }) }))).toMatchObject(refused);
    expect(sent).toEqual([]);
  });

  it('a probe by the other uplink is made', async () => {
    const { pipeline, sent } = poor('eth1');
    expect(await pipeline.answer(asked({ body: ping({ via: 'fibre' }) }))).toMatchObject({ verdict: 'pass' });
    expect(sent).toEqual(['eth0']);
  });

  it('a probe that the kernel would send by it is refused, and nothing is sent', async () => {
    const { pipeline, sent } = poor('eth1');
    expect(await pipeline.answer(asked({ body: ping({}) }))).toMatchObject(refused);
    const egress = asked({ kind: 'egress', word: 'egress', body: {} });
    expect(await pipeline.answer(egress)).toMatchObject(refused);
    expect(sent).toEqual([]);
  });

  it('one that the kernel sends by the other uplink is made', async () => {
    const { pipeline, sent } = poor('eth0');
    expect(await pipeline.answer(asked({ body: ping({}) }))).toMatchObject({ verdict: 'pass' });
    expect(sent).toEqual(['eth0']);
  });

  it.each([{}, { via: 'lte' }])('one that forces is made where it may (%j)', async (by) => {
    const { pipeline, sent } = poor('eth1');
    const forced = asked({ body: ping({ ...by, force: true }), mayForce: true });
    expect(await pipeline.answer(forced)).toMatchObject({ verdict: 'pass' });
    expect(sent).toEqual(['eth1']);
  });

  it('the bridge says 429 and when to ask again, and honours force by those who show its token', async () => {
    const { answer } = poor('eth0').pipeline;
    const path = '/ping?target=1.1.1.1&count=1&via=lte';
    const { port: open } = await running({ answer });
    const plain = await get(open, path);
    expect([plain.status, plain.headers.get('retry-after')]).toEqual([429, ['3600']]);
    expect(plain.body).toMatchObject({ result: 'error', reason: usedUp.message });
    expect((await get(open, `${path}&force=true`)).status).toBe(403);
    const { port: guarded } = await running({ answer, token: 's3cret' });
    const shown = ['Authorization: Bearer s3cret'];
    expect((await get(guarded, path, shown)).status).toBe(429);
    expect((await get(guarded, `${path}&force=true`, shown)).status).toBe(200);
  });

  it.each([
    [true, { verdict: 'pass' }],
    [false, { failure: { code: 'forceRefused' } }],
  ])('over MQTT force is honoured where that is set (%j)', async (mayForce, expected) => {
    const payload = Buffer.from(JSON.stringify(ping({ via: 'lte', force: true })));
    const plain = { tooLarge: false, retained: false, responseTopic: null, correlationData: null };
    const message = { topic: 'pathproof/pi/probe/ping/request', payload, ...plain };
    const request = askedByMqtt(message, mayForce);
    if (request === null) throw new Error('no request');
    expect(await poor('eth0').pipeline.answer(request)).toMatchObject(expected);
  });
});
