export interface Reply {
  status: number;
  // biome-ignore lint/suspicious/noExplicitAny: answers are asserted field by field
  body: any;
}

/** Calls the API of one instance: `call("PUT /api/v1/flags/x", { name: "X" })`. */
export const client =
  (url: string) =>
  async (line: string, body?: object): Promise<Reply> => {
    const [method, path] = line.split(" ");
    const answer = await fetch(url + path, { method, ...(body && { body: JSON.stringify(body) }) });
    return { status: answer.status, body: await answer.json() };
  };

export type Client = ReturnType<typeof client>;
