import { Submissions1795000000000 } from './migrations/1795000000000-submissions.js';

export const MIGRATIONS = [Submissions1795000000000];
