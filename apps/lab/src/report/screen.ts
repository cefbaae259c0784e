/** Where lines for people go. On a terminal the last one may be replaced while it is being waited for. */
export class Screen {
  private readonly stream: NodeJS.WriteStream;
  private transient = false;

  constructor(stream: NodeJS.WriteStream) {
    this.stream = stream;
  }

  get isTerminal(): boolean {
    return this.stream.isTTY === true;
  }

  print(...lines: string[]): void {
    this.clear();
    for (const line of lines) this.stream.write(`${line}\n`);
  }

  /** A line that the next one replaces; not shown where lines stay. */
  update(line: string): void {
    if (!this.isTerminal) return;
    this.clear();
    this.stream.write(line);
    this.transient = true;
  }

  private clear(): void {
    if (this.transient) this.stream.write("\r\u001b[K");
    this.transient = false;
  }
}
