// Writes the contract as JSON Schema (draft 2020-12) beside the build, so that users can validate their payloads.
import { mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import * as z from 'zod';
import { RequestSchema, requestSchemas } from '../request.ts';
import { ResultSchema } from '../result.ts';

const folder = fileURLToPath(new URL('../../schemas/', import.meta.url));
const named = { request: RequestSchema, ...requestSchemas };

mkdirSync(folder, { recursive: true });
for (const [name, schema] of Object.entries(named)) {
  const file = name === 'request' ? 'request' : `request-${name}`;
  write(file, z.toJSONSchema(schema, { io: 'input' }));
}
write('result', z.toJSONSchema(ResultSchema, { io: 'output' }));

function write(name: string, schema: object): void {
  writeFileSync(`${folder}${name}.schema.json`, `${JSON.stringify(schema, null, 2)}\n`);
}
