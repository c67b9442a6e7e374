// The entities of the agent itself.
import { eventTopic, infoTopic, statusTopic } from '../shared/topics.ts';
import { type Components, available, binarySensor, diagnostic, event, update } from './component.ts';
import { eventOf, object, onOff } from './templates.ts';

const types = {
  'budget.warning': "'budget_warning'",
  'budget.exhausted': "'budget_exhausted'",
  'outbox.dropped': "'outbox_dropped'",
  'store.failed': "'store_failed'",
};

export function agentComponents(agent: string): Components {
  const info = infoTopic(agent);
  const reachable = available([statusTopic(agent)]);
  return {
    // Without availability: off is what it is there to say.
    connectivity: {
      platform: 'binary_sensor',
      name: null,
      device_class: 'connectivity',
      state_topic: statusTopic(agent),
      payload_on: 'online',
      payload_off: 'offline',
    },
    storage: binarySensor('Storage', info, onOff('value_json.problems.storage is not none'), {
      ...diagnostic,
      device_class: 'problem',
      json_attributes_topic: info,
      json_attributes_template: object({ problem: 'value_json.problems.storage' }),
      ...reachable,
    }),
    // Nobody outside is asked for a newer version, so the installed one is the latest.
    version: update(
      'Version',
      info,
      object({ installed_version: 'value_json.version', latest_version: 'value_json.version' }),
      { ...diagnostic, device_class: 'firmware', title: 'pathproof', ...reachable },
    ),
    event: event(
      'Event',
      eventTopic(agent),
      eventOf(types, 'true', {
        subject: 'value_json.subject',
        reason: "value_json.evidence.get('reason')",
      }),
      {
        event_types: ['budget_warning', 'budget_exhausted', 'outbox_dropped', 'store_failed'],
        icon: 'mdi:bell-outline',
        ...reachable,
      },
    ),
  };
}
