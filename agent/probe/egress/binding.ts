// The public address as a STUN server sees it: a packet each way, bound to the uplink.
import { Failure } from '../../../shared/failure.ts';
import type { UdpAnswer } from '../../packet/index.ts';
import { type Aim, viaOf } from '../aim.ts';
import { type Reply, askPatiently } from '../asking.ts';
import { asFailure } from '../echoes.ts';
import { type Meter, countedQuestion, questionAlong, strayFailure } from '../questions.ts';
import type { ProbeTools } from '../tools.ts';
import { bindingRequest, isBindingAnswer, looksLikeStun, readBinding } from './stun.ts';
import { type Told, strange } from './told.ts';

interface Binding extends Reply {
  told: { address: string; rttMs: number } | null;
}

/** The address that a response tells. Throws Failure of the target where it tells none. */
function toldIn(payload: Buffer, aim: Aim, server: string): string {
  const reading = readBinding(payload);
  if (reading.type === 'cut') throw new Failure('answerTruncated', `${server}'s answer ends too early`);
  if (reading.type === 'error') {
    const said = `${reading.code} ${reading.words}`.trimEnd();
    throw new Failure('answerUnreadable', `${server} answers with the error ${said}`);
  }
  if (reading.type !== 'address') {
    throw new Failure('answerUnreadable', `${server}'s answer tells no address`);
  }
  const failure = strange(server, reading.address, aim.address);
  if (failure !== null) throw failure;
  return reading.address;
}

function bindingIn(outcome: UdpAnswer | null, aim: Aim, server: string): Binding {
  const nothing = { outcome, told: null, failure: null };
  if (outcome === null) return nothing;
  if (outcome.type !== 'reply') return { ...nothing, failure: strayFailure(outcome, server, looksLikeStun) };
  try {
    if (outcome.cut) throw new Failure('answerTooLarge', `${server}'s answer is larger than any of STUN`);
    return { ...nothing, told: { address: toldIn(outcome.payload, aim, server), rttMs: outcome.rttMs } };
  } catch (error) {
    return { ...nothing, failure: asFailure(error) };
  }
}

/** Asks for a binding (RFC 8489 §3); `server` is how the answer calls it. Never rejects. */
export async function askBinding(
  server: string,
  port: number,
  aim: Aim,
  tools: ProbeTools,
  signal: AbortSignal,
  spareMs: () => number,
): Promise<Told> {
  const ask = async (waitMs: number, until: AbortSignal, meter: Meter): Promise<Binding> => {
    const payload = bindingRequest();
    const isAnswer = (received: Buffer): boolean => isBindingAnswer(payload, received);
    const question = questionAlong(aim, { destinationPort: port, payload, waitMs, isAnswer });
    return bindingIn(await countedQuestion(tools.packets, question, until, meter), aim, server);
  };
  const { last, ...asked } = await askPatiently(aim, tools, signal, spareMs, ask);
  const told = last?.told ?? null;
  const { address, way } = aim;
  return {
    ...asked,
    address,
    via: viaOf(way),
    egress: told && { ...told, behindNat: told.address !== way.source, network: null, server },
  };
}
