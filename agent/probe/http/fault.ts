// What curl's exit code (curl(1), EXIT CODES) means to a probe: nothing, no connection, or a failure. Pure.
import { Failure, type FailureCode } from '../../../shared/failure.ts';
import { bracketed } from '../../../shared/ip.ts';
import { type CurlRun, givenUp } from './curl.ts';
import { type Order, portOf } from './order.ts';
import { type Report, peerRefusal, wordsOf } from './report.ts';

export interface Fault {
  /** Nobody took the connection, and what the network said to it; null where somebody did. */
  refusal: string | null;
  failure: Failure | null;
}

const noFault: Fault = { refusal: null, failure: null };

/** curl's own limit (from 8.4 on, and where Debian brought it back): what is longer has no end that matters. */
const mostHeaderBytes = 300 << 10;

const noConnection = 7;
const timeOver = 28;

/** Whatever is not among these is between the agent and curl. */
const codes: Readonly<Record<number, FailureCode>> = {
  2: 'noCurl',
  3: 'badRequest',
  4: 'noCurl',
  8: 'answerUnreadable',
  16: 'answerUnreadable',
  18: 'answerTruncated',
  35: 'tlsFailed',
  45: 'interfaceDown',
  51: 'certificateInvalid',
  52: 'answerTruncated',
  55: 'answerTruncated',
  56: 'answerTruncated',
  60: 'certificateInvalid',
  61: 'answerUnreadable',
  // No authorities to check a certificate by: this machine's fault.
  77: 'noCurl',
  80: 'tlsFailed',
  92: 'answerTruncated',
  100: 'answerTooLarge',
};

const sentences: Partial<Record<FailureCode, string>> = {
  answerTooLarge: 'sent headers that are too large',
  answerTruncated: 'broke off its answer',
  answerUnreadable: 'sent what is no HTTP answer',
  certificateInvalid: 'showed a certificate that is not valid',
  tlsFailed: 'did not agree on TLS',
};

/** Each address and what became of the connection to it. */
function refusalOf({ url, addresses, timeoutMs }: Order, { report }: CurlRun): string {
  const placeOf = (address: string): string => `${bracketed(address)}:${portOf(url)}`;
  const told = report.refused.map(({ address, words }) =>
    words === peerRefusal
      ? `${placeOf(address)} refused the connection`
      : `no connection to ${placeOf(address)}: ${words}`,
  );
  const places = addresses.map(placeOf).join(' or ');
  return told.length > 0
    ? told.join('; ')
    : `no connection to ${places} within ${(timeoutMs / 1000).toFixed(1)} s`;
}

function tooSlow(place: string, { url, timeoutMs }: Order, { body, report }: CurlRun): Failure {
  const limit = `within ${(timeoutMs / 1000).toFixed(1)} s`;
  const headerBytes = report.summary?.size_header ?? 0;
  if (headerBytes > mostHeaderBytes) {
    return new Failure('answerTooLarge', `${place} sent headers without end (${headerBytes} bytes ${limit})`);
  }
  const greeted = url.protocol === 'http:' || (report.summary?.time_appconnect ?? 0) > 0;
  if (!greeted) return new Failure('answerTooSlow', `${place} did not end the TLS handshake ${limit}`);
  const of = report.announcedBytes === null ? '' : ` of ${report.announcedBytes}`;
  const came = `${headerBytes} bytes of headers and ${body.length}${of} of the body`;
  return new Failure('answerTooSlow', `${place} did not end its answer ${limit}: ${came} came`);
}

/** Another version is a protocol that is not supported (1), a line of the headers that is too long no memory (27). */
function codeOfAnswer(exitCode: number, words: string, { summary }: Report): FailureCode | null {
  const begun = (summary?.size_header ?? 0) > 0;
  if (exitCode === 1 && (begun || /HTTP\/0\.9|HTTP.* in response/.test(words))) return 'answerUnreadable';
  return exitCode === 27 && begun ? 'answerTooLarge' : null;
}

/** A chunk's length that is none, too, is told as a failed reception (56). */
function codeOf(exitCode: number, words: string, report: Report): FailureCode {
  if (exitCode === 56 && /too large response headers/i.test(words)) return 'answerTooLarge';
  if (exitCode === 56 && /chunk/i.test(words)) return 'answerUnreadable';
  return codeOfAnswer(exitCode, words, report) ?? codes[exitCode] ?? 'internal';
}

function failureOf(place: string, exitCode: number, report: Report): Failure {
  const words = wordsOf(report);
  const code = codeOf(exitCode, words, report);
  const said = `curl: ${words}`;
  const options = { cause: `curl ended with exit code ${exitCode}` };
  if (code === 'badRequest') return new Failure(code, `target: the URL can't be used (${said})`, options);
  const sentence = sentences[code];
  return new Failure(code, sentence === undefined ? said : `${place} ${sentence} (${said})`, options);
}

/** Given up by its asker, or because curl took too long to start for its own time limit to be over before it. */
function faultOfGivenUp(order: Order, run: CurlRun): Fault {
  const silent = run.report.connection === 'tried' && run.lastedMs >= order.timeoutMs;
  return silent ? { refusal: refusalOf(order, run), failure: null } : { refusal: null, failure: givenUp() };
}

/** A body that was cut short on purpose is none, whatever curl makes of it. */
export function faultOf(order: Order, run: CurlRun): Fault {
  const { exitCode, report, cut } = run;
  const { summary } = report;
  const place = `${bracketed(summary?.remote_ip ?? order.addresses[0] ?? '')}:${portOf(order.url)}`;
  if (run.givenUp) return faultOfGivenUp(order, run);
  if (exitCode === null || summary === null) {
    const words = exitCode === null ? 'curl was killed' : `curl (${exitCode}): ${wordsOf(report)}`;
    return { refusal: null, failure: new Failure('internal', words) };
  }
  if (cut) return noFault;
  if (exitCode === 0) {
    if (report.headersEnded) return noFault;
    const sentence = `${place} broke off its answer before its headers ended`;
    return { refusal: null, failure: new Failure('answerTruncated', sentence) };
  }
  const connected = summary.remote_ip !== null;
  if (!connected && (exitCode === noConnection || exitCode === timeOver)) {
    return { refusal: refusalOf(order, run), failure: null };
  }
  const failure = exitCode === timeOver ? tooSlow(place, order, run) : failureOf(place, exitCode, report);
  return { refusal: null, failure };
}
