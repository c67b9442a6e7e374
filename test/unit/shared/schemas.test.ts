// The contract as JSON Schema: it takes and refuses the same payloads as the contract itself.
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { RequestSchema } from '../../../shared/request.ts';
import { ResultSchema } from '../../../shared/result.ts';

const request = z.fromJSONSchema(z.toJSONSchema(RequestSchema, { io: 'input' }));
const target = '192.0.2.1';

describe("the requests' JSON Schema", () => {
  it.each<object>([
    { kind: 'ping', target },
    { kind: 'ping', target, count: 100, via: 'eth1', expect: { minLatencyMs: 10 } },
    { kind: 'traceroute', target, expect: { routeIncludes: ['10.0.0.0/8'], maxSilentHops: 1 } },
    { kind: 'dns', target, name: 'one.example' },
    { kind: 'http', target: 'https://one.example/', expect: { statusCodes: [200, '300-399'] } },
    { kind: 'dns', target, name: '4.3.2.1', recordType: 'PTR', expect: { rcode: 'NXDOMAIN', minAnswers: 0 } },
    { kind: 'http', target: 'http://one.example/', method: 'HEAD', expect: { redirectsTo: 'https:' } },
    { kind: 'egress' },
    {
      kind: 'egress',
      target: 'stun:one.example:3478',
      expect: { orgIncludes: ['AS1'], countryIncludes: ['DE'] },
    },
  ])('takes %j', (payload) => {
    expect(RequestSchema.safeParse(payload).success).toBe(true);
    expect(request.safeParse(payload).success).toBe(true);
  });

  it.each<object>([
    { target },
    { kind: 'pong', target },
    { kind: 'ping' },
    { kind: 'ping', target, count: 101 },
    { kind: 'ping', target, targt: 'x' },
    { kind: 'ping', target, expect: { minHops: 2 } },
    { kind: 'traceroute', target, expect: { routeIncludes: [] } },
    { kind: 'dns', target },
    { kind: 'dns', target, name: 'one.example', recordType: 'ANY' },
    { kind: 'dns', target, name: 'one.example', expect: { rcode: 'NODATA' } },
    { kind: 'http', target: 'https://one.example/', method: 'POST' },
    { kind: 'http', target: 'https://one.example/', expect: { redirectsTo: 'portal.example' } },
    { kind: 'egress', expect: { countryIncludes: [] } },
  ])('refuses %j', (payload) => {
    expect(RequestSchema.safeParse(payload).success).toBe(false);
    expect(request.safeParse(payload).success).toBe(false);
  });
});

describe("the result's JSON Schema", () => {
  it('asks for every key of a result', () => {
    const written = z.toJSONSchema(ResultSchema, { io: 'output' });
    expect(written.required?.toSorted()).toEqual(Object.keys(ResultSchema.shape).toSorted());
    expect(written.additionalProperties).toBe(false);
  });
});
