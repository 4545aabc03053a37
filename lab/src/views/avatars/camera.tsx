import { useEffect, useRef, useState } from "react";

import { strings } from "../../strings";
import { Button } from "../../ui/button";
import { Notice } from "../../ui/notice";

const words = strings.avatars.upload;

const QUALITY = 0.92;

/** A look into the camera and one picture out of it. The camera is let go with the component. */
export function Camera({ onPhoto }: { onPhoto: (photo: Blob) => void }) {
  const video = useRef<HTMLVideoElement>(null);
  const [stream, setStream] = useState<MediaStream | null>(null);
  const [failed, setFailed] = useState(false);
  useEffect(() => {
    if (!stream) return;
    if (video.current) video.current.srcObject = stream;
    return () => stream.getTracks().forEach((track) => track.stop());
  }, [stream]);

  if (!window.isSecureContext) return <Notice tone="warn">{words.cameraInsecure}</Notice>;
  async function open() {
    setFailed(false);
    try {
      setStream(await navigator.mediaDevices.getUserMedia({ video: { width: { ideal: 1280 }, facingMode: "user" } }));
    } catch {
      setFailed(true);
    }
  }
  function shoot() {
    const picture = video.current;
    if (!picture?.videoWidth) return;
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [picture.videoWidth, picture.videoHeight];
    canvas.getContext("2d")?.drawImage(picture, 0, 0);
    canvas.toBlob((photo) => photo && onPhoto(photo), "image/jpeg", QUALITY);
  }
  if (!stream) {
    return (
      <div className="camera camera-off">
        {failed && <Notice tone="warn">{words.cameraFailed}</Notice>}
        <Button icon="camera" onClick={() => void open()} data-testid="camera-open">
          {words.cameraOn}
        </Button>
        <p className="muted">{words.cameraHint}</p>
      </div>
    );
  }
  return (
    <div className="camera">
      {/* As in a mirror, which is what people expect of themselves; the photo is not turned. */}
      <video ref={video} autoPlay playsInline muted aria-label={words.cameraView} />
      <Button look="primary" icon="camera" onClick={shoot} data-testid="camera-shoot">
        {words.shoot}
      </Button>
    </div>
  );
}
