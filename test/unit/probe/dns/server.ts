// Name servers in thought: each question over UDP gets what the test says, as the packet folder would give it.
import { type Packet, decode, encode } from 'dns-packet';
import type { UdpAnswer, UdpQuestion } from '../../../../agent/packet/index.ts';
import type { ProbeTools } from '../../../../agent/probe/tools.ts';
import { Failure } from '../../../../shared/failure.ts';
import { reply } from '../tools.ts';

/** What is said to a question: a message's parts, raw bytes, or that nothing or something else came. */
export type Saying = Packet | Buffer | UdpAnswer | Failure;

export interface Asked {
  server: string;
  name: string;
  type: string;
  extended: boolean;
  waitMs: number;
}

export const silent: UdpAnswer = {
  type: 'silence',
  left: true,
  strays: { elsewhere: null, mismatched: null },
};

export const answeredBy = (payload: Buffer, from: string, cut = false): UdpAnswer => {
  const said = reply(12, { from, bytes: payload.length + 28 });
  if (said.type === 'silence') throw new Error('no reply');
  return { ...said, type: 'reply', payload, cut };
};

const isOutcome = (saying: Packet | UdpAnswer): saying is UdpAnswer =>
  saying.type === 'silence' ||
  saying.type === 'unreachable' ||
  saying.type === 'timeExceeded' ||
  saying.type === 'reply';

export function nameServers(says: (asked: Asked) => Saying) {
  const asked: Asked[] = [];
  const ask: ProbeTools['packets']['ask'] = (question: UdpQuestion, _signal, events) => {
    const { id, questions: [first] = [], additionals } = decode(question.payload);
    const one: Asked = {
      server: question.destination,
      name: first?.name ?? '',
      type: first?.type ?? '',
      extended: (additionals ?? []).length > 0,
      waitMs: question.waitMs,
    };
    const saying = says(one);
    if (saying instanceof Failure) return Promise.reject(saying);
    asked.push(one);
    events?.sent(28 + question.payload.length);
    if (!Buffer.isBuffer(saying) && isOutcome(saying)) return Promise.resolve(saying);
    const payload = Buffer.isBuffer(saying)
      ? Buffer.concat([question.payload.subarray(0, 2), saying])
      : encode({ type: 'response', id: id ?? 0, flags: 0x180, questions: first ? [first] : [], ...saying });
    events?.heard(28 + payload.length);
    if (!question.isAnswer(payload)) throw new Error('the test answers another question');
    return Promise.resolve(answeredBy(payload, question.destination));
  };
  return { asked, ask };
}

export const rcode = (code: number): Packet => ({ flags: 0x180 | code, answers: [] });

export const addressed = (...data: string[]): Packet => ({
  answers: data.map((address) => {
    const type = address.includes(':') ? 'AAAA' : 'A';
    return { type, name: 'one.example', ttl: 60, data: address };
  }),
});
