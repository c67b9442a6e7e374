// Whose each address can be, its name, and its network: asked for side by side, and waited for as long as they matter.
import { describe, expect, it } from 'vitest';
import { createAnnotate } from '../../../agent/asn/annotate.ts';
import { type Names, noNames } from '../../../agent/asn/names.ts';
import { type Networks, noNetworks } from '../../../agent/asn/networks.ts';
import { Failure } from '../../../shared/failure.ts';
import type { Request } from '../../../shared/request.ts';
import type { EgressFigures } from '../../../shared/result.ts';
import { at, gateway, measured, network, route } from '../assess/measured.ts';
import { unhurried } from '../probe/tools.ts';
import { requestOf } from '../shared/request/reading.ts';

const trace = (expectations: object = {}): Request =>
  requestOf('traceroute', { target: '1.1.1.1', expect: expectations });
const egress: EgressFigures = {
  address: '203.0.113.7',
  behindNat: true,
  network: null,
  server: 'stun:stun.example:3478',
  rttMs: 20,
};

interface Asking {
  names: Pick<Names, 'namesOf'>;
  networks: Pick<Networks, 'networksOf'>;
  asked: unknown[][];
}

function asking(): Asking {
  const asked: unknown[][] = [];
  return {
    asked,
    names: {
      namesOf(...question) {
        asked.push(['names', ...question]);
        return Promise.resolve(new Map([['192.168.2.1', 'ap.home']]));
      },
    },
    networks: {
      networksOf(...question) {
        asked.push(['networks', ...question]);
        return Promise.resolve(
          new Map([
            ['1.1.1.1', network(13335, 'Cloudflare')],
            ['203.0.113.7', network(64500, 'Example')],
          ]),
        );
      },
    },
  };
}

describe('the annotation', () => {
  it('says whose each address can be', async () => {
    const hops = [gateway, {}, at('100.64.0.1'), at('1.1.1.1')].map((hop) => ({ ...hop, scope: null }));
    const traced = measured({ traceroute: route(hops) });
    const { traceroute } = await createAnnotate(noNames, noNetworks)(trace(), traced, unhurried());
    expect(traceroute?.hops.map(({ scope }) => scope)).toEqual(['private', null, 'shared', 'public']);
  });

  it('gives hops the names and networks they have, asked for together and within the time there is', async () => {
    const { names, networks, asked } = asking();
    const signal = unhurried();
    const traced = measured({ traceroute: route([gateway, {}, at('1.1.1.1')]) });
    const { traceroute } = await createAnnotate(names, networks)(trace(), traced, signal);
    expect(traceroute?.hops.map(({ name }) => name)).toEqual(['ap.home', null, null]);
    expect(traceroute?.hops.map((hop) => hop.network?.asn ?? null)).toEqual([null, null, 13335]);
    expect(asked).toEqual([
      ['names', ['192.168.2.1', '1.1.1.1'], signal],
      ['networks', ['192.168.2.1', '1.1.1.1'], { patienceMs: 200 }, signal],
    ]);
  });

  it('gives the public address its network', async () => {
    const { names, networks, asked } = asking();
    const signal = unhurried();
    const request = requestOf('egress', { target: 'stun:stun.example:3478' });
    const seen = await createAnnotate(names, networks)(request, measured({ egress }), signal);
    expect(seen.egress).toEqual({ ...egress, network: network(64500, 'Example') });
    expect(asked[1]).toEqual(['networks', ['203.0.113.7'], { patienceMs: 200 }, signal]);
  });

  it.each<[request: Request, patienceMs: number | null]>([
    [trace({ orgIncludes: ['AS13335'] }), null],
    [trace({ orgExcludes: ['AS13335'] }), null],
    [trace({ asPathIncludes: ['AS13335'] }), null],
    [trace({ countriesExclude: ['US'] }), null],
    [requestOf('egress', { expect: { countryIncludes: ['US'] } }), null],
    [requestOf('egress', { expect: { addressIncludes: ['203.0.113.0/24'] } }), 200],
    [trace({ routeIncludes: ['1.1.1.1'] }), 200],
  ])(
    'of %j waits for networks as long as there is time where they decide: %j',
    async (request, patienceMs) => {
      const { names, networks, asked } = asking();
      const traced = measured({ traceroute: route([at('1.1.1.1')]) });
      await createAnnotate(names, networks)(request, traced, unhurried());
      expect(asked[1]?.[2]).toEqual({ patienceMs });
    },
  );

  it('of a probe that failed does not wait for what nobody will judge', async () => {
    const { names, networks, asked } = asking();
    const failure = new Failure('interfaceDown', 'eth1 is down');
    const traced = measured({ traceroute: route([at('1.1.1.1')]), failure });
    await createAnnotate(names, networks)(trace({ orgIncludes: ['AS1'] }), traced, unhurried());
    expect(asked[1]?.[2]).toEqual({ patienceMs: 200 });
  });

  it('leaves a ping as it is, and asks nobody', async () => {
    const { names, networks, asked } = asking();
    const pinged = measured();
    const request = requestOf('ping', { target: '1.1.1.1' });
    expect(await createAnnotate(names, networks)(request, pinged, unhurried())).toBe(pinged);
    expect(asked).toEqual([]);
  });
});
