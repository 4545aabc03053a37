import { strings } from "../../strings";
import { Button } from "../../ui/button";
import { Icon, type IconName } from "../../ui/icon";

const words = strings.welcome;
const ICONS: readonly IconName[] = ["face", "mind", "voice"];

/** What the empty half of the page teaches until a persona is picked. */
export function Welcome({ onCreate }: { onCreate: () => void }) {
  return (
    <section className="welcome">
      <h1>{words.title}</h1>
      <p className="welcome-lead">{words.text}</p>
      <ol className="welcome-steps">
        {words.steps.map(([title, text], index) => (
          <li key={title}>
            <span className="welcome-icon">
              <Icon name={ICONS[index] ?? "face"} />
            </span>
            <h2>{title}</h2>
            <p>{text}</p>
          </li>
        ))}
      </ol>
      <Button look="primary" icon="plus" onClick={onCreate}>
        {strings.personas.create}
      </Button>
    </section>
  );
}
