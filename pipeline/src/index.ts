import type { Container, Directory, File, Service, Socket } from "@dagger.io/dagger";
import { argument, check, func, object } from "@dagger.io/dagger";
import { ignored } from "./ignored.js";
import { image } from "./images.js";
import * as lab from "./lab.js";
import { render } from "./manifests.js";
import { choose } from "./modes.js";
import { open, openMinikube } from "./open.js";
import { runScripts } from "./workspace.js";

/**
 * Flipt as a read-only sidecar: starts the lab on this machine's Docker, verifies it, shows its state and removes it.
 *
 * Begin with: `dagger call up --mode local`
 */
@object()
export class FliptLab {
  private source: Directory;
  private socket: string;

  /**
   * @param source the repository
   * @param tools a folder with minikube, kubectl or docker; each program in it replaces its download
   * @param socket path of the --docker socket on the machine that runs that Docker; LAB_DOCKER sets both
   */
  constructor(
    @argument({ defaultPath: "/", ignore: ignored }) source: Directory,
    tools?: Directory,
    socket = "unix:///var/run/docker.sock",
  ) {
    this.source = tools ? source.withDirectory("images/toolbox/tools", tools) : source;
    this.socket = socket;
  }

  /**
   * Starts the lab in a minikube on this machine's Docker, leaves it running and prints the next commands.
   * The first run takes minutes. A second run changes nothing; with another mode it switches the lab in place.
   * Example: `dagger call up --mode local`
   * Example, where Flipt's image cannot be pulled: `dagger call up --mode object-store --component flipt-emulator`
   * Example, any cluster: `dagger call up --kubeconfig ./kubeconfig --api tcp://127.0.0.1:6443`
   * @param mode how the copy travels: local (a volume) or object-store (a bucket)
   * @param component a folder of k8s/components to add: fast, flipt-emulator, real-s3 or token; may be repeated
   * @param docker Docker socket of this machine; it makes the function root on this machine. Docker Desktop needs host networking
   * @param kubeconfig kubeconfig of an existing cluster, in one file; the function uses that cluster instead of Docker
   * @param api API server of that cluster, as this machine reaches it: tcp://127.0.0.1:PORT
   * @param namespace namespace of the lab; without it, the one that the kubeconfig names, else "default"
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
    return lab.up(await open(this.source, this.socket, { docker, kubeconfig, api, namespace }, "up", choice), choice);
  }

  /**
   * Verifies every fact of a mode and fails with the reason. After a failure, use `dagger call diagnostics`.
   * It verifies the running lab of that mode. Without one it starts a lab of its own and removes that at the end.
   * Example: `dagger call verify --mode object-store`
   * @param mode how the copy travels: local (a volume) or object-store (a bucket)
   * @param component a folder of k8s/components to add: fast, flipt-emulator, real-s3 or token; may be repeated
   * @param docker Docker socket of this machine; it makes the function root on this machine
   * @param kubeconfig kubeconfig of an existing cluster, in one file; the function uses that cluster instead of Docker
   * @param api API server of that cluster, as this machine reaches it: tcp://127.0.0.1:PORT
   * @param namespace namespace of the lab; without it, the one that the kubeconfig names, else "default"
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
    return lab.verify(await open(this.source, this.socket, where, `verify-${choice.mode}`, choice), choice);
  }

  /**
   * Prints where each hop of the copy stands, then one verdict. It fails when the copy is broken.
   * Example: `dagger call status`
   * @param docker Docker socket of this machine; it makes the function root on this machine
   * @param kubeconfig kubeconfig of an existing cluster, in one file; the function uses that cluster instead of Docker
   * @param api API server of that cluster, as this machine reaches it: tcp://127.0.0.1:PORT
   * @param namespace namespace of the lab; without it, the one that the kubeconfig names, else "default"
   */
  @func({ cache: "never" })
  async status(docker?: Socket, kubeconfig?: File, api?: Service, namespace?: string): Promise<string> {
    return lab.status(await open(this.source, this.socket, { docker, kubeconfig, api, namespace }, "status"));
  }

  /**
   * Removes the lab and everything made for it: minikube, its volume and network, and the images loaded into Docker.
   * Example: `dagger call down`
   * @param docker Docker socket of this machine; it makes the function root on this machine
   * @param kubeconfig kubeconfig of an existing cluster, in one file; the function uses that cluster instead of Docker
   * @param api API server of that cluster, as this machine reaches it: tcp://127.0.0.1:PORT
   * @param namespace namespace of the lab; without it, the one that the kubeconfig names, else "default"
   */
  @func({ cache: "never" })
  async down(docker?: Socket, kubeconfig?: File, api?: Service, namespace?: string): Promise<string> {
    return lab.down(await open(this.source, this.socket, { docker, kubeconfig, api, namespace }, "down"));
  }

  /**
   * Returns the kubeconfig of the running lab, in one file that only you can read.
   * Example: `dagger call kubeconfig -o ./kubeconfig && kubectl --kubeconfig ./kubeconfig get pods`
   * @param docker Docker socket of this machine; it makes the function root on this machine
   */
  @func({ cache: "never" }) async kubeconfig(docker?: Socket): Promise<File> {
    return (await openMinikube(this.source, this.socket, docker, "kubeconfig")).kubeconfig();
  }

  /**
   * Collects the states, events and logs of a lab that fails, and what failed runs have kept.
   * Example: `dagger call diagnostics -o ./diagnostics`
   * @param docker Docker socket of this machine; it makes the function root on this machine
   * @param kubeconfig kubeconfig of an existing cluster, in one file; the function uses that cluster instead of Docker
   * @param api API server of that cluster, as this machine reaches it: tcp://127.0.0.1:PORT
   * @param namespace namespace of the lab; without it, the one that the kubeconfig names, else "default"
   */
  @func({ cache: "never" })
  async diagnostics(docker?: Socket, kubeconfig?: File, api?: Service, namespace?: string): Promise<Directory> {
    const where = { docker, kubeconfig, api, namespace };
    return (await open(this.source, this.socket, where, "diagnostics")).diagnostics();
  }

  /**
   * Verifies mode local, as `dagger call verify --mode local` does.
   * Example: `dagger check verify-local`
   * @param docker Docker socket of this machine; it makes the function root on this machine
   */
  @func({ cache: "never" }) @check() async verifyLocal(docker?: Socket): Promise<void> {
    await this.verify("local", [], docker);
  }

  /**
   * Verifies mode object-store, as `dagger call verify --mode object-store` does.
   * Example: `dagger check verify-object-store`
   * @param docker Docker socket of this machine; it makes the function root on this machine
   */
  @func({ cache: "never" }) @check() async verifyObjectStore(docker?: Socket): Promise<void> {
    await this.verify("object-store", [], docker);
  }

  /**
   * Checks style, unused code and types, as `npm run lint` and `npm run types` do.
   * Example: `dagger check lint`
   */
  @func() @check() lint(): Promise<void> {
    return runScripts(this.source, "lint", "types");
  }

  /**
   * Runs the tests that need neither Docker nor a cluster, as `npm test` does.
   * Example: `dagger check test`
   */
  @func() @check() test(): Promise<void> {
    return runScripts(this.source, "test");
  }

  /**
   * Builds the image of the exporter.
   * Example: `dagger call exporter-image publish --address registry.example.com/exporter:0.1.0`
   */
  @func() exporterImage(): Container {
    return image(this.source, "exporter");
  }

  /**
   * Builds the image of the sample application.
   * Example: `dagger call client-image as-tarball -o ./evaluation-client.tar`
   */
  @func() clientImage(): Container {
    return image(this.source, "evaluation-client");
  }

  /**
   * Renders the Kubernetes objects of a mode as one YAML file.
   * Example: `dagger call manifests --mode local contents`
   * @param mode how the copy travels: local (a volume) or object-store (a bucket)
   * @param component a folder of k8s/components to add: fast, flipt-emulator, real-s3 or token; may be repeated
   */
  @func() async manifests(mode = "local", component: string[] = []): Promise<File> {
    return render(this.source, choose(mode, component));
  }
}
