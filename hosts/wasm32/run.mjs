// SPDX-License-Identifier: MIT
// Runs a WebAssembly program of hosts/wasm32 in Node: node run.mjs PROGRAM.wasm [ARGUMENT]
import { randomBytes } from "node:crypto";
import { readFileSync, writeSync } from "node:fs";

const [path, argument = ""] = process.argv.slice(2);
const cairn = {
    write: (at, length) => writeSync(1, new Uint8Array(memory.buffer, at, length)),
    random: () => randomBytes(8).readBigInt64LE(),
    exit: (status) => process.exit(status),
};
const program = new WebAssembly.Instance(new WebAssembly.Module(readFileSync(path)), { cairn });
const { memory, run, argument: argumentPlace } = program.exports;
new TextEncoder().encodeInto(argument + "\0", new Uint8Array(memory.buffer, argumentPlace(), 64));
process.exit(run());
