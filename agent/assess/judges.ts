// Who judges what: a table per kind. An expectation of the contract without a judge here does not compile.
import type { Measurement } from '../../shared/measurement.ts';
import type { Kind, RequestOf } from '../../shared/request.ts';
import type { Route } from '../../shared/result.ts';
import * as dns from './dns.ts';
import * as echoes from './echoes.ts';
import * as egress from './egress.ts';
import { type Judgement, unknown } from './finding.ts';
import * as http from './http.ts';
import * as network from './network.ts';
import * as route from './route.ts';

/** What each kind of request may expect. */
export type Expectations = { [K in Kind]: RequestOf<K>['expect'] };

/** For each of the expectations E of a request R, who judges it. */
export type Judges<E, R> = {
  [N in keyof E]-?: (expected: NonNullable<E[N]>, measured: Measurement, request: R) => Judgement;
};

const onRoute =
  <T>(judge: (expected: T, measured: Route, maxSilentHops: number | undefined) => Judgement) =>
  (expected: T, { traceroute }: Measurement, { expect }: RequestOf<'traceroute'>): Judgement =>
    traceroute === null
      ? unknown(null, 'there is no route to judge')
      : judge(expected, traceroute, expect.maxSilentHops);

const onEchoes = {
  minLatencyMs: echoes.minLatencyMs,
  maxLatencyMs: echoes.maxLatencyMs,
  maxLossPercent: echoes.maxLossPercent,
  maxJitterMs: echoes.maxJitterMs,
};

export const judges: { [K in Kind]: Judges<Expectations[K], RequestOf<K>> } = {
  ping: onEchoes,
  traceroute: {
    ...onEchoes,
    routeIncludes: onRoute(route.routeIncludes),
    routeExcludes: onRoute(route.routeExcludes),
    orgIncludes: onRoute(network.orgIncludes),
    orgExcludes: onRoute(network.orgExcludes),
    asPathIncludes: onRoute(network.asPathIncludes),
    countriesExclude: onRoute(network.countriesExclude),
    minHops: onRoute(route.minHops),
    maxHops: onRoute(route.maxHops),
    maxSilentHops: onRoute(route.maxSilentHops),
  },
  dns: {
    minLatencyMs: dns.minLatencyMs,
    maxLatencyMs: dns.maxLatencyMs,
    answerIncludes: dns.answerIncludes,
    rcode: dns.rcode,
    minAnswers: dns.minAnswers,
  },
  http: {
    minLatencyMs: http.minLatencyMs,
    maxLatencyMs: http.maxLatencyMs,
    statusCodes: http.statusCodes,
    bodyIncludes: http.bodyIncludes,
    bodyExcludes: http.bodyExcludes,
    certificateDaysLeft: http.certificateDaysLeft,
    redirectsTo: http.redirectsTo,
  },
  egress: {
    minLatencyMs: egress.minLatencyMs,
    maxLatencyMs: egress.maxLatencyMs,
    addressIncludes: egress.addressIncludes,
    addressExcludes: egress.addressExcludes,
    orgIncludes: egress.orgIncludes,
    orgExcludes: egress.orgExcludes,
    countryIncludes: egress.countryIncludes,
  },
};

/** Whether there was an answer at all: judged always, and first. */
export const reached: Record<Kind, (measured: Measurement) => Judgement> = {
  ping: echoes.reached,
  traceroute: echoes.reached,
  dns: dns.reached,
  http: http.reached,
  egress: egress.reached,
};
