/** The page at /docs: what the server says about its API, to read and to try, with the key that the Lab knows. */

import SwaggerUI from "swagger-ui-dist/swagger-ui-es-bundle.js";
import notices from "swagger-ui-dist/swagger-ui-es-bundle.js.LICENSE.txt?url";
import "swagger-ui-dist/swagger-ui.css";
import "./docs.css";

import { loadKey } from "../key";

const dark = matchMedia("(prefers-color-scheme: dark)");
const follow = () => document.documentElement.classList.toggle("dark-mode", dark.matches);
dark.addEventListener("change", follow);
follow();

const link = document.getElementById("notices");
link?.setAttribute("href", notices);

const key = loadKey();
const page = SwaggerUI({
  domNode: document.getElementById("docs"),
  url: "openapi.json",
  deepLinking: true,
  filter: true,
  tryItOutEnabled: true,
  docExpansion: "list",
  defaultModelsExpandDepth: 0,
  // the two that would talk with somebody else
  validatorUrl: null,
  queryConfigEnabled: false,
  onComplete: () => {
    if (key) page.preauthorizeApiKey("apiKey", key.value);
  },
});
