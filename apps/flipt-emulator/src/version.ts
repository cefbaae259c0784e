/** What the emulator calls itself: never the version of the original alone. */
export const version = "v1.61.1-emulator";

/** Said at every start. */
export const disclaimer = `flipt-emulator ${version}: stands in for Flipt v1.61.1, is not Flipt`;
