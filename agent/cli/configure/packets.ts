// Answers tried with real packets: the way that each of the agent's own probes takes, without a broker.
import { Failure } from '../../../shared/failure.ts';
import type { Kind } from '../../../shared/request.ts';
import type { Result } from '../../../shared/result.ts';
import { defaultFailover } from '../../config/failover.ts';
import { type FileSettings, emptyFile } from '../../config/file.ts';
import { silentLog } from '../../log.ts';
import { createPipeline } from '../../pipeline.ts';
import { readNetwork } from '../../uplink/ip.ts';
import type { NetworkState } from '../../uplink/network.ts';
import { canChangeRoutes, rivals } from '../../uplink/routes/index.ts';
import { openBench } from '../bench.ts';
import { thisInstallation } from '../installation.ts';
import type { ProofAnswer, UplinkAnswer } from './answers.ts';
import { settingsOf } from './texts.ts';

/** What came of a trial, in words. */
export interface Told {
  ok: boolean;
  words: string;
}

export interface Trials {
  /** Why no packet can be sent; null where one can. */
  refusal(): string | null;
  /** One echo more than a single loss would spoil, by an uplink; `minMs` is null where none came back. */
  ping(uplink: UplinkAnswer, target: string): Promise<Told & { minMs: number | null }>;
  proof(uplinks: readonly UplinkAnswer[], proof: ProofAnswer): Promise<Told>;
  /** The public address by an uplink, as a server sees it. */
  egress(uplink: UplinkAnswer, server: string): Promise<Told & { address: string | null }>;
  /** Whether failover could change routes here and now; `rivals` undo that sooner or later. */
  routes(): Promise<Told & { rivals: string[] }>;
  close(): void;
}

/** Interfaces and routes as they are; failover's own are left out. Throws Failure where `ip` can't be run. */
export async function lookAround(settings: FileSettings): Promise<NetworkState> {
  const network = await readNetwork();
  const own = String((settings.failover ?? defaultFailover).routeProto);
  return { ...network, routes: network.routes.filter(({ protocol }) => protocol !== own) };
}

export async function openTrials(): Promise<Trials> {
  let file: FileSettings = emptyFile;
  /** By interface, as last answered: trials of several run at once. */
  const known = new Map<string, UplinkAnswer>();
  const bench = await openBench({
    config: { PROBE_RATE: 1000, ALLOWED_TARGETS: undefined, HOMEASSISTANT_PREFIX: '' },
    file: () => file,
    log: silentLog,
    atOnce: 8,
  });
  const pipeline = createPipeline('configure', bench.stages);

  /** By the uplinks as they are answered so far: their gateways count. */
  async function ask(uplinks: readonly UplinkAnswer[], kind: Kind, body: object): Promise<Result> {
    for (const uplink of uplinks) known.set(uplink.interface, uplink);
    const settings = settingsOf([...known.values()]);
    if (typeof settings === 'string') throw new Failure('badRequest', settings);
    file = settings;
    return pipeline.answer({
      kind,
      word: kind,
      body,
      problem: null,
      mayForce: true,
      mayProbeSelf: true,
      signal: null,
      reply: null,
    });
  }

  return {
    refusal: () => bench.refusal()?.message ?? null,
    async ping(uplink, target) {
      const body = { target, via: uplink.name, count: 3, timeoutMs: 5000 };
      const { verdict, reason, ping } = await ask([uplink], 'ping', body);
      const minMs = ping?.minMs ?? null;
      const by = `${target} by ${uplink.name} (${uplink.interface})`;
      if (verdict !== 'pass' || ping === null || minMs === null)
        return { ok: false, words: `${by}: ${reason}`, minMs };
      const { sent, received } = ping;
      return { ok: true, words: `${by}: ${received} of ${sent} echoes back, ${minMs.toFixed(1)} ms`, minMs };
    },
    async proof(uplinks, { name, probe, target, via, expect }) {
      const { verdict, reason } = await ask(uplinks, probe, { target, via, expect, timeoutMs: 20_000 });
      return { ok: verdict === 'pass', words: `${name}: ${verdict}: ${reason}` };
    },
    async egress(uplink, server) {
      const body = { target: server, via: uplink.name };
      const { reason, egress } = await ask([uplink], 'egress', body);
      const address = egress?.address ?? null;
      const words = address === null ? reason : `the world sees ${address}`;
      return { ok: address !== null, words: `${uplink.name} (${uplink.interface}): ${words}`, address };
    },
    async routes() {
      const may = await canChangeRoutes();
      const words = may
        ? 'routes can be changed here (CAP_NET_ADMIN)'
        : `CAP_NET_ADMIN is not had here; the service gets it by: sudo ${thisInstallation().command} install-service --failover`;
      return { ok: may, words, rivals: await rivals() };
    },
    close: () => bench.close(),
  };
}
