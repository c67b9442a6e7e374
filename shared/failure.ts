// The closed list of reasons why a probe could not be measured or judged, and whose fault each is. Imports nothing: the
// packet engine is wanted by programs that start in a moment.

export const failureSources = [
  'request',
  'policy',
  'uplink',
  'resolver',
  'target',
  'local',
  'internal',
] as const;
export type FailureSource = (typeof failureSources)[number];

/** Each code and its owner. A code never changes its owner: monitors count by it. */
const sourceOf = {
  badRequest: 'request',
  cancelled: 'request',
  unknownVia: 'request',
  unsupported: 'request',
  budgetExhausted: 'policy',
  forceRefused: 'policy',
  queueFull: 'policy',
  replyToRefused: 'policy',
  retainedRefused: 'policy',
  targetRefused: 'policy',
  interfaceDown: 'uplink',
  interfaceMissing: 'uplink',
  noAddress: 'uplink',
  noCarrier: 'uplink',
  noGateway: 'uplink',
  neighbourUnreachable: 'uplink',
  noRoute: 'uplink',
  nameUnresolved: 'resolver',
  noNameServer: 'resolver',
  resolverTimeout: 'resolver',
  answerEndless: 'target',
  answerFromElsewhere: 'target',
  answerMismatched: 'target',
  answerTooLarge: 'target',
  answerTooSlow: 'target',
  answerTruncated: 'target',
  answerUnreadable: 'target',
  certificateInvalid: 'target',
  prohibited: 'target',
  tlsFailed: 'target',
  deadlineExceeded: 'local',
  noCurl: 'local',
  noRawSockets: 'local',
  repliesFiltered: 'local',
  sendRefused: 'local',
  stopping: 'local',
  tooManyInFlight: 'local',
  unjudged: 'local',
  internal: 'internal',
} as const satisfies Record<string, FailureSource>;

export type FailureCode = keyof typeof sourceOf;

const isCode = (text: string): text is FailureCode => Object.hasOwn(sourceOf, text);
export const failureCodes: readonly FailureCode[] = Object.keys(sourceOf).filter(isCode);

/** What a result carries of a failure. */
export interface FailureReport {
  code: FailureCode;
  source: FailureSource;
}

/** Thrown where a request can't go on; its message is the sentence a user reads, so it holds no secret. */
export class Failure extends Error {
  override readonly name = 'Failure';
  readonly code: FailureCode;
  readonly source: FailureSource;

  constructor(code: FailureCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    this.source = sourceOf[code];
  }
}

export const failureReport = ({ code, source }: Failure): FailureReport => ({ code, source });
