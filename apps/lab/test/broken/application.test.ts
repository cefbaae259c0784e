import { suite } from "uvu";
import * as assert from "uvu/assert";
import { application } from "../../src/steps/application.ts";
import { Bench, rewrite } from "./bench.ts";

interface Context {
  bench: Bench;
}

const test = suite<Context>("application, one thing broken");
test.before(async (context) => {
  context.bench = await Bench.open("local");
});
test.after(({ bench }) => bench.close());

const page = "the page answers, with all that it loads";

test("page :: it fails", ({ bench }) =>
  bench.reddens(application, page, /: 500 oops/, {
    twist: { application: ({ path }) => (path === "/" ? { status: 500, body: "oops" } : undefined) },
  }));

test("page :: a script that it loads is missing", ({ bench }) =>
  bench.reddens(application, page, /page\.js": 404/, {
    twist: { application: ({ path }) => (path.endsWith(".js") ? { status: 404 } : undefined) },
  }));

test("API :: an evaluation fails", ({ bench }) =>
  bench.reddens(application, "the API lists the sidecar's flags and answers one", /502/, {
    twist: { application: ({ body }) => (body.includes('"backend":"sidecar"') ? { status: 502 } : undefined) },
  }));

test("ready :: it is not", ({ bench }) =>
  bench.reddens(application, "the application is ready", /\/ready: 503/, {
    twist: { application: ({ path }) => (path === "/ready" ? { status: 503 } : undefined) },
  }));

test("agreement :: one flag differs", ({ bench }) =>
  bench.reddens(application, "sidecar and master agree when the application asks both", /flag "search-engine"/, {
    twist: {
      application: rewrite(
        ({ body }) => body.includes('"backend":"both"') && body.includes("search-engine"),
        (evaluation) => ({ ...evaluation, agree: false }),
      ),
    },
  }));

test("agreement :: not asked for where the application has no master to ask", async ({ bench }) => {
  const failures = await bench.failures(
    application,
    {
      twist: { application: ({ body }) => (body.includes('"backend":"both"') ? { status: 502 } : undefined) },
      lab: (whole) => ({ lacks: (what) => (what === "comparison" ? "it has none" : whole.lacks(what)) }),
    },
    20,
  );
  assert.equal(failures, []);
});

test.run();
