/** From the SDK's codes to sentences. */
import { ClientError, ConnectionClosedCode, ErrorCode } from "@anam-ai/js-sdk";

import { strings } from "../strings";

const words = strings.ending;

const START: Partial<Record<ErrorCode, string>> = {
  [ErrorCode.CLIENT_ERROR_CODE_MAX_CONCURRENT_SESSIONS_REACHED]: words.full,
  [ErrorCode.CLIENT_ERROR_CODE_USAGE_LIMIT_REACHED]: words.limit,
  [ErrorCode.CLIENT_ERROR_CODE_SPEND_CAP_REACHED]: words.limit,
  [ErrorCode.CLIENT_ERROR_CODE_SERVICE_BUSY]: words.busy,
  [ErrorCode.CLIENT_ERROR_CODE_AUTHENTICATION_ERROR]: words.refused,
  [ErrorCode.CLIENT_ERROR_CODE_VALIDATION_ERROR]: words.invalid,
};

export interface Problem {
  /** "HTTP_403", or "SESSION_ERROR" where it was not the server that said no. */
  code: string;
  message: string;
}

/** What a request answered instead of a token. `message` is for the person who reads it; it stands alone. */
export class Refused extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
    this.name = "Refused";
  }
}

/** By its name: the widget's own script throws one of its own. */
function isRefusal(error: unknown): error is Refused {
  return error instanceof Error && (error.name === "Refused" || error instanceof Refused);
}

/** Why a conversation did not begin. The server's own sentence follows ours where there is one. */
export function explainStart(error: unknown): Problem {
  if (isRefusal(error)) return { code: error.status ? `HTTP_${error.status}` : "SESSION_ERROR", message: error.message };
  if (error instanceof ClientError) return { code: "SESSION_ERROR", message: explainClient(error) };
  const status = error instanceof Error && "status" in error ? Number(error.status) : null;
  if (status === 0) return { code: "SESSION_ERROR", message: words.unreachable };
  const message = `${words.unknown} ${error instanceof Error ? error.message : ""}`.trim();
  return { code: status === null ? "SESSION_ERROR" : `HTTP_${status}`, message };
}

function explainClient(error: ClientError): string {
  const details: unknown = error.details;
  const cause = typeof details === "object" && details !== null && "cause" in details ? details.cause : null;
  const ours = START[error.code] ?? words.unknown;
  return typeof cause === "string" && cause !== "" ? `${ours} ${cause}` : ours;
}

/** Why a running conversation ended, or null when the user ended it. */
export function explainEnd(code: ConnectionClosedCode, reason: string | undefined): string | null {
  switch (code) {
    case ConnectionClosedCode.NORMAL:
      return null;
    case ConnectionClosedCode.SERVER_CLOSED_CONNECTION:
      return reason ? words.serverBecause(reason) : words.server;
    case ConnectionClosedCode.SIGNALLING_CLIENT_CONNECTION_FAILURE:
      return words.signalling;
    case ConnectionClosedCode.WEBRTC_FAILURE:
      return words.network;
    case ConnectionClosedCode.MICROPHONE_PERMISSION_DENIED:
      return strings.mic.denied;
  }
}

/** The SDK passes on only the browser's message, whose wording differs from browser to browser. */
export function explainMicrophone(message: string): string {
  if (/not found|can not be found|no .*device/i.test(message)) return strings.mic.missing;
  if (/denied|dismissed|not allowed/i.test(message)) return strings.mic.denied;
  if (/could not start|in use|starting|allocate/i.test(message)) return strings.mic.busy;
  return strings.mic.failed;
}
