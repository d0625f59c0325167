import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const PROGRAM = `
import { SchemaWorkers } from '#contracts';
const workers = new SchemaWorkers();
console.log(JSON.stringify(await workers.compileCheck({ text: '{"$ref":"#/nowhere"}' })));
`;

it('runs from built output, and idle workers let a program end', async () => {
  const root = join(import.meta.dirname, '../../../..');
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', PROGRAM], {
    cwd: root,
    timeout: 25_000,
  });
  expect(JSON.parse(stdout)).toMatchObject([{ pointer: '/$ref', rule: '$ref' }]);
});
