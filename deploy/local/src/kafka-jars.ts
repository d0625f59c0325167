import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { mavenFailed, requireJava, requireMaven } from './java.js';
import { requireDiskSpace } from './state-folder.js';
import type { Progress } from './setup-problem.js';

const MEGABYTES = 300;

export interface KafkaJars {
  folder: string;
  /** classes prepared for this very Java (AppCDS), which spare a good third of the start; made by the first clean stop */
  archive: string;
}

/**
 * The folder with the jars of Apache Kafka, fetched by Maven when it isn't there yet (44 MB). Safe when several
 * processes ask at once: each fetches into a folder of its own, and the first to finish gives it the final name.
 * @param cache folder that outlives runs, shared by `npm start` and `npm test`
 * @throws SetupProblem no Java, no Maven, no network, no space
 */
export async function ensureKafkaJars(cache: string, progress: Progress = () => {}): Promise<KafkaJars> {
  const pom = pomFile();
  const hash = createHash('sha256').update(readFileSync(pom)).digest('hex').slice(0, 12);
  const target = join(cache, `kafka-libs-${hash}`);
  const java = await requireJava();
  const found = { folder: target, archive: `${target}-java-${java}.jsa` };
  if (existsSync(target)) return found;

  await requireMaven();
  requireDiskSpace(cache, MEGABYTES);
  mkdirSync(cache, { recursive: true });
  const partial = mkdtempSync(`${target}-`);
  try {
    await copyDependencies(pom, partial, progress);
    moveInto(partial, target);
  } finally {
    rmSync(partial, { recursive: true, force: true });
  }
  return found;
}

/** Beside the sources and, two levels further down, the compiled output there is only one pom: the repository's. */
function pomFile(): string {
  for (let folder = import.meta.dirname; dirname(folder) !== folder; folder = dirname(folder)) {
    const pom = join(folder, 'deploy/local/pom.xml');
    if (existsSync(pom)) return pom;
  }
  throw new Error('deploy/local/pom.xml is missing');
}

function moveInto(partial: string, target: string): void {
  try {
    renameSync(partial, target);
  } catch (error) {
    if (!existsSync(target)) throw error;
  }
}

function copyDependencies(pom: string, folder: string, progress: Progress): Promise<void> {
  const options = ['-B', '-Dstyle.color=never', '-f', pom, `-DoutputDirectory=${folder}`];
  const maven = spawn('mvn', [...options, '-DincludeScope=runtime', 'dependency:copy-dependencies'], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  let jars = 0;
  progress('Fetching Apache Kafka with Maven (44 MB, once)');
  const read = (chunk: Buffer) => {
    output = (output + chunk.toString()).slice(-20_000);
    const fetched = chunk.toString().match(/Downloaded from .*\.jar/g)?.length ?? 0;
    if (fetched > 0) progress(`Fetching Apache Kafka with Maven: ${(jars += fetched)} jars`);
  };
  maven.stdout.on('data', read);
  maven.stderr.on('data', read);
  return new Promise((resolve, reject) => {
    maven.on('error', (error) => reject(mavenFailed(error.message)));
    maven.on('close', (code) => (code === 0 ? resolve() : reject(mavenFailed(firstError(output)))));
  });
}

function firstError(output: string): string {
  const line = output.split('\n').find((text) => text.startsWith('[ERROR]'));
  return (line ?? 'it ended without saying why').replace('[ERROR] ', '').slice(0, 300);
}
