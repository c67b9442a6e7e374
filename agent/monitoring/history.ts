// A monitor's history as it is asked for: over HTTP by a query, over MQTT by a message.
import { Failure } from '../../shared/failure.ts';
import type { HistoryPoint, MonitorState } from '../../shared/monitor.ts';
import { historyResultTopic, replyTopicProblem } from '../../shared/topics.ts';
import type { History } from '../history/index.ts';
import {
  type HistoryAnswer,
  type HistoryRequest,
  claimedId,
  historyAnswer,
  historyPayload,
  historyRefusal,
  mostPointsOfMessage,
  mostPointsOfPage,
  readHistoryMessage,
  readHistoryQuery,
} from '../history/requests.ts';
import type { Log } from '../log.ts';
import type { Incoming, Outgoing } from '../mqtt.ts';
import { createJobs } from '../queue.ts';
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

// A read of thousands of points holds megabytes: many at once were the end of the agent (256 MB, measured with 40).
const mostWaiting = 8;

export interface HistoryAnswersParts {
  agent: string;
  /** Home Assistant's: no answer goes below it. */
  prefix: string;
  history: Pick<History, 'read'>;
  log: Log;
}

export function createHistoryAnswers({ agent, prefix, history, log }: HistoryAnswersParts) {
  const reads = createJobs(1);
  let unreadable = false;

  function failureOf(error: unknown): Failure {
    if (error instanceof Failure) return error;
    // A page that is asked for again and again would fill the log.
    if (!unreadable) log.error({ err: error }, 'the history can not be read');
    unreadable = true;
    return new Failure('internal', 'what was kept can not be read; the log says why', { cause: error });
  }

  async function answer(monitor: string, asked: HistoryRequest, mostPoints: number): Promise<HistoryAnswer> {
    if (reads.waiting() >= mostWaiting) {
      throw new Failure('queueFull', `${mostWaiting} requests for history wait already; ask again later`);
    }
    const request = { ...asked, most: Math.min(asked.most, mostPoints) };
    const read = await reads.run(() => history.read(monitor, request));
    unreadable = false;
    return historyAnswer(monitor, request, read);
  }

  const page: Pages['history'] = async (monitor, query) => {
    try {
      return { ok: true, body: await answer(monitor, readHistoryQuery(query, Date.now()), mostPointsOfPage) };
    } catch (error) {
      return { ok: false, failure: failureOf(error) };
    }
  };

  async function payloadFor(monitor: string, payload: Buffer, refusal: Failure | null): Promise<string> {
    const text = payload.toString('utf8');
    try {
      if (refusal !== null) throw refusal;
      const request = readHistoryMessage(text, Date.now());
      return historyPayload(await answer(monitor, request, mostPointsOfMessage));
    } catch (error) {
      return historyRefusal(claimedId(text), monitor, failureOf(error));
    }
  }

  /** The messages that answer one, on …/history/result and on its response topic; `refusal`: why it may not be answered. */
  async function messages(monitor: string, incoming: Incoming, refusal: Failure | null): Promise<Outgoing[]> {
    const { responseTopic, correlationData } = incoming;
    const problem = responseTopic === null ? null : replyTopicProblem(responseTopic, prefix);
    const notThere = problem === null ? null : new Failure('replyToRefused', `the response topic ${problem}`);
    const payload = await payloadFor(monitor, incoming.payload, refusal ?? notThere);
    const toAll: Outgoing = { topic: historyResultTopic(agent, monitor), payload, qos: 1, retain: false };
    if (responseTopic === null || problem !== null) return [toAll];
    const toAsker = { topic: responseTopic, payload, qos: 0 as const, retain: false };
    return [toAll, { ...toAsker, ...(correlationData === null ? {} : { correlationData }) }];
  }

  return { page, messages };
}
