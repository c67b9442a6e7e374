// The contract as JSON Schema (draft 2020-12), so that users can validate their payloads.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { RequestSchema, requestSchemas } from './request.ts';
import { ResultSchema } from './result.ts';

/** By the names of their files. */
export function jsonSchemas(): ReadonlyMap<string, object> {
  const schemas = new Map<string, object>();
  for (const [name, schema] of Object.entries({ request: RequestSchema, ...requestSchemas })) {
    const file = name === 'request' ? name : `request-${name}`;
    schemas.set(file, z.toJSONSchema(schema, { io: 'input' }));
  }
  return schemas.set('result', z.toJSONSchema(ResultSchema, { io: 'output' }));
}

/** Writes each to a file in the folder, which is made where it is not there; returns their paths. Throws as the disk does. */
export function writeSchemas(folder: string): string[] {
  mkdirSync(folder, { recursive: true });
  return [...jsonSchemas()].map(([name, schema]) => {
    const path = join(folder, `${name}.schema.json`);
    writeFileSync(path, `${JSON.stringify(schema, null, 2)}\n`);
    return path;
  });
}
