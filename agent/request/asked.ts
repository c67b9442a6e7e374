// What every entrance hands to the pipeline, whoever asks: a body not yet believed, and what the asker may do.
import type { Failure } from '../../shared/failure.ts';
import type { Kind } from '../../shared/request.ts';
import type { Result } from '../../shared/result.ts';

export interface Asked {
  /** Null where the asker named a kind that does not exist; `word` is then what was named. */
  kind: Kind | null;
  word: string;
  body: unknown;
  /** Why this can't be read as a request, found by the entrance itself (bad JSON, a retained command). */
  problem: Failure | null;
  /** Whether `force` is honoured for this asker (design: policy). */
  mayForce: boolean;
  /** False where the target was not really named: a Host header that leads here would probe this machine, and pass. */
  mayProbeSelf: boolean;
  /** The asker went away: its probe ends. */
  signal: AbortSignal | null;
  /** Where an MQTT asker also wants the answer; the topic in the body (`replyTo`) goes the same way. */
  reply: { topic: string; correlationData: Buffer | null } | null;
}

/** The pipeline as an entrance sees it: exactly one result, never a rejection. */
export type Answer = (asked: Asked) => Promise<Result>;
