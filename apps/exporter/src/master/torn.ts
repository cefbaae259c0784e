/** What was read does not fit together: the master was written to meanwhile, or answers are missing. Worth another read. */
export class Torn extends Error {}
