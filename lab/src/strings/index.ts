/** Every English sentence of the Lab, a file for each view. Plain words, short sentences, no blame. */
import { avatars } from "./avatars";
import { common } from "./common";
import { editor } from "./editor";
import { frame } from "./frame";
import { key } from "./key";
import { personas, welcome } from "./personas";
import { servedBy } from "./served-by";
import { sessions } from "./sessions";
import * as talking from "./talk";

export const strings = { ...common, frame, key, personas, welcome, servedBy, editor, avatars, sessions, ...talking } as const;
