// What programs do with OpenAI's client, against the server at the address that is the first argument.
// The second is a folder for what is spoken; see tests/clients/programs/trial.py.

import { readFileSync, writeFileSync } from "node:fs";
import { setTimeout } from "node:timers/promises";
import OpenAI from "openai";

const [, , server, folder] = process.argv;
const client = new OpenAI({ baseURL: `${server}v1`, apiKey: "none", maxRetries: 0 });
const TEXT =
  "The first sentence is short. The second one goes on for a while longer than the first.";
const how = { model: "slow", voice: "alloy", response_format: "wav", input: TEXT };

async function speaking() {
  const status = await (await fetch(`${server}status`)).json();
  return status.active_requests.length > 0;
}

const whole = await client.audio.speech.create(how);
writeFileSync(`${folder}/speak.wav`, Buffer.from(await whole.arrayBuffer()));

const pieces = [];
for await (const piece of (await client.audio.speech.create(how)).body) {
  if (!pieces.length && !(await speaking())) throw new Error("it was not streamed");
  pieces.push(Buffer.from(piece));
}
writeFileSync(`${folder}/stream.wav`, Buffer.concat(pieces));

const leave = new AbortController();
const input = "This is one sentence of very many. ".repeat(120);
const long = await client.audio.speech.create({ ...how, input }, { signal: leave.signal });
await long.body.getReader().read();
if (!(await speaking())) throw new Error("it was not streamed");
leave.abort();
const end = Date.now() + 10_000;
while (await speaking()) {
  if (Date.now() > end) throw new Error("the server still speaks");
  await setTimeout(50);
}

const { version } = JSON.parse(
  readFileSync(new URL("node_modules/openai/package.json", import.meta.url), "utf8"),
);
console.log(JSON.stringify({ client: "openai (node)", version }));
process.exit(0);
