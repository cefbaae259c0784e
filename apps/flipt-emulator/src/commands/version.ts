import type { Platform } from "../meta/routes.ts";
import { disclaimer, version } from "../version.ts";

/** What `--version` prints. */
export const versionText = ({ runtime, os, arch }: Platform): string => `
${disclaimer}

Version: ${version}
Commit: 
Build Date: 
Go Version: ${runtime}
OS/Arch: ${os}/${arch}
`;
