// SPDX-License-Identifier: BSL-1.0
// `inlay serve` over a store of its own, in a folder of its own.
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A token with a name, as long as it has to be. */
export const token = (name) => name.padEnd(32, ".");

/**
 * Starts a server that knows these tokens, lines as of `--tokens`. `stop()` ends it and takes its folder away; it fails
 * when the server did not end well.
 */
export async function startServer(program, tokens) {
  const folder = mkdtempSync(join(tmpdir(), "inlay-openapi-"));
  writeFileSync(join(folder, "tokens"), tokens, { mode: 0o600 });
  const server = spawn(
    program,
    ["--store", "sqlite:store.db", "serve", "--listen", "127.0.0.1:0", "--tokens", "tokens"],
    {
      cwd: folder,
      stdio: ["ignore", "pipe", "ignore"],
    },
  );
  const stopped = new Promise((done) => server.on("exit", done));
  const url = await new Promise((found, failed) => {
    let out = "";
    server.stdout.on("data", (data) => {
      out += data;
      const match = /^listening at (\S+)$/m.exec(out);
      if (match) found(match[1]);
    });
    server.on("exit", (status) => failed(new Error(`the server ended with ${status}`)));
  });

  async function stop() {
    server.kill("SIGTERM");
    const slow = setTimeout(() => server.kill("SIGKILL"), 20_000);
    const status = await stopped;
    clearTimeout(slow);
    rmSync(folder, { recursive: true, force: true });
    if (status !== 0) throw new Error(`the server ended with ${status} after SIGTERM`);
  }
  return { url, stop };
}
