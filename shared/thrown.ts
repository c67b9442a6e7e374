// What was thrown may be anything: its sentence, and the code that Node gives to errors of the system.

export const messageOf = (thrown: unknown): string =>
  thrown instanceof Error ? thrown.message : String(thrown);

/** Such as ENOENT or EADDRINUSE (errno(3)); empty where there is none. */
export const codeOf = (thrown: unknown): string =>
  thrown instanceof Error && 'code' in thrown ? String(thrown.code) : '';
