import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { SetupProblem } from './setup-problem.js';

const run = promisify(execFile);
const OTHERWISE =
  'or set KAFKA_BROKERS to a running Apache Kafka (deploy/compose.yaml starts one together with PostgreSQL).';

/** The full version of the `java` on the path. @throws SetupProblem when there is none, or it is older than 17 */
export async function requireJava(): Promise<string> {
  const { stderr, stdout } = await run('java', ['-version']).catch((cause: unknown) => {
    throw new SetupProblem(
      'Java was not found; Apache Kafka needs it.',
      `Install Java 17 or later (for example: apt install openjdk-17-jre-headless, or brew install openjdk), ${OTHERWISE}`,
      { cause },
    );
  });
  const full = /version "([^"]+)"/.exec(stderr + stdout)?.[1] ?? '0';
  const version = /^(?:1\.)?(\d+)/.exec(full)?.[1] ?? '0';
  if (Number(version) < 17) {
    throw new SetupProblem(
      `Java ${version} was found; Apache Kafka needs 17 or later.`,
      `Install Java 17 or later and put it first on the PATH, ${OTHERWISE}`,
    );
  }
  return full;
}

/** @throws SetupProblem when Maven is not installed */
export async function requireMaven(): Promise<void> {
  await run('mvn', ['-v']).catch((cause: unknown) => {
    throw new SetupProblem(
      'Maven was not found; it fetches the jars of Apache Kafka the first time.',
      `Install Maven (for example: apt install maven, or brew install maven), ${OTHERWISE}`,
      { cause },
    );
  });
}

export function mavenFailed(lastLines: string): SetupProblem {
  return new SetupProblem(
    `Maven could not fetch the jars of Apache Kafka: ${lastLines}`,
    `Check the network (a proxy or mirror goes into ~/.m2/settings.xml) and start again, ${OTHERWISE}`,
  );
}
