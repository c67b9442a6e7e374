// `pathproof schemas`: writes the contract as JSON Schemas, and says where.
import { resolve } from 'node:path';
import { writeSchemas } from '../../shared/schemas.ts';
import { messageOf } from '../../shared/thrown.ts';

/** Its exit status: 0 where all of them are written. */
export function writeTo(folder: string): number {
  try {
    for (const path of writeSchemas(resolve(folder))) process.stdout.write(`${path}\n`);
    return 0;
  } catch (error) {
    process.stderr.write(`pathproof schemas: ${messageOf(error)}\n`);
    return 2;
  }
}
