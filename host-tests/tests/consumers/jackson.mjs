// A consumer of BoxyHQ Jackson's directory-sync webhooks, as its documentation has one written: the header says when and
// what, the digest is over "<when>.<body>", and events come alone or in an array. One JSON line in, one line out.
import { createHmac } from "node:crypto";
import { createInterface } from "node:readline";

const USER = ["id", "first_name", "last_name", "email", "active", "raw"];
const GROUP = ["id", "name", "raw"];
const FIELDS = {
  "user.created": USER, "user.updated": USER, "user.deleted": USER,
  "group.created": GROUP, "group.updated": GROUP, "group.deleted": GROUP,
  "group.user_added": [...USER, "group"], "group.user_removed": [...USER, "group"],
};

function verified(header, body, secret) {
  const [time, signature] = header.split(",").map((part) => part.split("=")[1]);
  return createHmac("sha256", secret).update(`${time}.${body}`).digest("hex") === signature;
}

function understood({ event, tenant, product, directory_id, data }) {
  return [tenant, product, directory_id].every(Boolean) && (FIELDS[event] ?? [""]).every((field) => field in data);
}

for await (const line of createInterface({ input: process.stdin })) {
  const { secret, headers, body } = JSON.parse(line);
  const good = ["boxyhq-signature", "ory-polis-signature"].every((name) => verified(headers[name], body, secret));
  const events = good ? [JSON.parse(body)].flat() : [];
  console.log(good && events.every(understood) ? "yes" : "no: it is not Jackson's");
}
