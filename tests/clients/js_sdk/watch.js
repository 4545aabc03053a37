// Watches what the client does with the browser: loaded before the client, so that every request, socket and peer
// connection it makes is seen.
'use strict';

const watched = { requests: [], sockets: [], sent: [], received: [], peers: [], channel: [], told: [], allowed: null };

const parsed = (text) => {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
};

const realFetch = window.fetch.bind(window);
window.fetch = async (input, options = {}) => {
  const entry = { method: options.method ?? 'GET', url: String(input), status: 0 };
  watched.requests.push(entry);
  const response = await realFetch(input, options);
  entry.status = response.status;
  return response;
};

// A test decides when the user allows the microphone; until then `allowed` is a promise.
const realMicrophone = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
navigator.mediaDevices.getUserMedia = async (wanted) => {
  await watched.allowed;
  return realMicrophone(wanted);
};

window.WebSocket = class extends WebSocket {
  constructor(...parameters) {
    super(...parameters);
    watched.sockets.push(this);
    this.addEventListener('message', ({ data }) => watched.received.push(JSON.parse(data)));
  }
  send(text) {
    watched.sent.push(JSON.parse(text));
    super.send(text);
  }
};

window.RTCPeerConnection = class extends RTCPeerConnection {
  constructor(...parameters) {
    super(...parameters);
    watched.peers.push(this);
  }
  createDataChannel(...parameters) {
    const channel = super.createDataChannel(...parameters);
    channel.addEventListener('message', ({ data }) => watched.told.push(JSON.parse(data)));
    const send = channel.send.bind(channel);
    channel.send = (text) => {
      watched.channel.push(parsed(text));
      send(text);
    };
    return channel;
  }
};
