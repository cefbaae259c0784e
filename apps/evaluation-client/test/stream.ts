import type { Seen } from "../src/watch.ts";

/** The observations of a stream of server-sent events, until `end` is called. */
export async function openStream(url: string): Promise<{ response: Response; next(): Promise<Seen>; end(): void }> {
  const abort = new AbortController();
  const response = await fetch(url, { signal: abort.signal });
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  const next = async (): Promise<Seen> => {
    for (;;) {
      const [event = "", rest] = text.split(/\n\n([\s\S]*)/);
      if (rest !== undefined) {
        text = rest;
        return JSON.parse(/^event: observation\ndata: (.*)$/.exec(event)?.[1] ?? "");
      }
      const chunk = await reader?.read();
      if (!chunk || chunk.done) throw new Error("the stream has ended");
      text += chunk.value;
    }
  };
  return { response, next, end: () => abort.abort() };
}
