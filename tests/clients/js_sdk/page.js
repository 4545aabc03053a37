// One page of an application, with handles for a test: connect, look, listen, and what the client reported.
'use strict';

const events = [];
const face = document.getElementById('face');
const pictures = { times: [], stamps: [], moved: 0, compared: 0, last: null };
const sound = { rate: 16000, pieces: [], recording: false, loud: 0, peak: 0, lastLoudAt: null, firstLoudAt: null };
const LOUD = 200 / 32768; // digital silence decodes to far less
const SPOKEN = 0.03; // of full scale; a quiet room has far less
let client = null;
let streams = null;

const plain = (value) =>
  JSON.parse(JSON.stringify(value, (_, part) => (part instanceof MediaStream ? `stream ${part.id}` : part)) ?? 'null');

function makeClient({ baseUrl, token, key, persona, options = {} }) {
  const settings = { ...options, api: { baseUrl, ...options.api } };
  client = token
    ? anam.createClient(token, settings)
    : anam.unsafe_createClientWithApiKey(key, persona, settings);
  for (const name of Object.values(anam.AnamEvent)) {
    client.addListener(name, (...details) => {
      const described = details.map((detail) =>
        detail instanceof MediaStream ? { tracks: detail.getTracks().map((track) => track.kind).sort() } : plain(detail),
      );
      events.push({ name, details: described, at: performance.now() });
    });
  }
}

// Both answer null when all went well, and what the client threw otherwise.
async function connect(wanted) {
  try {
    makeClient(wanted);
    await start(wanted.echo && openRoom(wanted.echo));
    return null;
  } catch (error) {
    return { name: error.name, message: error.message, code: error.code, status: error.statusCode, details: plain(error.details) };
  }
}

async function start(microphone) {
  await client.streamToVideoElement('face', microphone);
  watchPictures();
  face.addEventListener('playing', listen, { once: true });
}

async function connectForStreams(wanted) {
  makeClient(wanted);
  streams = await client.stream();
  face.srcObject = streams[0];
  watchPictures();
  return streams.map((stream) => ({ id: stream.id, tracks: stream.getTracks().map((track) => track.kind).sort() }));
}

function watchPictures() {
  const canvas = new OffscreenCanvas(90, 60);
  const context = canvas.getContext('2d', { willReadFrequently: true });
  const look = (_, { rtpTimestamp }) => {
    pictures.times.push(performance.now());
    pictures.stamps.push(rtpTimestamp / 90);
    context.drawImage(face, 0, 0, canvas.width, canvas.height);
    const { data } = context.getImageData(0, 0, canvas.width, canvas.height);
    if (pictures.last) {
      pictures.compared += 1;
      if (data.some((value, index) => Math.abs(value - pictures.last[index]) > 2)) pictures.moved += 1;
    }
    pictures.last = data;
    face.requestVideoFrameCallback(look);
  };
  face.requestVideoFrameCallback(look);
}

function listen() {
  const context = new AudioContext({ sampleRate: sound.rate });
  const source = context.createMediaStreamSource(face.srcObject);
  const tap = context.createScriptProcessor(1024, 1, 1);
  tap.onaudioprocess = ({ inputBuffer }) => {
    const samples = inputBuffer.getChannelData(0);
    const peak = samples.reduce((highest, sample) => Math.max(highest, Math.abs(sample)), 0);
    sound.peak = Math.max(sound.peak, peak);
    if (peak > LOUD) {
      sound.loud += 1;
      sound.lastLoudAt = performance.now();
      sound.firstLoudAt ??= sound.lastLoudAt;
    }
    if (sound.recording) sound.pieces.push(Int16Array.from(samples, (sample) => Math.round(sample * 32767)));
  };
  source.connect(tap).connect(context.destination);
  sound.recording = true;
}

// A microphone in front of a loudspeaker: all that is played comes back to it, later and quieter.
function openRoom({ delayMs, gain }) {
  const context = new AudioContext();
  const microphone = context.createMediaStreamDestination();
  face.addEventListener('playing', () => {
    const way = new DelayNode(context, { delayTime: delayMs / 1000 });
    const source = context.createMediaStreamSource(face.srcObject);
    source.connect(way).connect(new GainNode(context, { gain })).connect(microphone);
  }, { once: true });
  return microphone.stream;
}

async function microphone() {
  const report = await watched.peers.at(-1).getStats();
  return [...report.values()].find(({ type, kind }) => type === 'media-source' && kind === 'audio') ?? {};
}

const microphoneEnergy = async () => (await microphone()).totalAudioEnergy;

// When the user began to speak, as the browser hears them.
let spokenAt = null;
function awaitSpeech() {
  const looking = setInterval(async () => {
    if ((await microphone()).audioLevel < SPOKEN || spokenAt !== null) return;
    spokenAt = performance.now();
    clearInterval(looking);
  }, 50);
}

const median = (values) => values.sort((one, other) => one - other)[Math.floor(values.length / 2)] ?? 0;

function lookedAt() {
  const { times, moved, compared } = pictures;
  const seconds = times.length > 1 ? (times.at(-1) - times[0]) / 1000 : 0;
  return {
    count: times.length,
    framesPerSecond: seconds ? (times.length - 1) / seconds : 0,
    // how far apart the server says its pictures are; unlike arrival times, a busy machine cannot change it
    stepMs: median(pictures.stamps.slice(1).map((stamp, index) => stamp - pictures.stamps[index])),
    moving: compared ? moved / compared : 0,
    width: face.videoWidth,
    height: face.videoHeight,
  };
}

function heard() {
  const { loud, peak, firstLoudAt, lastLoudAt } = sound;
  return { loud, peak: peak * 32768, firstLoudAt, lastLoudAt, quietForMs: lastLoudAt === null ? null : performance.now() - lastLoudAt };
}

function recording() {
  const bytes = new Uint8Array(sound.pieces.reduce((length, piece) => length + piece.byteLength, 0));
  let at = 0;
  for (const piece of sound.pieces) {
    bytes.set(new Uint8Array(piece.buffer), at);
    at += piece.byteLength;
  }
  let text = '';
  for (let start = 0; start < bytes.length; start += 32768) {
    text += String.fromCharCode(...bytes.subarray(start, start + 32768));
  }
  return btoa(text);
}

function forget() {
  Object.assign(pictures, { times: [], stamps: [], moved: 0, compared: 0, last: null });
  Object.assign(sound, { pieces: [], loud: 0, peak: 0, firstLoudAt: null, lastLoudAt: null });
}

const named = (name) => events.filter((event) => event.name === name);
const textsOf = (role) =>
  named('MESSAGE_STREAM_EVENT_RECEIVED')
    .map(({ details }) => details[0])
    .filter((text) => text.role === role);
const history = () => named('MESSAGE_HISTORY_UPDATED').at(-1)?.details[0] ?? [];

async function videoCodec() {
  const report = await watched.peers.at(-1).getStats();
  const video = [...report.values()].find(({ type, kind }) => type === 'inbound-rtp' && kind === 'video');
  return report.get(video.codecId).mimeType;
}

async function localCandidateType() {
  const report = await watched.peers.at(-1).getStats();
  const pair = [...report.values()].find(({ type, nominated, state }) => type === 'candidate-pair' && nominated && state === 'succeeded');
  return report.get(pair.localCandidateId).candidateType;
}

// What no client of today does by itself on a healthy line: offer again on the same peer connection.
async function offerAgain(iceRestart) {
  const peer = watched.peers.at(-1);
  const sessionId = client.getActiveSessionId();
  const offer = await peer.createOffer({ iceRestart });
  await peer.setLocalDescription(offer);
  const payload = { connectionDescription: peer.localDescription, userUid: sessionId };
  watched.sockets.at(-1).send(JSON.stringify({ actionType: 'offer', sessionId, payload }));
}
