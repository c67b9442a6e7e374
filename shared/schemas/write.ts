// Writes the contract's JSON Schemas beside the build.
import { fileURLToPath } from 'node:url';
import { writeSchemas } from '../schemas.ts';

writeSchemas(fileURLToPath(new URL('../../schemas/', import.meta.url)));
