// Prints what another implementation's package reads of the signed metadata of the files named.

import { Reader } from "@contentauth/c2pa-node";

const types = { wav: "audio/wav", mp3: "audio/mpeg", flac: "audio/flac", m4a: "audio/mp4", m4b: "audio/mp4" };

for (const path of process.argv.slice(2)) {
  const reader = await Reader.fromAsset({ path, mimeType: types[path.split(".").pop()] });
  const store = reader.json();
  const { title, claim_generator_info, assertions, signature_info } = reader.getActive();
  const codes = (store.validation_status ?? []).map(({ code }) => code);
  const state = store.validation_state;
  console.log(JSON.stringify({ state, codes, title, claim_generator_info, assertions, signature_info }));
}
