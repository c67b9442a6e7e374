// Actions from an event to the program's end, and over the end of the agent.
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { ActionSettings } from '../../../agent/action/entries.ts';
import { createActions } from '../../../agent/action/index.ts';
import { memoryStore } from '../../fixtures/store.ts';
import { type Event, newEvent } from '../../../shared/event.ts';
import type { KeepsState } from '../../../shared/store.ts';
import { action, environment, eventually, folder, keptLog, program, turned } from './kit.ts';

const down = (epochMs?: number): Event => turned('monitor.down', 'up', {}, epochMs);

async function left(store: KeepsState): Promise<unknown[]> {
  const values: unknown[] = [];
  for await (const [, value] of store.sub('actions').entries()) values.push(value);
  return values;
}

function agentWith(settings: readonly ActionSettings[], store = memoryStore(), own: object = environment) {
  const { log, lines } = keptLog();
  const stopping = new AbortController();
  const options = {
    settings: () => settings,
    store,
    log,
    agent: 'pi',
    syslog: false,
    environment: { ...own },
    stopping: stopping.signal,
  };
  const actions = createActions(options);
  onTestFinished(() => actions.stop());
  /** As the agent does it: on disk with the event, then taken. */
  const tell = async (...events: Event[]): Promise<void> => {
    for (const event of events) await store.write(actions.changesFor(event));
    for (const event of events) actions.take(event);
  };
  const messages = (): string[] => lines.map(({ message }) => message);
  const over = (): Promise<void> => eventually(async () => expect(await left(store)).toEqual([]));
  return { actions, store, lines, messages, tell, over, stopping };
}

/** A program that says in a file what it was told of, and then waits for `release`, where it has to. */
function notebook(waits = false) {
  const at = folder();
  const [notes, pipe] = [join(at, 'notes'), join(at, 'pipe')];
  execFileSync('mkfifo', [pipe]);
  const hold = waits ? `read line <${pipe}` : '';
  const path = program(`echo "begin $PATHPROOF_SUBJECT" >>${notes}\n${hold}\necho end >>${notes}`, at);
  const read = (): string[] => (existsSync(notes) ? readFileSync(notes, 'utf8').trimEnd().split('\n') : []);
  const release = async (): Promise<void> => {
    const file = await open(pipe, 'w');
    await file.write('\n');
    await file.close();
  };
  return { path, read, release };
}

const about = (subject: string, epochMs?: number): Event =>
  newEvent('budget.warning', subject, {}, epochMs ?? Date.now());

describe('an action', () => {
  it('has the event to read and in its environment, without the rest of the agent’s', async () => {
    const own = { ...environment, SECRET: 'x' };
    const { tell, over, lines, messages } = agentWith(
      [action([program('cat\nenv | grep -E "^(PATHPROOF|SECRET)"')])],
      undefined,
      own,
    );
    const event = turned('monitor.up', 'down', { outageMs: 3000 });
    await tell({ ...event, from: 'down' });
    await over();
    const said = lines.flatMap(({ fields }) => ('line' in fields ? [String(fields.line)] : []));
    const [json = '', ...variables] = said;
    expect(JSON.parse(json)).toEqual({ ...event, from: 'down' });
    expect(variables.sort()).toEqual([
      'PATHPROOF_AGENT=pi',
      `PATHPROOF_AT=${event.at}`,
      `PATHPROOF_EVENT_ID=${event.id}`,
      'PATHPROOF_FROM=down',
      'PATHPROOF_KIND=monitor.up',
      'PATHPROOF_SUBJECT=backup',
      'PATHPROOF_TO=',
    ]);
    expect(messages().at(-1)).toBe('an action has run');
  });

  it("of imon's format has imon's arguments after its own, and nothing to read", async () => {
    const path = program('printf "<%s>" "$@"\ncat');
    const { tell, over, lines } = agentWith([action([path, 'my own'], { format: 'imon' })]);
    await tell(down(), turned('monitor.up', null));
    await over();
    const said = lines.flatMap(({ fields }) => ('line' in fields ? [fields.line] : []));
    expect(said).toEqual(['<my own><main><1><updown-offline><1.1.1.1>']);
  });

  it('that fails is told of, and is not run again', async () => {
    const { tell, over, lines } = agentWith([action([program('exit 3'), 'a-secret'])]);
    await tell(down());
    await over();
    const [line] = lines;
    expect(line).toMatchObject({
      level: 'warn',
      message: 'an action failed',
      fields: { exitCode: 3, signal: null },
    });
    expect(JSON.stringify(lines)).not.toContain('a-secret');
  });

  it('is written down for what asks for it, each result aside', () => {
    const wanted = action(['/bin/true'], { on: ['monitor.down', 'probe.result'] });
    const { actions } = agentWith([wanted, action(['/bin/false'], { on: ['egress.*'] })]);
    expect(actions.changesFor(down())).toHaveLength(1);
    expect(actions.changesFor(turned('monitor.up', 'down'))).toEqual([]);
    expect(actions.changesFor(newEvent('probe.result', 'backup', {}, 0))).toEqual([]);
  });

  it('of each result is run without being written down', async () => {
    const { path, read } = notebook();
    const { actions, store } = agentWith([action([path], { on: ['probe.result'] })]);
    actions.observed(newEvent('probe.result', 'backup', {}, Date.now()));
    await eventually(() => expect(read()).toEqual(['begin backup', 'end']));
    expect(await left(store)).toEqual([]);
  });

  it('is not run with powers that can’t be taken from it', async () => {
    const { path, read } = notebook();
    const { tell, over, lines } = agentWith([action([path])], undefined, { PATH: '/nowhere' });
    await tell(down());
    await over();
    expect(lines.map(({ level, message }) => [level, message])).toEqual([
      [
        'error',
        "an action is not run, because the agent's capabilities can't be taken from it: setpriv is not installed (apt-get install util-linux)",
      ],
    ]);
    expect(read()).toEqual([]);
  });
});

describe('several events', () => {
  it('are told to one action one after another, in their order', async () => {
    const { path, read } = notebook();
    const { tell, over } = agentWith([action([path])]);
    await tell(...['a', 'b', 'c'].map((subject) => about(subject)));
    await over();
    expect(read()).toEqual(['begin a', 'end', 'begin b', 'end', 'begin c', 'end']);
  });

  it('are told to another action meanwhile', async () => {
    const [slow, quick] = [notebook(true), notebook()];
    const { tell, over } = agentWith([action([slow.path]), action([quick.path])]);
    await tell(about('a'));
    await eventually(() => expect(quick.read()).toEqual(['begin a', 'end']));
    await eventually(() => expect(slow.read()).toEqual(['begin a']));
    await slow.release();
    await over();
  });

  it('are told to more than ten actions at once without a word from Node', async () => {
    const warnings: Error[] = [];
    const onWarning = (warning: Error): unknown => warnings.push(warning);
    process.on('warning', onWarning);
    onTestFinished(() => void process.off('warning', onWarning));
    const path = program('exec sleep 1000');
    const { tell, store, actions } = agentWith(
      Array.from({ length: 12 }, (_, n) => action([path, String(n)])),
    );
    await tell(about('a'));
    await eventually(async () => {
      const begun = (await left(store)).filter((one) => JSON.stringify(one).includes('"begun":true'));
      expect(begun).toHaveLength(12);
    });
    await actions.stop();
    expect(warnings).toEqual([]);
  });

  it('wait a hundred at a time, and the oldest are dropped, which is told as it begins and when it is over', async () => {
    const { path, read } = notebook(true);
    const { tell, store, actions, lines, messages } = agentWith([action([path])]);
    await tell(about('0'));
    await eventually(() => expect(read()).toEqual(['begin 0']));
    await tell(...Array.from({ length: 103 }, (_, number) => about(String(number + 1), Date.now() + number)));
    expect(messages()).toEqual(['an action falls behind: 100 events wait, and older ones are dropped']);
    await actions.stop();
    const entries = await left(store);
    expect(entries).toHaveLength(100);
    expect(entries[0]).toMatchObject({ begun: false, event: { subject: '4' } });
    expect(lines.at(-1)).toMatchObject({
      message: 'an action was not run for these many events, while others waited for it',
      fields: { program: path, dropped: 3 },
    });
  });
});

it('forgets what waits for an action that a reloaded file has no more, and says so once', async () => {
  const { path, read, release } = notebook(true);
  const settings = [action([path])];
  const { tell, over, messages } = agentWith(settings);
  await tell(about('a'), about('b', Date.now() + 1), about('c', Date.now() + 2));
  await eventually(() => expect(read()).toEqual(['begin a']));
  settings.splice(0, 1, action([path, 'changed']));
  await release();
  await over();
  expect(read()).toEqual(['begin a', 'end']);
  expect(messages()).toEqual([
    'an action has run',
    'an action is not run for what waits for it: the configuration has it no more',
  ]);
});

it('runs what waits under a time limit that was changed meanwhile', async () => {
  const { path, read, release } = notebook(true);
  const settings = [action([path])];
  const { tell, over, messages } = agentWith(settings);
  await tell(about('a'), about('b', Date.now() + 1));
  await eventually(() => expect(read()).toEqual(['begin a']));
  settings.splice(0, 1, action([path], { timeoutMs: 100 }));
  await release();
  await over();
  expect(messages().at(-1)).toBe('an action was ended, because it took longer than 100 ms');
});

describe('the next start of the agent', () => {
  it('runs what the last one left, in its order', async () => {
    const { path, read } = notebook();
    const { actions, store, over } = agentWith([action([path])]);
    for (const subject of ['a', 'b'])
      await store.write(actions.changesFor(about(subject, Date.now() - (subject === 'a' ? 2000 : 1000))));
    await actions.start();
    await over();
    expect(read()).toEqual(['begin a', 'end', 'begin b', 'end']);
  });

  it('runs nothing twice that is told meanwhile', async () => {
    const { path, read } = notebook();
    const { actions, tell, over } = agentWith([action([path])]);
    await Promise.all([tell(about('a')), actions.start()]);
    await over();
    expect(read()).toEqual(['begin a', 'end']);
  });

  it('does not run again what had begun, and says so', async () => {
    const { path, read } = notebook(true);
    const first = agentWith([action([path])]);
    await first.tell(about('a'));
    await eventually(() => expect(read()).toEqual(['begin a']));
    const copy = memoryStore();
    for await (const [key, value] of first.store.sub('actions').entries())
      await copy.sub('actions').put(key, value);
    const next = agentWith([action([path])], copy);
    await next.actions.start();
    expect(next.messages()).toEqual([
      'an action was interrupted by the end of the agent; it is not run again',
    ]);
    expect([read(), await left(copy)]).toEqual([['begin a'], []]);
  });

  it.each<[string, Event, ActionSettings[], string]>([
    [
      'is old',
      about('a', Date.now() - 3_700_000),
      [action(['/bin/true'])],
      'its event is older than an hour',
    ],
    ['the configuration has no more', about('a'), [], 'the configuration has it no more'],
  ])('does not run what %s', async (_what, event, settings, why) => {
    const first = agentWith([action(['/bin/true'])]);
    await first.store.write(first.actions.changesFor(event));
    const next = agentWith(settings, first.store);
    await next.actions.start();
    expect(next.messages()).toEqual([`an action is not run: ${why}`]);
    expect(await left(first.store)).toEqual([]);
  });

  it('forgets what it can’t read', async () => {
    const { actions, store, messages } = agentWith([action(['/bin/true'])]);
    await store.sub('actions').put('x', { action: 1 });
    await actions.start();
    expect([await left(store), messages()]).toEqual([[], []]);
  });
});

it('ends with the agent what runs, and leaves what waits', async () => {
  const { path, read } = notebook(true);
  const { actions, store, tell, messages } = agentWith([action([path])]);
  await tell(about('a'), about('b', Date.now() + 1));
  await eventually(() => expect(read()).toEqual(['begin a']));
  await actions.stop();
  expect(messages()).toEqual(['an action was ended, because the agent stops']);
  expect(await left(store)).toEqual([expect.objectContaining({ begun: false })]);
  actions.take(about('c'));
  expect(read()).toEqual(['begin a']);
});

it('begins nothing any more once the agent stops: what comes and what waits is run at the next start', async () => {
  const { path, read, release } = notebook(true);
  const { actions, store, tell, messages, stopping } = agentWith([action([path])]);
  await tell(about('a'), about('b', Date.now() + 1));
  await eventually(() => expect(read()).toEqual(['begin a']));
  stopping.abort();
  await tell(about('c', Date.now() + 2));
  await release();
  await eventually(() => expect(messages()).toEqual(['an action has run']));
  await actions.stop();
  expect(read()).toEqual(['begin a', 'end']);
  const waits = (subject: string): object => ({ begun: false, event: { subject } });
  expect(await left(store)).toMatchObject([waits('b'), waits('c')]);
  const next = agentWith([action([path])], store);
  await next.actions.start();
  await release();
  await eventually(() => expect(read()).toContain('begin c'));
  await release();
  await next.over();
  expect(read().slice(2)).toEqual(['begin b', 'end', 'begin c', 'end']);
});

describe('a program that no event asks for', () => {
  it('is run with what it is told, under the rules of actions', async () => {
    const { actions, lines, messages } = agentWith([], undefined, { ...environment, SECRET: 'x' });
    const path = program('env | grep -E "^(PATHPROOF|SECRET)"');
    await actions.runOnce([path], 20_000, { PATHPROOF_UPLINK: 'lte' });
    expect(lines.flatMap(({ fields }) => ('line' in fields ? [String(fields.line)] : []))).toEqual([
      'PATHPROOF_UPLINK=lte',
    ]);
    expect(messages().at(-1)).toBe('an action has run');
  });

  it('is not run once the agent stops', async () => {
    const { actions, stopping, lines } = agentWith([]);
    stopping.abort();
    await actions.runOnce([program('echo no')], 20_000, {});
    expect(lines).toEqual([]);
  });

  it('is ended with the agent, which waits for its end', async () => {
    const { path, read } = notebook(true);
    const { actions, messages } = agentWith([]);
    void actions.runOnce([path], 20_000, { PATHPROOF_SUBJECT: 'lte' });
    await eventually(() => expect(read()).toEqual(['begin lte']));
    await actions.stop();
    expect(messages()).toEqual(['an action was ended, because the agent stops']);
  });
});
