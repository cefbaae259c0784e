import { type Authentication, hashOf, newAuthentication, type Tokens } from "../auth/tokens.ts";
import type { Sql } from "./sql.ts";

/** Tokens that outlive a restart. */
export const openTokens = (sql: Sql): Tokens => ({
  find: (token) =>
    sql.get<Authentication>("SELECT id, created_at AS createdAt FROM authentications WHERE hash = ?", hashOf(token)),
  list: () => sql.all<Authentication>("SELECT id, created_at AS createdAt FROM authentications ORDER BY rowid"),
  addFirst(token) {
    const { id, createdAt } = newAuthentication();
    const added = sql.run(
      "INSERT INTO authentications (id, hash, created_at) SELECT ?, ?, ? WHERE NOT EXISTS (SELECT 1 FROM authentications)",
      id,
      hashOf(token),
      createdAt,
    );
    return added > 0;
  },
});
