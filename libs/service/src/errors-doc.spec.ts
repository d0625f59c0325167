import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ERROR_CODES } from '#protocol';
import { projectFile } from './project-file.js';

describe('docs/errors.md', () => {
  const sections = readFileSync(projectFile('docs/errors.md'), 'utf8').split(/^## /m).slice(1);
  const byCode = new Map(sections.map((section) => [section.slice(0, section.indexOf('\n')), section]));

  it('has one section for each code, and no other', () => {
    expect([...byCode.keys()].sort()).toEqual(Object.keys(ERROR_CODES).sort());
    expect(sections).toHaveLength(byCode.size);
  });

  it.each(Object.entries(ERROR_CODES))(
    'says of %s its status, its titles, and what to do in three languages',
    (code, text) => {
      const section = byCode.get(code);
      expect(section).toContain(`**${text.status} · ${text.fr} · ${text.ar} · ${text.en}**`);
      expect(section?.match(/^- .{20,}$/gm)).toHaveLength(3);
    },
  );
});
