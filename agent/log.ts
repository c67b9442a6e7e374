// What the agent's parts may say to the log; pino's own shape, so that its logger fits as it is.
export interface Log {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}
