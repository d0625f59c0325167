#!/usr/bin/env node
import { existsSync } from 'node:fs';

const main = new URL('../../../dist/apps/cli/src/main.js', import.meta.url);
if (!existsSync(main)) {
  console.error('wasl is not built yet. Run: npm run build');
  process.exit(2);
}
await import(main.href);
