// The actions of the YAML file: the user's programs, run on events.

export interface ActionSettings {
  /** Kinds of events, or patterns of them such as `monitor.*`. */
  on: string[];
  /** Only events of this subject; null: of all. */
  subject: string | null;
  /** The program and its arguments; no shell. */
  run: [string, ...string[]];
  format: 'json' | 'imon';
  /** What imon's format calls the instance. */
  instance: string;
  timeoutMs: number;
}
