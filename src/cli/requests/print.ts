/** Writes to standard output, and is done when the system has taken all of it. */
export function print(content: string | Buffer): Promise<void> {
  return new Promise((resolve, reject) => {
    process.stdout.write(content, (error) => {
      if (error === null || error === undefined) resolve();
      else reject(error);
    });
  });
}
