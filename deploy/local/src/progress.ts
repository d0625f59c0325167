const tty = process.stdout.isTTY;

function seconds(since: number): string {
  return `${((performance.now() - since) / 1000).toFixed(1)} s`;
}

/** What a long step may say while it runs, e.g. `1,200 of 7,242`. */
export type Say = (news: string) => void;

/**
 * Runs one step of the start and shows that it lives: a line that is rewritten on a terminal, and a line at the
 * end elsewhere. The error of a failed step goes on to the caller.
 */
export async function step<T>(label: string, run: (say: Say) => Promise<T>): Promise<T> {
  const started = performance.now();
  let news = '';
  const draw = () => {
    if (tty) process.stdout.write(`\r\x1b[2K  … ${label}${news ? `: ${news}` : ''} (${seconds(started)})`);
  };
  draw();
  const timer = setInterval(draw, 200);
  const end = (mark: string) => {
    clearInterval(timer);
    const line = `  ${mark} ${label.padEnd(46)} ${news.padEnd(26)} ${seconds(started).padStart(7)}`;
    process.stdout.write(`${tty ? '\r\x1b[2K' : ''}${line}\n`);
  };
  try {
    const result = await run((text) => {
      news = text;
    });
    end('✓');
    return result;
  } catch (error) {
    end('✗');
    throw error;
  }
}

/** Thousands apart, as figures are read: 7,242. */
export function figure(value: number | bigint): string {
  return value.toLocaleString('en-US');
}
