// What a command does to one monitor.
import type { Command } from './commands.ts';
import { enabledBy, intervalBy } from './kept.ts';
import type { Runner } from './runner.ts';
import type { Settings } from './settings.ts';

/** Why it can't be obeyed; null where it is. */
export function obey(runner: Runner, settings: Settings, command: Command): string | null {
  if (command.command === 'run') {
    if (runner.running()) return 'run: a run is under way';
    void runner.run();
  } else if (command.command === 'enabled/set') {
    runner.override({ enabled: enabledBy(settings, command.enabled) });
  } else {
    if ('cron' in settings.schedule) return 'interval/set: this monitor runs by a calendar (cron)';
    runner.override({ intervalMs: intervalBy(settings, command.everyMs) });
  }
  return null;
}
