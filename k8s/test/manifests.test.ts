// One process for all suites, so that each combination of mode and components is rendered once.
import "./layout.ts";
import "./components.ts";
import "./environment.ts";
import "./images.ts";
import "./network.ts";
import "./pods.ts";
import "./sidecar.ts";
import "./workloads.ts";
