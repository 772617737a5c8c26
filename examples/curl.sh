#!/bin/sh
# Call every HTTP API with curl: sh examples/curl.sh [http://127.0.0.1:7860] [KEY]
# Writes hello.wav, speech.mp3 and events.txt into the current folder.
set -eu
url=${1:-http://127.0.0.1:7860}
auth="Authorization: Bearer ${2:-none}"

call() {
    curl --silent --show-error --fail-with-body -H "$auth" "$@"
}

json() {  # json PATH BODY: POST the body, print the answer
    call -H 'Content-Type: application/json' --data "$2" "$url$1"
}

echo "Service information and health"
call "$url/"; echo
call "$url/health"; echo
call "$url/health/ready"; echo

echo "Files: generate one, download it, delete it"
made=$(json /generate '{"text": "Hello, this is a test!", "voice": "alba"}')
echo "$made"
file_id=$(printf '%s' "$made" | sed 's/.*"file_id": *"\([^"]*\)".*/\1/')
call --output hello.wav "$url/download/$file_id"
call --request POST "$url/cleanup/$file_id"; echo

echo "OpenAI's API: audio while it is generated, and as events"
json /v1/audio/speech '{"model": "tts-1", "voice": "nova", "input": "The audio arrives while it is generated."}' > speech.mp3
json /v1/audio/speech '{"model": "tts-1", "voice": "nova", "input": "Hello.", "stream_format": "sse"}' > events.txt
call "$url/v1/models"; echo

echo "VoiceForge's API: a data URI"
json /api/tts '{"text": "Hello from VoiceForge.", "voiceId": "default-female", "speed": 1.0, "variability": 0.5}' | cut -c -60

echo "Current and past requests"
call "$url/status?include_memory=true&include_stats=true"; echo
call "$url/status/progress"; echo
call "$url/status/statistics?include_memory=true"; echo
call "$url/status/history?limit=5"; echo
