import { useCallback, useMemo, useState } from "react";

import { Api } from "./api";
import { forgetKey, loadKey, storeKey, type StoredKey } from "./key";
import { strings } from "./strings";
import { KeyView } from "./views/key/key-view";
import { Frame } from "./frame";

/** Without a key: the door. With one: the pages. */
export function App() {
  const [key, setKey] = useState(loadKey);
  const [problem, setProblem] = useState<string | null>(null);

  const leave = useCallback((why: string | null) => {
    forgetKey();
    setKey(null);
    setProblem(why);
  }, []);
  const enter = useCallback((entered: StoredKey) => {
    storeKey(entered);
    setKey(entered);
    setProblem(null);
  }, []);

  const value = key?.value;
  const api = useMemo(
    () => (value === undefined ? null : new Api(value, () => leave(strings.key.expired))),
    [value, leave],
  );
  if (!api || !key) return <KeyView problem={problem} onEnter={enter} />;
  return <Frame key={key.value} api={api} apiKey={key.value} onSignOut={() => leave(null)} />;
}
