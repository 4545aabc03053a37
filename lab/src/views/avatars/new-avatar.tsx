import { useEffect, useMemo, useState, type FormEvent } from "react";

import { ApiError, type Api } from "../../api";
import type { NewAvatar } from "../../api/avatars";
import { strings } from "../../strings";
import { Button } from "../../ui/button";
import { Segmented } from "../../ui/choice";
import { Dialog } from "../../ui/dialog";
import { DropZone } from "../../ui/drop-zone";
import { Check, Field } from "../../ui/field";
import { Notice } from "../../ui/notice";
import { Progress } from "../../ui/progress";
import { Camera } from "./camera";

const words = strings.avatars.upload;

const NAME_CHARS = { min: 3, max: 50 };

interface NewAvatarProps {
  api: Api;
  onClose: () => void;
  onMade: (avatar: NewAvatar) => void;
}

/** From a photo to a face: choose or take it, name it, and hear why it won't do if it won't. */
export function NewAvatarDialog({ api, onClose, onMade }: NewAvatarProps) {
  const [source, setSource] = useState<"file" | "camera">("file");
  const [photo, setPhoto] = useState<Blob | null>(null);
  const [name, setName] = useState("");
  const [allowed, setAllowed] = useState(false);
  const [sent, setSent] = useState<number | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const abort = useMemo(() => new AbortController(), []);
  const long = name.trim().length;
  const ready = photo !== null && allowed && long >= NAME_CHARS.min && long <= NAME_CHARS.max && sent === null;

  function take(taken: Blob | null) {
    setPhoto(taken);
    setProblem(null);
    if (taken instanceof File && name === "") setName(taken.name.replace(/\.[^.]*$/, "").slice(0, NAME_CHARS.max));
  }
  async function submit(event: FormEvent) {
    event.preventDefault();
    if (!ready || !photo) return;
    setSent(0);
    setProblem(null);
    try {
      onMade(await api.avatars.create(name.trim(), photo, setSent, abort.signal));
    } catch (error) {
      setSent(null);
      if (error instanceof ApiError) setProblem(error.issues[0]?.message ?? error.message);
    }
  }
  function close() {
    abort.abort();
    onClose();
  }
  const footer = (
    <>
      <Button onClick={close}>{strings.cancel}</Button>
      <Button look="primary" type="submit" form="new-avatar" disabled={!ready} busy={sent !== null} data-testid="avatar-save">
        {words.create}
      </Button>
    </>
  );
  return (
    <Dialog title={words.title} onClose={close} footer={footer} testId="avatar-dialog">
      <form id="new-avatar" className="form" onSubmit={(event) => void submit(event)}>
        {problem && (
          <Notice tone="danger" testId="avatar-refused">
            <b>{words.refused}</b> {problem}
          </Notice>
        )}
        {photo ? (
          <Chosen photo={photo} onAnother={() => take(null)} />
        ) : (
          <>
            <Segmented
              label={words.from}
              value={source}
              onChange={setSource}
              options={[
                { value: "file", label: words.file },
                { value: "camera", label: words.camera, testId: "avatar-camera" },
              ]}
            />
            {source === "file" ? (
              <DropZone
                accept="image/jpeg,image/png,image/webp"
                label={words.drop}
                hint={words.dropHint}
                onFiles={([file]) => file && take(file)}
                testId="avatar-file"
              />
            ) : (
              <Camera onPhoto={take} />
            )}
            <ul className="tips">
              {words.tips.map((tip) => (
                <li key={tip}>{tip}</li>
              ))}
            </ul>
          </>
        )}
        <Field label={strings.avatars.name} hint={strings.avatars.nameHint}>
          {(control) => (
            <input
              {...control}
              className="input"
              value={name}
              maxLength={NAME_CHARS.max}
              placeholder={strings.avatars.namePlaceholder}
              onChange={(event) => setName(event.target.value)}
              data-testid="avatar-name"
            />
          )}
        </Field>
        <Check label={words.consent} checked={allowed} onChange={setAllowed} testId="avatar-consent" />
        {sent !== null && <Progress share={sent} label={sent < 1 ? words.sending(Math.round(sent * 100)) : words.looking} />}
      </form>
    </Dialog>
  );
}

function Chosen({ photo, onAnother }: { photo: Blob; onAnother: () => void }) {
  const [url, setUrl] = useState<string>();
  useEffect(() => {
    const reader = new FileReader(); // a data: URL, since the page's policy allows no blob: pictures
    reader.onload = () => setUrl(String(reader.result));
    reader.readAsDataURL(photo);
    return () => reader.abort();
  }, [photo]);
  return (
    <div className="chosen">
      {url && <img src={url} alt={words.photo} />}
      <Button icon="refresh" onClick={onAnother} data-testid="avatar-another">
        {words.another}
      </Button>
    </div>
  );
}
