// A wire between a store and its server that a test cuts where it wants: the connection breaks, the server does not.
import { connect, createServer, type Socket } from "node:net";

export interface PostgresProxy {
  readonly port: number;
  /** What becomes of the next COMMIT: `before`: cut, and it never arrives; `after`: the server did it, and the answer is lost;
   *  `on-the-way`: handed on and cut at once, while the server is still at it. `network`: what becomes of it from then on. */
  cutNextCommit(when: "before" | "after" | "on-the-way", network?: "refused"): void;
  /** `refused`: connections break, and new ones do at once; `silent`: nothing passes, and nobody is told; null: all is well again. */
  cut(how: "refused" | "silent" | null): void;
  close(): Promise<void>;
}

const COMMIT = "COMMIT\0";

export async function startPostgresProxy(serverPort: number): Promise<PostgresProxy> {
  const sockets = new Set<Socket>();
  let cut: "before" | "after" | "on-the-way" | null = null;
  let network: "refused" | "silent" | null = null;
  let networkAfter: "refused" | null = null;
  const cutNetwork: PostgresProxy["cut"] = (how) => {
    network = how;
    for (const socket of sockets) {
      if (how === "refused") socket.destroy();
      else if (how === "silent") socket.pause();
      else socket.resume();
    }
  };
  const server = createServer((client) => {
    if (network === "refused") {
      client.destroy();
      return;
    }
    const upstream = connect(serverPort, "127.0.0.1");
    let isMute = false;
    const end = (): void => {
      client.destroy();
      upstream.destroy();
    };
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on("error", end).on("close", () => {
        sockets.delete(socket);
        if (socket === upstream || !isMute) end();
      });
    }
    client.on("data", (bytes) => {
      const when = cut !== null && bytes.includes(COMMIT) ? cut : null;
      if (when !== null) cut = null;
      if (when === "before") {
        end();
        return;
      }
      isMute ||= when !== null;
      upstream.write(bytes);
      // The server works on what it has, although nobody listens any more.
      if (when === "on-the-way") client.destroy();
    });
    upstream.on("data", (bytes) => {
      if (isMute) {
        end();
        if (networkAfter !== null) cutNetwork(networkAfter);
      } else client.write(bytes);
    });
    if (network === "silent") for (const socket of [client, upstream]) socket.pause();
  });
  await new Promise<void>((resolve) => { server.listen(0, "127.0.0.1", resolve); });
  const address = server.address();
  return {
    port: typeof address === "object" && address !== null ? address.port : 0,
    cut: cutNetwork,
    cutNextCommit: (when, after) => {
      cut = when;
      networkAfter = after ?? null;
    },
    close: () => new Promise((resolve) => {
      for (const socket of sockets) socket.destroy();
      server.close(() => { resolve(); });
    }),
  };
}
