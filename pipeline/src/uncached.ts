import type { Container, ContainerWithExecOpts } from "@dagger.io/dagger";

/** A command that looks at something live, or changes it: a variable that differs each time keeps it out of the cache. */
export const withUncachedExec = (container: Container, words: string[], options?: ContainerWithExecOpts): Container =>
  container.withEnvVariable("LAB_RUN", crypto.randomUUID()).withExec(words, options);
