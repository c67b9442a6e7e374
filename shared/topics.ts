// Every MQTT topic, built and read in one place. Base: pathproof/<agent>.
import { type Kind, isKind } from './request.ts';

export const agentNamePattern = /^[A-Za-z0-9_-]{1,64}$/;

/** Whether a name can stand in topics as an agent's; `group` is taken by the groups' own topics. */
export const isAgentName = (name: string): boolean => agentNamePattern.test(name) && name !== 'group';

const base = (agent: string): string => `pathproof/${agent}`;

export const statusTopic = (agent: string): string => `${base(agent)}/status`;
export const infoTopic = (agent: string): string => `${base(agent)}/info`;
export const requestTopic = (agent: string, kind: Kind): string => `${base(agent)}/probe/${kind}/request`;
/** `kind` may be a word that is no kind: a request for it is refused where its asker listens. */
export const resultTopic = (agent: string, kind: string): string => `${base(agent)}/probe/${kind}/result`;

/** What `pathproof doctor` and `configure` write and read back, to see that the broker lets them. */
export const trialTopic = (agent: string): string => `${base(agent)}/doctor/echo`;

/** What an agent subscribes to. Groups are shared subscriptions (MQTT 5 §4.8.2): one member gets each request. */
export function requestSubscriptions(agent: string, groups: readonly string[]): string[] {
  return [
    `${base(agent)}/probe/+/request`,
    ...groups.map((group) => `$share/${group}/pathproof/group/${group}/probe/+/request`),
  ];
}

/** What the agent tells of its monitors and uplinks, kept by the broker. */
export const monitorStateTopic = (agent: string, monitor: string): string =>
  `${base(agent)}/monitor/${monitor}/state`;
export const monitorAvailabilityTopic = (agent: string, monitor: string): string =>
  `${base(agent)}/monitor/${monitor}/availability`;
export const historyResultTopic = (agent: string, monitor: string): string =>
  `${base(agent)}/monitor/${monitor}/history/result`;
export const uplinkStateTopic = (agent: string, uplink: string): string =>
  `${base(agent)}/uplink/${uplink}/state`;
export const uplinkAvailabilityTopic = (agent: string, uplink: string): string =>
  `${base(agent)}/uplink/${uplink}/availability`;
export const failoverStateTopic = (agent: string): string => `${base(agent)}/failover/state`;
/** Where a command is answered that is not obeyed. */
export const failoverResultTopic = (agent: string): string => `${base(agent)}/failover/result`;
export const eventTopic = (agent: string): string => `${base(agent)}/event`;

/** What can be asked of a monitor, as its topic ends. */
export const monitorCommands = ['run', 'enabled/set', 'interval/set', 'history/request'] as const;
export type MonitorCommand = (typeof monitorCommands)[number];
export const monitorCommandTopic = (agent: string, monitor: string, command: MonitorCommand): string =>
  `${base(agent)}/monitor/${monitor}/${command}`;
export const monitorSubscriptions = (agent: string): string[] =>
  monitorCommands.map((command) => monitorCommandTopic(agent, '+', command));

/** The monitor and the command that a topic names; null where it is none of these. */
export function commandedMonitor(topic: string): { monitor: string; command: MonitorCommand } | null {
  const [root, , word, monitor, ...rest] = topic.split('/');
  const command = monitorCommands.find((one) => one === rest.join('/'));
  if (root !== 'pathproof' || word !== 'monitor' || monitor === undefined || command === undefined)
    return null;
  return { monitor, command };
}

/** What failover's commands come by; to be subscribed to where failover is configured. */
export const failoverSetTopic = (agent: string): string => `${base(agent)}/failover/set`;

/** Where Home Assistant says that it has come back. */
export const birthTopic = (prefix: string): string => `${prefix}/status`;
export const discoveryTopic = (prefix: string, objectId: string): string =>
  `${prefix}/device/${objectId}/config`;

const requestLevels = /^pathproof\/(?:group\/[^/]+|(?!group\/)[^/]+)\/probe\/([^/]+)\/request$/;

/** The word at the kind's place of a request topic (own or a group's); null where the topic is no request's. */
export function requestedKind(topic: string): { kind: Kind | null; word: string } | null {
  const word = requestLevels.exec(topic)?.[1];
  return word === undefined ? null : { kind: isKind(word) ? word : null, word };
}

/** Why an answer may not go to a topic that a request names; null where it may. */
export function replyTopicProblem(topic: string, discoveryPrefix: string): string | null {
  const below = (prefix: string): boolean => topic === prefix || topic.startsWith(`${prefix}/`);
  if (topic.length === 0) return 'is empty';
  if (topic.length > 256) return `has ${topic.length} characters; 256 are allowed`;
  if (/[+#]/.test(topic)) return 'has a wildcard (+ or #)';
  if (/[\p{Cc}\uFFFE\uFFFF]/u.test(topic)) return 'has a control character';
  if (topic.startsWith('$')) return "starts with $, the broker's own part";
  if (below('pathproof')) return "lies under pathproof/, the agents' own part";
  if (discoveryPrefix !== '' && below(discoveryPrefix)) return `lies under ${discoveryPrefix}/ (discovery)`;
  return null;
}
