#!/bin/sh
# Every HTTP door with curl: sh examples/curl.sh [http://127.0.0.1:7860] [KEY]
# Writes hello.wav, speech.mp3 and events.txt where it is run.
set -eu
url=${1:-http://127.0.0.1:7860}
auth="Authorization: Bearer ${2:-none}"

call() {
    curl --silent --show-error --fail-with-body -H "$auth" "$@"
}

json() {  # json PATH BODY: the answer to a POST
    call -H 'Content-Type: application/json' --data "$2" "$url$1"
}

echo "Who is here, and can it speak?"
call "$url/"; echo
call "$url/health"; echo
call "$url/health/ready"; echo

echo "A file that waits to be fetched"
made=$(json /generate '{"text": "Hello, this is a test!", "voice": "alba"}')
echo "$made"
file_id=$(printf '%s' "$made" | sed 's/.*"file_id": *"\([^"]*\)".*/\1/')
call --output hello.wav "$url/download/$file_id"
call --request POST "$url/cleanup/$file_id"; echo

echo "OpenAI's protocol: the sound as it is made, and as events"
json /v1/audio/speech '{"model": "tts-1", "voice": "nova", "input": "The sound comes while it is made."}' > speech.mp3
json /v1/audio/speech '{"model": "tts-1", "voice": "nova", "input": "Hello.", "stream_format": "sse"}' > events.txt
call "$url/v1/models"; echo

echo "VoiceForge: a data URI"
json /api/tts '{"text": "Hello from VoiceForge.", "voiceId": "default-female", "speed": 1.0, "variability": 0.5}' | cut -c -60

echo "What was spoken"
call "$url/status?include_memory=true&include_stats=true"; echo
call "$url/status/progress"; echo
call "$url/status/statistics?include_memory=true"; echo
call "$url/status/history?limit=5"; echo
