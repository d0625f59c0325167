import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import { parse } from 'yaml';
import { projectFile } from './project-file.js';

const CSP =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; " +
  "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

const ASSETS = {
  'swagger-ui.css': 'text/css; charset=utf-8',
  'swagger-ui-bundle.js': 'text/javascript; charset=utf-8',
  'favicon-32x32.png': 'image/png',
};

/** Serves the OpenAPI document as JSON, a browsable page of it without foreign or inline scripts, and the error catalogue. */
export async function serveDocs(fastify: FastifyInstance, openapi: string): Promise<void> {
  const document = parse(await readFile(openapi, 'utf8')) as { info: { title: string } };
  const json = JSON.stringify(document);
  const page = renderPage(document.info.title);
  const assets = dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'));

  fastify.get('/openapi.json', (_request, reply) => reply.type('application/json; charset=utf-8').send(json));

  fastify.get('/docs', (_request, reply) =>
    reply.type('text/html; charset=utf-8').header('content-security-policy', CSP).send(page),
  );
  fastify.get('/docs/initializer.js', (_request, reply) =>
    reply.type('text/javascript; charset=utf-8').send(INITIALIZER),
  );
  for (const [name, type] of Object.entries(ASSETS)) {
    fastify.get(`/docs/${name}`, (_request, reply) =>
      reply
        .type(type)
        .header('cache-control', 'public, max-age=3600')
        .send(createReadStream(join(assets, name))),
    );
  }
  fastify.get('/docs/errors.md', async (_request, reply) =>
    reply.type('text/markdown; charset=utf-8').send(await readFile(projectFile('docs/errors.md'))),
  );
}

const INITIALIZER = `window.addEventListener('load', () => {
  window.SwaggerUIBundle({ url: '/openapi.json', dom_id: '#api', deepLinking: true, validatorUrl: null });
});
`;

function renderPage(title: string): string {
  const escaped = title.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
  return `<!doctype html>
<html lang="fr">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped}</title>
<link rel="icon" type="image/png" href="/docs/favicon-32x32.png">
<link rel="stylesheet" href="/docs/swagger-ui.css">
</head>
<body>
<div id="api"></div>
<script src="/docs/swagger-ui-bundle.js"></script>
<script src="/docs/initializer.js"></script>
</body>
</html>
`;
}
