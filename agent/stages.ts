// The stages of the one way through, put together out of the agent's parts, in the words of the pipeline.
import { createAnnotate } from './asn/annotate.ts';
import { assess } from './assess/index.ts';
import type { Config } from './config.ts';
import type { Knowledge } from './knowledge.ts';
import type { Log } from './log.ts';
import type { Outgoing } from './mqtt.ts';
import type { Packets } from './packet/index.ts';
import type { Stages } from './pipeline.ts';
import { createProbeTools, probe } from './probe/index.ts';
import { resultMessages } from './publish/result.ts';
import type { ProbeQueue } from './queue.ts';
import {
  type TargetRules,
  addressRefusal,
  bridgeRefusal,
  hostRefusal,
  selfRefusal,
} from './request/policy.ts';
import { type ValidationRules, checkBudget, replyTarget, validate } from './request/validate.ts';
import type { Result } from '../shared/result.ts';
import type { Uplinks } from './uplink/index.ts';

export interface StageParts {
  config: Pick<Config, 'ALLOWED_TARGETS' | 'HOMEASSISTANT_PREFIX'>;
  log: Log;
  packets: Packets;
  queue: ProbeQueue;
  uplinks: Uplinks;
  knowledge: Knowledge;
  egressServers: () => readonly string[];
  /** Where the bridge listens; null where it does not. */
  bridgeAt: () => { address: string; port: number } | null;
  budgetRefusal: ValidationRules['budgetRefusal'];
  /** Told of each result, whoever asked. */
  observe: (result: Result) => void;
}

export function stagesFor(parts: StageParts, publish: (message: Outgoing) => void): Stages {
  const { config, log, packets, queue, uplinks, knowledge, egressServers, bridgeAt, budgetRefusal } = parts;
  const targets: TargetRules = {
    allowed: config.ALLOWED_TARGETS ?? null,
    ownAddresses: uplinks.ownAddresses,
  };
  const rules = {
    discoveryPrefix: config.HOMEASSISTANT_PREFIX,
    hostRefusal: hostRefusal.bind(null, targets),
    findExit: uplinks.findExit,
    budgetRefusal,
  };
  const refusal = addressRefusal.bind(null, targets);
  const tools = createProbeTools({ packets, ...uplinks, egressServers, refusal });
  const toolsForOthers: typeof tools = {
    ...tools,
    refusal: (kind, host, address) =>
      selfRefusal(targets, host, address) ?? addressRefusal(targets, kind, host, address),
  };

  return {
    validate: (asked) => validate(asked, rules),
    // Without a via the interface is known only once the target is: those probes share one lane.
    queue: ({ exit }, job, signal) =>
      queue.run(exit?.uplink ?? exit?.interfaceName ?? 'the default route', job, signal),
    probe({ request, exit, mayProbeSelf }, signal) {
      const given = mayProbeSelf ? tools : toolsForOthers;
      const notTheBridge: typeof tools.refusal = (kind, host, address) =>
        bridgeRefusal(targets, bridgeAt(), request.target, address) ?? given.refusal(kind, host, address);
      // By the kernel's choice it is known only now whose budget a packet would be sent from.
      const withinBudget: typeof tools.way = async (by, destination) => {
        const way = await given.way(by, destination);
        if (by === null) checkBudget(way, request, rules);
        return way;
      };
      return probe(request, exit, { ...given, refusal: notTheBridge, way: withinBudget }, signal);
    },
    annotate: createAnnotate(knowledge.names, knowledge.networks),
    assess,
    publish(result, asked, failure) {
      const { id, kind, target, verdict, reason } = result;
      log.debug({ id, kind, target, verdict, reason }, 'probed');
      parts.observe(result);
      if (failure?.source === 'internal') log.error({ id, err: failure.cause ?? failure }, failure.message);
      const reply = replyTarget(asked, config.HOMEASSISTANT_PREFIX);
      for (const message of resultMessages(result, asked.word, reply)) publish(message);
    },
    unpublished: (error) => log.error({ err: error }, 'a result could not be published'),
  };
}
