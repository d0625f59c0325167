import { readFileSync } from 'node:fs';
import { projectFile } from '#service';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { parse } from 'yaml';

interface Reference {
  $ref?: string;
}
type Described = Reference & { content?: Record<string, { schema?: object }> };
type Operation = { responses: Record<string, Described> };

const document = parse(readFileSync(projectFile('apps/directory/openapi.yaml'), 'utf8')) as {
  paths: Record<string, Record<string, Operation>>;
  components: { responses: Record<string, Described> };
};
const ajv = new Ajv2020({ strict: false, allErrors: true, validateFormats: true });
addFormats.default(ajv);
ajv.addSchema(document, 'api');

/** Throws unless the document promises this status of this call, with a body like this. */
export function checkPromised(
  method: string,
  url: string,
  status: number,
  type: string,
  body: unknown,
): void {
  const path = url.split('?')[0]!;
  const template = Object.keys(document.paths).find((known) =>
    new RegExp(`^${known.replace(/\{\w+\}/g, '[^/]+')}$`).test(path),
  );
  if (template === undefined) return;
  const where = `${method} ${template} → ${status}`;
  const promised = document.paths[template]?.[method.toLowerCase()]?.responses[status];
  if (!promised) throw new Error(`openapi.yaml does not promise ${where}`);
  const response = promised.$ref ? document.components.responses[promised.$ref.split('/').at(-1)!] : promised;
  const media = response?.content?.[type.split(';')[0]!];
  if (!media) throw new Error(`openapi.yaml promises another content type than ${type} for ${where}`);
  const schema = JSON.parse(JSON.stringify(media.schema).replaceAll('"#/', '"api#/')) as object;
  if (!ajv.validate(schema, body)) throw new Error(`${where}: ${ajv.errorsText()}`);
}
