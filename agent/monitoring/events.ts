// Events on their way: each is kept with what it changed and what it lets run, then sent and acted on.
import type { Event } from '../../shared/event.ts';
import type { Change } from '../../shared/store.ts';
import { type Actions, createActions } from '../action/index.ts';
import { now } from '../clock.ts';
import { type Outbox, openOutbox } from '../publish/outbox.ts';
import type { MonitoringNeeds } from './parts.ts';

export interface Events {
  /** Resolves once it is on the disk with `alongside`. Never rejects. */
  emit(event: Event, alongside?: readonly Change[]): Promise<void>;
  actions: Actions;
  outbox: Outbox;
}

export async function openEvents(needs: MonitoringNeeds): Promise<Events> {
  const { config, environment, store, log, file, publish, isConnected, stopping } = needs;
  const { DEVICE_NAME: agent, SYSLOG_ADDRESS } = config;
  const outbox = await openOutbox({ agent, store, log, publish, isConnected, now });
  const actions = createActions({
    settings: () => file().actions,
    syslog: SYSLOG_ADDRESS !== undefined,
    ...{ agent, store, log, environment, stopping },
  });
  return {
    async emit(event, alongside = []) {
      await outbox.event(event, [...alongside, ...actions.changesFor(event)]);
      actions.take(event);
    },
    actions,
    outbox,
  };
}
