import {
  argument,
  type Container,
  check,
  type Directory,
  type File,
  func,
  object,
  type Service,
  type Socket,
} from "@dagger.io/dagger";
import { image } from "./images.js";
import * as lab from "./lab.js";
import { render } from "./manifests.js";
import { choose, imagesOf } from "./modes.js";
import { open, openMinikube } from "./open.js";
import { runScripts } from "./workspace.js";

/**
 * Flipt as a read-only sidecar: starts the lab on this machine's Docker, proves that it works, shows it, removes it.
 *
 * Begin with: `dagger call up --mode local`
 */
@object()
export class FliptLab {
  private source: Directory;
  private socket: string;

  /**
   * @param source the repository
   * @param tools a folder with minikube, kubectl and docker, in place of their downloads: each is optional
   * @param socket the path of the socket that --docker names, on the machine of that Docker; LAB_DOCKER says both
   */
  constructor(
    @argument({
      defaultPath: "/",
      ignore: [
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
      ],
    })
    source: Directory,
    tools?: Directory,
    socket = "unix:///var/run/docker.sock",
  ) {
    this.source = tools ? source.withDirectory("images/toolbox/tools", tools) : source;
    this.socket = socket;
  }

  /**
   * Starts the lab in a minikube on this machine's Docker, leaves it running and says what to type next.
   *
   * A second time it changes nothing; with another mode it switches in place. The first time takes minutes.
   *
   * Example: `dagger call up --mode local`
   *
   * Example, where Flipt's image cannot be pulled: `dagger call up --mode object-store --component flipt-emulator`
   *
   * Example, any cluster: `dagger call up --kubeconfig ./kubeconfig --api tcp://127.0.0.1:6443`
   *
   * @param mode how the copy travels: local (a volume) or object-store (a bucket)
   * @param component a folder of k8s/components to add: fast, flipt-emulator, real-s3 or token; may be repeated
   * @param docker socket of this machine's Docker; it makes the function root on this machine. Docker Desktop needs host networking switched on
   * @param kubeconfig kubeconfig of a cluster that is there already, all in one file; it is used instead of Docker
   * @param api the API server of that cluster, as this machine reaches it: tcp://127.0.0.1:PORT
   * @param namespace where the lab is in the cluster; else the kubeconfig's own, else default
   */
  @func({ cache: "never" })
  async up(
    mode = "local",
    component: string[] = [],
    docker?: Socket,
    kubeconfig?: File,
    api?: Service,
    namespace?: string,
  ): Promise<string> {
    const choice = choose(mode, component);
    const where = { docker, kubeconfig, api, namespace };
    return lab.up(await open(this.source, this.socket, where, "up", imagesOf(choice)), choice);
  }

  /**
   * Proves every fact of a mode, on the running lab or on one of its own, and fails with the reason.
   *
   * A lab that runs in that mode is verified; else one is started, and removed at the end. What a failed run knew is kept
   * for `dagger call diagnostics`.
   *
   * Example: `dagger call verify --mode object-store`
   *
   * @param mode how the copy travels: local (a volume) or object-store (a bucket)
   * @param component a folder of k8s/components to add: fast, flipt-emulator, real-s3 or token; may be repeated
   * @param docker socket of this machine's Docker; it makes the function root on this machine
   * @param kubeconfig kubeconfig of a cluster that is there already, all in one file; it is used instead of Docker
   * @param api the API server of that cluster, as this machine reaches it: tcp://127.0.0.1:PORT
   * @param namespace where the lab is in the cluster; else the kubeconfig's own, else default
   */
  @func({ cache: "never" })
  async verify(
    mode = "local",
    component: string[] = [],
    docker?: Socket,
    kubeconfig?: File,
    api?: Service,
    namespace?: string,
  ): Promise<string> {
    const choice = choose(mode, component);
    const where = { docker, kubeconfig, api, namespace };
    return lab.verify(await open(this.source, this.socket, where, `verify-${choice.mode}`, imagesOf(choice)), choice);
  }

  /**
   * Says where each hop of the copy stands, then one verdict; fails when the copy is broken.
   *
   * Example: `dagger call status`
   *
   * @param docker socket of this machine's Docker; it makes the function root on this machine
   * @param kubeconfig kubeconfig of a cluster that is there already, all in one file; it is used instead of Docker
   * @param api the API server of that cluster, as this machine reaches it: tcp://127.0.0.1:PORT
   * @param namespace where the lab is in the cluster; else the kubeconfig's own, else default
   */
  @func({ cache: "never" })
  async status(docker?: Socket, kubeconfig?: File, api?: Service, namespace?: string): Promise<string> {
    return lab.status(await open(this.source, this.socket, { docker, kubeconfig, api, namespace }, "status"));
  }

  /**
   * Removes the lab and all that was made for it: minikube, its volume and network, the images that were loaded.
   *
   * Example: `dagger call down`
   *
   * @param docker socket of this machine's Docker; it makes the function root on this machine
   * @param kubeconfig kubeconfig of a cluster that is there already, all in one file; it is used instead of Docker
   * @param api the API server of that cluster, as this machine reaches it: tcp://127.0.0.1:PORT
   * @param namespace where the lab is in the cluster; else the kubeconfig's own, else default
   */
  @func({ cache: "never" })
  async down(docker?: Socket, kubeconfig?: File, api?: Service, namespace?: string): Promise<string> {
    return lab.down(await open(this.source, this.socket, { docker, kubeconfig, api, namespace }, "down"));
  }

  /**
   * Hands out the kubeconfig of the running lab, in one file that only you may read.
   *
   * Example: `dagger call kubeconfig -o ./kubeconfig && kubectl --kubeconfig ./kubeconfig get pods`
   *
   * @param docker socket of this machine's Docker; it makes the function root on this machine
   */
  @func({ cache: "never" })
  async kubeconfig(docker?: Socket): Promise<File> {
    return (await openMinikube(this.source, this.socket, docker, "kubeconfig")).kubeconfig();
  }

  /**
   * Collects what can be known about a lab that fails: states, events and logs now, and what failed runs have kept.
   *
   * Example: `dagger call diagnostics -o ./diagnostics`
   *
   * @param docker socket of this machine's Docker; it makes the function root on this machine
   * @param kubeconfig kubeconfig of a cluster that is there already, all in one file; it is used instead of Docker
   * @param api the API server of that cluster, as this machine reaches it: tcp://127.0.0.1:PORT
   * @param namespace where the lab is in the cluster; else the kubeconfig's own, else default
   */
  @func({ cache: "never" })
  async diagnostics(docker?: Socket, kubeconfig?: File, api?: Service, namespace?: string): Promise<Directory> {
    const where = { docker, kubeconfig, api, namespace };
    return (await open(this.source, this.socket, where, "diagnostics")).diagnostics();
  }

  /**
   * Proves mode local, as `dagger call verify --mode local` does.
   *
   * Example: `dagger check verify-local`
   *
   * @param docker socket of this machine's Docker; it makes the function root on this machine
   */
  @func({ cache: "never" })
  @check()
  async verifyLocal(docker?: Socket): Promise<void> {
    await this.verify("local", [], docker);
  }

  /**
   * Proves mode object-store, as `dagger call verify --mode object-store` does.
   *
   * Example: `dagger check verify-object-store`
   *
   * @param docker socket of this machine's Docker; it makes the function root on this machine
   */
  @func({ cache: "never" })
  @check()
  async verifyObjectStore(docker?: Socket): Promise<void> {
    await this.verify("object-store", [], docker);
  }

  /**
   * Checks style, unused code and types, as `npm run lint` and `npm run types` do.
   *
   * Example: `dagger check lint`
   */
  @func()
  @check()
  async lint(): Promise<void> {
    await runScripts(this.source, "lint", "types");
  }

  /**
   * Runs the tests that need neither Docker nor a cluster, as `npm test` does.
   *
   * Example: `dagger check test`
   */
  @func()
  @check()
  async test(): Promise<void> {
    await runScripts(this.source, "test");
  }

  /**
   * Builds the image of the exporter.
   *
   * Example: `dagger call exporter-image publish --address registry.example.com/exporter:0.1.0`
   */
  @func()
  exporterImage(): Container {
    return image(this.source, "exporter");
  }

  /**
   * Builds the image of the sample application.
   *
   * Example: `dagger call client-image as-tarball -o ./evaluation-client.tar`
   */
  @func()
  clientImage(): Container {
    return image(this.source, "evaluation-client");
  }

  /**
   * Renders the Kubernetes objects of a mode, as one YAML file.
   *
   * Example: `dagger call manifests --mode local contents`
   *
   * @param mode how the copy travels: local (a volume) or object-store (a bucket)
   * @param component a folder of k8s/components to add: fast, flipt-emulator, real-s3 or token; may be repeated
   */
  @func()
  async manifests(mode = "local", component: string[] = []): Promise<File> {
    return render(this.source, choose(mode, component));
  }
}
