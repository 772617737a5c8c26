// Speak over the WebSocket: each WAV file is written as soon as its sentence is spoken. Needs only
// Node.js 22 or newer; in older versions, `const WebSocket = require('ws')` does the same.
//
// node examples/websocket_client.js "First this. Then that." sentences/ [ws://127.0.0.1:7860/ws/tts]

const fs = require('node:fs');
const path = require('node:path');

const [text, folder, url = 'ws://127.0.0.1:7860/ws/tts'] = process.argv.slice(2);
if (!text || !folder) {
  console.error('Usage: node websocket_client.js TEXT FOLDER [URL]');
  process.exit(2);
}
fs.mkdirSync(folder, { recursive: true });

const socket = new WebSocket(url);
socket.onopen = () => socket.send(JSON.stringify({ type: 'text_input', data: { text } }));
socket.onerror = () => {
  console.error(`No answer from ${url}. Is Aloud running there?`);
  process.exitCode = 1;
};
socket.onmessage = (event) => {
  const { type, message, data } = JSON.parse(event.data);
  if (type === 'audio_chunk') {
    const file = path.join(folder, `${String(data.chunk_id).padStart(4, '0')}.wav`);
    fs.writeFileSync(file, Buffer.from(data.audio_data, 'base64'));
    console.log(`${file}  ${data.text_chunk}`);
  } else if (type === 'generation_complete') {
    console.log(`${data.total_chunks_processed} chunks, voice ${data.voice_used}`);
    socket.close();
  } else if (type === 'error') {
    console.error(message);
    process.exitCode = 1;
    socket.close();
  }
};
