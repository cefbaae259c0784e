import { OFREPProvider } from "@openfeature/ofrep-provider";
import { OpenFeature } from "@openfeature/server-sdk";

const [baseUrl = "http://localhost:8080", targetingKey = "user-3", country = "DE"] = process.argv.slice(2);

// Flipt takes the namespace from a header, and context values that are strings only
const provider = new OFREPProvider({ baseUrl, headers: { "X-Flipt-Namespace": "default" } });
await OpenFeature.setProviderAndWait(provider);
const client = OpenFeature.getClient();
const context = { targetingKey, country };

const dark = await client.getBooleanDetails("dark-mode", false, context);
const colour = await client.getStringDetails("button-colour", "green", context);
for (const { flagKey, value, reason, errorCode } of [dark, colour])
  console.log(`${flagKey} = ${value} (${errorCode ?? reason})`);
