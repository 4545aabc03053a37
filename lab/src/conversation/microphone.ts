import { useEffect, useState } from "react";

/** Browsers hide the microphone from pages that came over plain HTTP from another machine. */
export function microphonePossible(): boolean {
  return window.isSecureContext && "mediaDevices" in navigator;
}

export interface Devices {
  microphones: readonly MediaDeviceInfo[];
  speakers: readonly MediaDeviceInfo[];
}

const NONE: Devices = { microphones: [], speakers: [] };

/** What can be chosen from. Browsers name the devices only once the microphone was allowed, hence `allowed`. */
export function useDevices(allowed: boolean): Devices {
  const [devices, setDevices] = useState(NONE);
  useEffect(() => {
    if (!allowed || !microphonePossible()) return;
    const { mediaDevices } = navigator;
    let current = true;
    const look = async () => {
      const found = (await mediaDevices.enumerateDevices()).filter((device) => device.label !== "");
      if (!current) return;
      const of = (kind: MediaDeviceKind) => found.filter((device) => device.kind === kind);
      setDevices({ microphones: of("audioinput"), speakers: of("audiooutput") });
    };
    void look();
    mediaDevices.addEventListener("devicechange", look);
    return () => {
      current = false;
      mediaDevices.removeEventListener("devicechange", look);
    };
  }, [allowed]);
  return devices;
}
