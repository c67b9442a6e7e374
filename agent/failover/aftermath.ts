// What follows from what is measured and decided. Routes come first; then it is told of them, connections are moved, and
// the user's programs are run.
import type { Log } from '../log.ts';
import type { DecisionListener } from '../uplink/deciding.ts';
import type { Transition } from '../uplink/health/condition.ts';
import type { Measured } from '../uplink/measuring.ts';
import type { Configured } from './configured.ts';
import { createFlows } from './flows.ts';
import type { FailoverNeeds } from './parts.ts';
import { createResets } from './resets.ts';
import { createTelling } from './telling.ts';

export interface AftermathParts extends Pick<FailoverNeeds, 'emit' | 'runProgram' | 'leave'> {
  agent: string;
  configured: Configured;
  measured(): readonly Measured[];
  /** The routes are in order, and it is told. */
  settled(): void;
  log: Log;
}

export interface Aftermath extends DecisionListener {
  changed(measured: Measured, transition: Transition | null): void;
  /** Nothing is chosen by what was seen until now. */
  unchosen(): void;
  /** The settings may be others. */
  look(): void;
  stop(): void;
}

export function createAftermath(parts: AftermathParts): Aftermath {
  const { agent, configured, measured, emit, runProgram, leave, log } = parts;
  const { uplinks, settings } = configured;
  const telling = createTelling({ uplinks, measured, emit, epochMs: Date.now });
  const flows = createFlows({ uplinks, flush: () => settings().flushOnFailback, leave, log });
  const resets = createResets({
    uplinks,
    measured,
    run(uplink, { run, timeoutMs }, reason) {
      log.info({ uplink, reason, program: run[0] }, 'the reset program of an uplink is run');
      const told = { PATHPROOF_UPLINK: uplink, PATHPROOF_REASON: reason, PATHPROOF_AGENT: agent };
      return runProgram(run, timeoutMs, told);
    },
    nowMs: () => performance.now(),
  });

  return {
    changed(one, transition) {
      flows.seen(one);
      telling.changed(one, transition);
    },
    choosing: telling.choosing,
    happened(happening) {
      telling.happened(happening);
      void flows.happened(happening);
    },
    settled() {
      telling.settled();
      resets.look();
      parts.settled();
    },
    unchosen() {
      telling.unchosen();
      resets.look();
    },
    look: resets.look,
    stop: resets.stop,
  };
}
