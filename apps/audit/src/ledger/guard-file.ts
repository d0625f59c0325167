import { open, readFile, rename } from 'node:fs/promises';
import { dirname } from 'node:path';

/**
 * Last signed checkpoint (its note text), kept outside the database. A backup of the database that is
 * restored without it shows at once: the file says more was signed than the database holds.
 */
export class GuardFile {
  constructor(readonly path: string) {}

  /** The note, or undefined where no file exists. */
  async read(): Promise<string | undefined> {
    try {
      return await readFile(this.path, 'utf8');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw error;
    }
  }

  /** Durable before it returns: temporary file, fsync, rename, fsync of the folder. */
  async write(note: string): Promise<void> {
    const temporary = `${this.path}.${process.pid}.new`;
    await withFile(temporary, 'w', async (file) => {
      await file.writeFile(note);
      await file.sync();
    });
    await rename(temporary, this.path);
    await withFile(dirname(this.path), 'r', (folder) => folder.sync());
  }
}

async function withFile(
  path: string,
  flags: string,
  use: (file: Awaited<ReturnType<typeof open>>) => Promise<void>,
) {
  const file = await open(path, flags, 0o600);
  try {
    await use(file);
  } finally {
    await file.close();
  }
}
