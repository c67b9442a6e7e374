// A monitor's history as it is asked for: over HTTP by a query, over MQTT by a message.
import { Failure } from '../../shared/failure.ts';
import type { HistoryPoint, MonitorState } from '../../shared/monitor.ts';
import { historyResultTopic } from '../../shared/topics.ts';
import type { History } from '../history/index.ts';
import {
  type HistoryAnswer,
  type HistoryRequest,
  historyAnswer,
  historyPayload,
  historyRefusal,
  readHistoryMessage,
  readHistoryQuery,
} from '../history/requests.ts';
import type { Incoming, Outgoing } from '../mqtt.ts';
import type { Pages } from '../request/http/pages.ts';

/** What history keeps of a run; null where nothing was run. */
export function pointOf(state: MonitorState): HistoryPoint | null {
  const { at, verdict, failure } = state;
  if (at === null || verdict === null) return null;
  const { minMs, rttMs, maxMs, jitterMs, lossPercent, hopCount } = state;
  const { publicAddress, statusCode, certificateDaysLeft } = state;
  return {
    at,
    state: state.state,
    verdict,
    code: failure?.code ?? null,
    ...{ minMs, rttMs, maxMs, jitterMs, lossPercent, hopCount },
    ...{ publicAddress, statusCode, certificateDaysLeft },
  };
}

const unread = (error: unknown): Failure =>
  error instanceof Failure
    ? error
    : new Failure('internal', 'what was kept can not be read; the log says why', { cause: error });

export function createHistoryAnswers(agent: string, history: Pick<History, 'read'>) {
  const answer = async (monitor: string, request: HistoryRequest): Promise<HistoryAnswer> =>
    historyAnswer(monitor, request, await history.read(monitor, request));

  const page: Pages['history'] = async (monitor, query) => {
    try {
      return { ok: true, body: await answer(monitor, readHistoryQuery(query, Date.now())) };
    } catch (error) {
      return { ok: false, reason: unread(error).message };
    }
  };

  /** The message that answers one; `refusal` is why it may not be answered. */
  async function message(
    monitor: string,
    { payload, tooLarge }: Incoming,
    refusal: Failure | null,
  ): Promise<Outgoing> {
    const reply = (text: string): Outgoing => ({
      topic: historyResultTopic(agent, monitor),
      payload: text,
      qos: 1,
      retain: false,
    });
    try {
      if (refusal !== null) throw refusal;
      if (tooLarge) throw new Failure('badRequest', 'the request is larger than 64 KiB');
      const request = readHistoryMessage(payload.toString('utf8'), Date.now());
      return reply(historyPayload(await answer(monitor, request)));
    } catch (error) {
      return reply(historyRefusal(monitor, unread(error)));
    }
  }

  return { page, message };
}
