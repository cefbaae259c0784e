/**
 * What Dagger leaves out when it uploads the repository. Dagger does not read .gitignore, and a pattern starts at the root.
 * The list stays a plain array literal, because Dagger's introspector evaluates its text.
 */
export const ignored = [
  ".git",
  "*/**/.env",
  "**/node_modules",
  "**/.lab",
  "**/lab-failure",
  "**/lab-diagnostics",
  "**/.installing*",
  "**/coverage",
  "**/dist",
  "**/*.log",
  "pipeline/sdk",
];
