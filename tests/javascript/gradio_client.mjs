// What scripts do with @gradio/client, against the server at the address that is the argument.

import { Client } from "@gradio/client";

const app = await Client.connect(process.argv[2]);
const { named_endpoints: endpoints } = await app.view_api();
const voices = await app.predict("/list_voices", { engine: "" });

// What a list leaves out, the client sends as null.
const status = await app.predict("/status", []);
const { data } = await app.predict("/synthesize", ["Hello from JavaScript."]);
const file = await (await fetch(data[0].url)).arrayBuffer();

async function events(job, most) {
  const seen = [];
  for await (const message of job) {
    if (message.type === "status" && message.stage === "error") throw new Error(message.message);
    if (message.type === "data") seen.push(message.data);
    if (seen.length === most) await job.cancel();
    if (seen.length >= most) break;
  }
  return seen.length;
}
const text = "First this. Then that. And then it ends.";
const streamed = await events(app.submit("/stream", { text }), Infinity);
const cancelled = await events(app.submit("/stream", { text: "On and on it goes. ".repeat(300) }), 2);

const refused = await app
  .predict("/synthesize", { text: "Hello.", voice: "nobody at all" })
  .then(() => "", (error) => error.message);

console.log(
  JSON.stringify({
    endpoints: Object.keys(endpoints),
    voices: voices.data[0].length,
    status: status.data[0].status,
    file: new TextDecoder().decode(file.slice(0, 4)),
    bytes: file.byteLength,
    streamed,
    cancelled,
    refused,
  }),
);
process.exit(0);
