// A page with many people in it who speak WebRTC and nothing else: each link is one RTCPeerConnection.
window.raw = (() => {
  const links = new Map();
  const streams = new Map();
  const out = [];

  function show(sid, colour, sound) {
    const tracks = [];
    if (colour) {
      const canvas = document.createElement("canvas");
      canvas.width = 320;
      canvas.height = 180;
      const pen = canvas.getContext("2d");
      let turn = 0;
      setInterval(() => {
        pen.fillStyle = colour;
        pen.fillRect(0, 0, 320, 180);
        pen.fillStyle = turn++ % 2 ? "#888" : "#999"; // a corner that changes, so that there are frames
        pen.fillRect(0, 0, 16, 16);
      }, 40);
      tracks.push(...canvas.captureStream(25).getTracks());
    }
    if (sound) {
      const context = new AudioContext();
      const tone = context.createOscillator();
      const end = context.createMediaStreamDestination();
      tone.connect(end);
      tone.start();
      tracks.push(...end.stream.getTracks());
    }
    streams.set(sid, new MediaStream(tracks));
  }

  async function link(sid, id, what, way, feed) {
    if (what === "close") {
      links.get(id)?.pc.close();
      if (links.has(id)) links.get(id).over = true;
      return;
    }
    if (what === "move") {
      links.get(id).feed = feed;
      return;
    }
    const pc = new RTCPeerConnection({ bundlePolicy: "max-bundle" });
    const one = { sid, id, way, feed, pc, early: [], over: false, seen: [], colours: [], frames: 0, sound: 0 };
    links.set(id, one);
    pc.onicecandidate = ({ candidate }) =>
      out.push({
        sid,
        link: id,
        kind: "candidate",
        candidate: candidate?.candidate ?? "",
        mid: candidate?.sdpMid ?? null,
        line: candidate?.sdpMLineIndex ?? null,
      });
    if (way === "send") {
      const stream = streams.get(sid);
      for (const track of stream.getTracks()) pc.addTrack(track, stream);
      await pc.setLocalDescription();
      out.push({ sid, link: id, kind: "offer", sdp: pc.localDescription.sdp });
      return;
    }
    const video = document.createElement("video");
    Object.assign(video, { muted: true, autoplay: true, playsInline: true, width: 64, height: 36 });
    document.body.append(video);
    pc.ontrack = ({ track }) => {
      const stream = video.srcObject ?? new MediaStream();
      stream.addTrack(track);
      video.srcObject = stream;
    };
    look(one, video);
  }

  async function signal(id, told) {
    const one = links.get(id);
    if (one.over) return;
    if (told.kind === "candidate") {
      if (!one.pc.remoteDescription) one.early.push(told);
      else await add(one, told);
      return;
    }
    await one.pc.setRemoteDescription({ type: told.kind, sdp: told.sdp });
    for (const candidate of one.early.splice(0)) await add(one, candidate);
    if (told.kind === "offer") {
      await one.pc.setLocalDescription();
      out.push({ sid: one.sid, link: id, kind: "answer", sdp: one.pc.localDescription.sdp });
    }
  }

  // The page has another network than before.
  async function again(id) {
    const one = links.get(id);
    await one.pc.setLocalDescription(await one.pc.createOffer({ iceRestart: true }));
    out.push({ sid: one.sid, link: id, kind: "offer", sdp: one.pc.localDescription.sdp });
  }

  const add = (one, { candidate, mid, line }) =>
    candidate ? one.pc.addIceCandidate({ candidate, sdpMid: mid, sdpMLineIndex: line }) : undefined;

  // Notes when a frame came, and when another colour was seen than before; Date.now() is the clock of the test too.
  function look(one, video) {
    const canvas = document.createElement("canvas");
    canvas.width = canvas.height = 1;
    const pen = canvas.getContext("2d", { willReadFrequently: true });
    const looking = async () => {
      if (one.over) return;
      for (const told of (await one.pc.getStats()).values()) {
        if (told.type !== "inbound-rtp") continue;
        if (told.kind === "audio") one.sound = told.packetsReceived;
        else if (told.framesDecoded > one.frames) {
          one.frames = told.framesDecoded;
          one.seen.push(Date.now());
        }
      }
      if (video.videoWidth) {
        pen.drawImage(video, 160, 90, 1, 1, 0, 0, 1, 1);
        const [red, green, blue] = pen.getImageData(0, 0, 1, 1).data;
        const colour = red > 150 && blue < 100 ? "red" : blue > 150 && red < 100 ? "blue" : `${red},${green},${blue}`;
        if (one.colours.at(-1)?.[0] !== colour) one.colours.push([colour, Date.now()]);
      }
      setTimeout(looking, 15);
    };
    looking();
  }

  const told = () =>
    [...links.values()].map(({ sid, id, way, feed, pc, over, seen, colours, frames, sound }) => ({
      sid, id, way, feed, over, frames, sound, colours, state: pc.connectionState, seen: seen.slice(-400),
    }));

  return { show, link, again, signal, told, take: () => out.splice(0) };
})();
