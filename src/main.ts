// Starts the process: the command line decides what it becomes.
import { runProgram } from "./cli/program.ts";

// A reader that went away (`| head`) costs its lines, not the program; any other fault of one stream is told on the other.
let isTold = false; // once: on a full disk both may fail, each because of the other's message
for (const [stream, other] of [[process.stdout, process.stderr], [process.stderr, process.stdout]] as const) {
  stream.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE" || isTold) return;
    isTold = true;
    other.write(`pvmonitor: a saída não pôde ser escrita (${error.code ?? error.message})\n`);
  });
}

// Left to itself, Node opens a debugger at this signal, to whoever is on the machine: memory, and so secrets, would be open to read.
process.on("SIGUSR1", () => undefined);

process.exitCode = await runProgram(process.argv.slice(2));
