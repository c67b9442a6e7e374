// The public address and what it says of the uplink: asked of one server, or of those that are configured, in order.
import { spareOf } from '../../shared/budget.ts';
import { Failure } from '../../shared/failure.ts';
import { type Measurement, noTraffic, nothingMeasured } from '../../shared/measurement.ts';
import type { RequestOf } from '../../shared/request.ts';
import { hostOfTarget, stunServer } from '../../shared/target.ts';
import type { Exit } from '../../shared/way.ts';
import { takeAim } from './aim.ts';
import { asFailure } from './echoes.ts';
import { eitherOf } from './either.ts';
import { askBinding } from './egress/binding.ts';
import { askPage } from './egress/page.ts';
import { type Told, nameOf } from './egress/told.ts';
import type { ProbeTools } from './tools.ts';
import { addTraffic } from './traffic.ts';

const untold: Told = {
  ...{ egress: null, address: null, via: nothingMeasured.via, failure: null, refusal: null },
  ...{ traffic: noTraffic, clockStepped: false },
};

/** Never rejects: what keeps a server from being asked is its failure. */
async function ask(
  server: string,
  request: RequestOf<'egress'>,
  exit: Exit | null,
  tools: ProbeTools,
  signal: AbortSignal,
  shareMs: number,
): Promise<Told> {
  const spareMs = spareOf(shareMs);
  const either = eitherOf(signal);
  const over = either.signal;
  const timer = setTimeout(() => either.abort(), shareMs);
  const goal = { kind: request.kind, target: hostOfTarget(server), family: request.family };
  try {
    const aim = await takeAim(goal, exit, tools, over);
    const stun = stunServer(server);
    return stun === null
      ? await askPage(server, aim, tools, over, spareMs)
      : await askBinding(server, stun.port, aim, tools, over, spareMs);
  } catch (error) {
    return { ...untold, failure: asFailure(error) };
  } finally {
    clearTimeout(timer);
    either.release();
  }
}

/** A fault that the next server would meet too; that one has no such address, or no route of TCP's, it need not. */
const isEverybodys = ({ source, code }: Failure): boolean =>
  (source === 'uplink' || source === 'local') &&
  !['noAddress', 'noRoute', 'noCurl', 'sendRefused', 'deadlineExceeded'].includes(code);

/** Of several servers that told nothing, what is to be said: that some answered badly, that some were silent, or why none was asked. */
function conclude(tried: readonly { server: string; told: Told }[]): Pick<Told, 'failure' | 'refusal'> {
  const failures = tried.flatMap(({ told }) => told.failure ?? []);
  const grave = failures.find(isEverybodys) ?? failures.find(({ source }) => source === 'target');
  const silent = tried.flatMap(({ server, told }) =>
    told.failure === null ? [`${nameOf(server)}: ${told.refusal ?? 'no answer'}`] : [],
  );
  const refusal = silent.length === 0 ? null : silent.join('; ');
  return { failure: grave ?? (refusal === null ? (failures[0] ?? null) : null), refusal };
}

/** Asks until one server tells an address of the family it was asked in. Never rejects. */
export async function egress(
  request: RequestOf<'egress'>,
  exit: Exit | null,
  tools: ProbeTools,
  signal: AbortSignal,
): Promise<Measurement> {
  const spareMs = spareOf(request.timeoutMs);
  const servers = request.target === undefined ? tools.egressServers() : [request.target];
  const tried: { server: string; told: Told }[] = [];
  for (const [index, server] of servers.entries()) {
    if (signal.aborted || spareMs() < 1) break;
    const told = await ask(server, request, exit, tools, signal, spareMs() / (servers.length - index));
    tried.push({ server, told });
    if (told.egress !== null || (told.failure !== null && isEverybodys(told.failure))) break;
  }
  const { egress: figures, address, via, clockStepped } = tried.at(-1)?.told ?? untold;
  const ended = figures === null ? conclude(tried) : { failure: null, refusal: null };
  if (figures === null && signal.aborted) {
    ended.failure = new Failure(
      'deadlineExceeded',
      'the deadline came before a server told the public address',
    );
  }
  const traffic = tried.map(({ told }) => told.traffic).reduce(addTraffic, noTraffic);
  return { ...nothingMeasured, address, via, egress: figures, ...ended, traffic, clockStepped };
}
