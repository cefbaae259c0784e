import type { Container, ContainerWithExecOpts } from "@dagger.io/dagger";

/** Adds a command on something live. A variable that differs each time keeps Dagger from answering it from its cache. */
export const withUncachedExec = (container: Container, words: string[], options?: ContainerWithExecOpts): Container =>
  container.withEnvVariable("LAB_RUN", crypto.randomUUID()).withExec(words, options);
