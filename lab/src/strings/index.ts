/** Every English sentence of the Lab, a file for each view. Plain words, short sentences, no blame. */
import { avatars } from "./avatars";
import { common } from "./common";
import { editor } from "./editor";
import { frame } from "./frame";
import { key } from "./key";
import { knowledge } from "./knowledge";
import { minds } from "./minds";
import { personas, welcome } from "./personas";
import { servedBy } from "./served-by";
import { sessions } from "./sessions";
import { settings } from "./settings";
import * as talking from "./talk";
import { tools } from "./tools";
import { voices } from "./voices";

export const strings = { ...common, frame, key, personas, welcome, servedBy, editor, avatars, voices, minds, tools, knowledge, sessions, settings, ...talking } as const;
