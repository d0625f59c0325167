import { spawnSync } from 'node:child_process';
import { chownSync, readFileSync } from 'node:fs';
import { SetupProblem } from './setup-problem.js';

export interface Command {
  file: string;
  arguments: string[];
  uid?: number;
  gid?: number;
}

interface User {
  uid: number;
  gid: number;
}

/**
 * PostgreSQL refuses to run as root. Under root its programs run as the user who called sudo, else as `nobody`; the
 * data folder is given to that user. Where he may not even reach the files (a clone below /root), the capability to
 * pass over file permissions is left to the program, and no other of root's rights.
 */
export class Unprivileged {
  private readonly user = process.getuid?.() === 0 ? ordinaryUser() : undefined;
  private reaches = true;

  /** Gives the folder to the user and finds out whether he reaches it and the program. */
  prepare(folder: string, program: string): void {
    if (!this.user) return;
    chownSync(folder, this.user.uid, this.user.gid);
    for (this.reaches of [true, false]) {
      if (this.works('ls', [folder]) && this.works(program, ['--version'])) return;
    }
    throw new SetupProblem(
      `PostgreSQL does not run as root, and the user with id ${this.user.uid} may not enter ${folder} or run ${program}.`,
      'Run as an ordinary user, or move the repository where everybody may enter, or set DATABASE_URL to a running PostgreSQL.',
    );
  }

  command(program: string, args: string[]): Command {
    if (!this.user) return { file: program, arguments: args };
    if (this.reaches) return { file: program, arguments: args, ...this.user };
    const ids = [`--reuid=${this.user.uid}`, `--regid=${this.user.gid}`, '--clear-groups'];
    const rights = ['--inh-caps=+dac_override', '--ambient-caps=+dac_override'];
    return { file: 'setpriv', arguments: [...ids, ...rights, program, ...args] };
  }

  owns(file: string): void {
    if (this.user) chownSync(file, this.user.uid, this.user.gid);
  }

  private works(program: string, args: string[]): boolean {
    const { file, arguments: given, ...user } = this.command(program, args);
    return spawnSync(file, given, { ...user, cwd: '/', stdio: 'ignore' }).status === 0;
  }
}

function ordinaryUser(): User {
  const { SUDO_UID, SUDO_GID } = process.env;
  if (SUDO_UID && SUDO_UID !== '0') return { uid: Number(SUDO_UID), gid: Number(SUDO_GID) };
  const nobody = /^nobody:[^:]*:(\d+):(\d+):/m.exec(readFileSync('/etc/passwd', 'utf8'));
  if (nobody) return { uid: Number(nobody[1]), gid: Number(nobody[2]) };
  throw new SetupProblem(
    'PostgreSQL does not run as root, and this system has no user "nobody" to run it as.',
    'Run as an ordinary user, or set DATABASE_URL to a running PostgreSQL 18.',
  );
}
