import { useId } from "react";

import type { Avatar } from "../../api";
import { strings } from "../../strings";
import { FieldError } from "../../ui/field";
import { Picture } from "../../ui/picture";

interface AvatarPickerProps {
  avatars: readonly Avatar[];
  value: string;
  error: string | undefined;
  onChange: (id: string) => void;
}

export function AvatarPicker({ avatars, value, error, onChange }: AvatarPickerProps) {
  const name = useId();
  return (
    <fieldset className="field">
      <legend className="field-label">{strings.editor.avatar}</legend>
      <div className="faces">
        {avatars.map((avatar) => (
          <label key={avatar.id} className="face" title={avatar.displayName} data-testid="editor-avatar" data-id={avatar.id}>
            <input
              className="visually-hidden"
              type="radio"
              name={name}
              checked={avatar.id === value}
              onChange={() => onChange(avatar.id)}
            />
            <span className="face-frame">
              <Picture src={avatar.imageUrl} alt="" />
            </span>
            <span className="face-name">{avatar.displayName}</span>
            {avatar.variantName && <span className="face-variant">{avatar.variantName}</span>}
          </label>
        ))}
      </div>
      <FieldError error={error} />
    </fieldset>
  );
}
