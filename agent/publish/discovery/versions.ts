// The versions of discovery messages on their way: two of one device never follow each other closely. While Home
// Assistant still works at one it queues the next for that component and skips all components after it.

export interface ConfigMessage {
  topic: string;
  payload: string;
  qos: 1;
  retain: true;
  settled?: (delivered: boolean) => void;
}

export interface Versions {
  /** One after the other instead of what still waits on that topic; what is there already goes out at once. */
  show(topic: string, payloads: readonly string[]): void;
  /** The last one that was or will be sent; null where none was, or it was given up. */
  latest(topic: string): string | null;
  /** What was on its way when the connection broke is sent now: the pause counts from here. */
  reconnected(): void;
  stop(): void;
}

/** Nearer to each other the second may be lost (observed with Home Assistant 2025.6). */
const pauseMs = 2000;

interface Line {
  topic: string;
  waiting: string[];
  last: string | null;
  lastAtMs: number;
  /** Of the message that the broker has not acknowledged. */
  flight: symbol | null;
  timer: NodeJS.Timeout | undefined;
}

/** `onDelivered` is told what the broker has. */
export function createVersions(
  publish: (message: ConfigMessage) => void,
  onDelivered: (topic: string, payload: string) => void,
): Versions {
  const lines = new Map<string, Line>();

  function lineOf(topic: string): Line {
    const found = lines.get(topic);
    if (found !== undefined) return found;
    const line: Line = {
      topic,
      waiting: [],
      last: null,
      lastAtMs: -Infinity,
      flight: null,
      timer: undefined,
    };
    lines.set(topic, line);
    return line;
  }

  function send(line: Line, payload: string): void {
    const flight = Symbol();
    const { topic } = line;
    Object.assign(line, { last: payload, lastAtMs: performance.now(), flight });
    const settled = (delivered: boolean): void => {
      if (line.flight === flight) {
        line.flight = null;
        if (!delivered) line.last = null;
      }
      if (delivered) line.lastAtMs = performance.now();
      if (delivered) onDelivered(topic, payload);
      pump(line);
    };
    publish({ topic, payload, qos: 1, retain: true, settled });
  }

  function pump(line: Line): void {
    clearTimeout(line.timer);
    const [next] = line.waiting;
    if (next === undefined) return;
    if (next !== line.last && line.flight !== null) return;
    const restMs = next === line.last ? 0 : line.lastAtMs + pauseMs - performance.now();
    if (restMs > 0) {
      line.timer = setTimeout(() => pump(line), restMs);
      return;
    }
    line.waiting.shift();
    send(line, next);
    pump(line);
  }

  return {
    show(topic, payloads) {
      const line = lineOf(topic);
      line.waiting = [...payloads];
      pump(line);
    },
    latest(topic) {
      const line = lines.get(topic);
      return line === undefined ? null : (line.waiting.at(-1) ?? line.last);
    },
    reconnected() {
      for (const line of lines.values()) {
        if (line.flight === null) continue;
        Object.assign(line, { flight: null, lastAtMs: performance.now() });
        pump(line);
      }
    },
    stop() {
      for (const line of lines.values()) {
        clearTimeout(line.timer);
        line.waiting = [];
      }
    },
  };
}
