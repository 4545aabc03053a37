import { useCallback, useState } from "react";

import type { Api, Voice } from "../../api";
import { ownName } from "../../format";
import type { SectionProps } from "../../sections";
import { voiceServer } from "../../served-by";
import { strings } from "../../strings";
import { Button, IconButton } from "../../ui/button";
import { deleteItem, Menu } from "../../ui/menu";
import { Badge, PageHead, SearchBox } from "../../ui/page";
import { Select } from "../../ui/select";
import { Shown } from "../../ui/states";
import { useToasts } from "../../ui/toast";
import { useLoad } from "../../ui/use-load";
import { useRemoval } from "../../ui/use-removal";
import { useSample } from "../../ui/use-sample";
import { AddVoice } from "./add-voice";
import { matches, NO_FILTERS, valuesOf, type VoiceFilters } from "./voice-filters";
import "./voices.css";

const words = strings.voices;

export default function VoicesSection({ api }: SectionProps) {
  const [loaded, reload] = useLoad(useCallback(() => api.voices.all(), [api]));
  const [filters, setFilters] = useState(NO_FILTERS);
  const [adding, setAdding] = useState(false);
  const toasts = useToasts();
  return (
    <div className="page">
      <PageHead title={words.title} lead={words.lead}>
        <Button look="primary" icon="plus" onClick={() => setAdding(true)} data-testid="voice-create">
          {words.create}
        </Button>
      </PageHead>
      <Shown loaded={loaded} onRetry={reload}>
        {(voices) => (
          <>
            <Filters voices={voices} filters={filters} onChange={(part) => setFilters({ ...filters, ...part })} />
            <Rows api={api} voices={voices} filters={filters} />
          </>
        )}
      </Shown>
      {adding && (
        <AddVoice
          api={api}
          onClose={() => setAdding(false)}
          onAdded={(voice) => {
            setAdding(false);
            toasts.say(words.add.added(voice.displayName));
            reload();
          }}
        />
      )}
    </div>
  );
}

interface FiltersProps {
  voices: readonly Voice[];
  filters: VoiceFilters;
  onChange: (part: Partial<VoiceFilters>) => void;
}

function Filters({ voices, filters, onChange }: FiltersProps) {
  const lists = [
    { key: "provider", label: words.provider, all: words.everyProvider, name: (value: string) => value.toLowerCase().replaceAll("_", " ") },
    { key: "gender", label: words.gender, all: words.everyGender, name: (value: string) => words.genders[value] ?? value },
    { key: "country", label: words.country, all: words.everyCountry, name: countryName },
  ] as const;
  return (
    <div className="toolbar">
      <SearchBox label={words.search} value={filters.search} onChange={(search) => onChange({ search })} testId="voice-search" />
      {lists.map(({ key, label, all, name }) => (
        <Select key={key} label={label} value={filters[key]} onChange={(value) => onChange({ [key]: value })} testId={`voice-${key}`}>
          <option value="">{all}</option>
          {valuesOf(voices, key).map((value) => (
            <option key={value} value={value}>
              {name(value)}
            </option>
          ))}
        </Select>
      ))}
      <span className="count" role="status">
        {words.count(voices.filter((voice) => matches(voice, filters)).length)}
      </span>
    </div>
  );
}

const COUNTRIES = new Intl.DisplayNames(["en"], { type: "region" });

function countryName(code: string): string {
  try {
    return COUNTRIES.of(code) ?? code;
  } catch {
    return code;
  }
}

function Rows({ api, voices, filters }: { api: Api; voices: readonly Voice[]; filters: VoiceFilters }) {
  const removal = useRemoval();
  const sample = useSample();
  const rows = voices.filter((voice) => matches(voice, filters) && !removal.isGone(voice.id));
  if (rows.length === 0) return <p className="muted">{words.none}</p>;
  return (
    <>
      {sample.failed && <p className="field-error">{words.sampleFailed}</p>}
      <ul className="rows" data-testid="voice-list">
        {rows.map((voice) => (
          <Row
            key={voice.id}
            voice={voice}
            playing={voice.sampleUrl !== null && sample.playing === voice.sampleUrl}
            onPlay={() => voice.sampleUrl && sample.toggle(voice.sampleUrl)}
            onRemove={() => removal.remove(voice.id, strings.deleted(voice.displayName), () => api.voices.delete(voice.id))}
          />
        ))}
      </ul>
    </>
  );
}

interface RowProps {
  voice: Voice;
  playing: boolean;
  onPlay: () => void;
  onRemove: () => void;
}

function Row({ voice, playing, onPlay, onRemove }: RowProps) {
  const own = voice.createdByOrganizationId !== null;
  const served = voiceServer(voice);
  const facts = [
    voice.gender && (words.genders[voice.gender] ?? voice.gender),
    voice.country && countryName(voice.country),
    served && words.speaks(served.name),
  ];
  return (
    <li data-testid="voice-row" data-id={voice.id}>
      <IconButton
        icon={playing ? "stop" : "play"}
        look="plain"
        className="voice-play"
        disabled={voice.sampleUrl === null}
        label={voice.sampleUrl === null ? words.noSample : playing ? words.stop(voice.displayName) : words.play(voice.displayName)}
        aria-pressed={playing}
        onClick={onPlay}
        data-testid="voice-play"
      />
      <div className="rows-text">
        <p className="rows-name">
          {ownName(voice.displayName)}
          {own && <Badge tone="good">{strings.own}</Badge>}
          {voice.isZdr && <Badge>{words.zdr}</Badge>}
        </p>
        <p className="rows-detail">{facts.filter(Boolean).join(" · ")}</p>
        {voice.description && <p className="rows-detail">{voice.description}</p>}
      </div>
      <Badge>{voice.provider.toLowerCase().replaceAll("_", " ")}</Badge>
      {own && (
        <div className="rows-actions">
          <Menu
            label={strings.actions(voice.displayName)}
            items={[deleteItem("voice-delete", onRemove)]}
          />
        </div>
      )}
    </li>
  );
}
