// What to do when the server closes the connection: the close text begins with the ending's id. This is the whole of what a
// client has to know about endings.

const seconds = ms => `${Math.round(ms / 100) / 10} seconds`.replace(/^1 seconds$/, "1 second").replace(/^60 seconds$/, "a minute");

/**
 * @returns {{why: string, back: "speak" | "ask" | "wait" | "never", after?: number}}
 *   back: when the user has something to say, when the user asks, by itself after so many ms, or not at all.
 */
export function read(code, text, attempt) {
  const [id, ...pairs] = text.split(";").map(part => part.trim());
  const details = Object.fromEntries(pairs.map(pair => pair.split("=", 2)));
  switch (id) {
    case "idle-timeout":
      return { why: `You said nothing for ${seconds(Number(details["idle-ms"] ?? 60000))}, so your place was given up. Write something and you are back.`, back: "speak" };
    case "rate-limit": case "message-timeout": case "connection-limit": case "overloaded":
      return { why: "That was more than this chat allows at once. Come back in a while.", back: "ask" };
    case "session-expired": case "session-revoked":
      return { why: "Your visit is over. Come back if you like.", back: "ask" };
    case "banned": case "policy-violation": case "server-closed":
    case "protocol-error": case "invalid-payload": case "unsupported-data": case "message-too-big":
      return { why: "The chat closed your connection.", back: "never" };
    case "maintenance": case "rebalance":
      return { why: "The chat is being maintained. You will be back by yourself.", back: "wait", after: Number(details["retry-after-ms"] ?? 0) || backOff(attempt) };
    case "shutdown": case "max-lifetime": case "slow-consumer":
      return { why: "The connection was renewed.", back: "wait", after: jitter(1000) };
    default:
      // A caller's own words, sent verbatim: somebody decided it, and wants you to know.
      if (code !== 1006 && code !== 1011 && text) return { why: text, back: "ask" };
      return { why: "The connection was lost. Trying again.", back: "wait", after: backOff(attempt) };
  }
}

// Everybody lost the connection at the same moment; they must not all come back at the same moment.
const jitter = ms => ms * (0.5 + Math.random());
const backOff = attempt => jitter(Math.min(500 * 2 ** attempt, 30000));
