import { suite } from "uvu";
import { readOnly } from "../../src/steps/read-only.ts";
import { Bench, rewrite, type Twist } from "./bench.ts";

interface Context {
  bench: Bench;
}

const test = suite<Context>("read-only, one thing broken");
test.before(async (context) => {
  context.bench = await Bench.open("local");
});
test.after(({ bench }) => bench.close());

const title = (resource: string): string =>
  `the sidecar refuses to create, change and delete ${resource}, and nothing changes`;
const paths = {
  namespaces: /^\/api\/v1\/namespaces(\/[^/]+)?(\?|$)/,
  flags: /\/flags(\/[^/]+)?$/,
  variants: /\/variants/,
  rules: /\/rules(\/[^/]+)?$/,
  distributions: /\/distributions/,
  rollouts: /\/rollouts/,
  segments: /\/segments(\/[^/]+)?$/,
  constraints: /\/constraints/,
};

for (const [resource, path] of Object.entries(paths)) {
  for (const method of ["POST", "PUT", "DELETE"]) {
    test(`${resource} :: the sidecar takes a ${method}`, ({ bench }) => {
      const taken: Twist = (asked) =>
        asked.method === method && path.test(asked.path) ? { status: 200, body: "{}" } : undefined;
      return bench.reddens(readOnly, title(resource), new RegExp(`${method} ".*" on flipt-sidecar: 200`), {
        twist: { sidecar: taken },
      });
    });
  }
}

test("flags :: refused, but for another reason", ({ bench }) => {
  const invalid: Twist = ({ method, path }) =>
    method === "POST" && paths.flags.test(path)
      ? { status: 400, body: '{"code":3,"message":"invalid field key"}' }
      : undefined;
  return bench.reddens(readOnly, title("flags"), /400 invalid field key; expected 500 and "read-only"/, {
    twist: { sidecar: invalid },
  });
});

test("segments :: refused, and done all the same", ({ bench }) => {
  let refused = false;
  const watch: Twist = (asked, answer) => {
    if (asked.method === "DELETE" && paths.segments.test(asked.path)) refused = true;
    return rewrite(
      ({ method, path }) => refused && method === "GET" && path.endsWith("/default/segments"),
      ({ segments }) => ({ segments: segments.slice(1) }),
    )(asked, answer);
  };
  return bench.reddens(
    readOnly,
    title("segments"),
    /flipt-sidecar's segments have changed though each write was refused/,
    { twist: { sidecar: watch } },
  );
});

test.run();
