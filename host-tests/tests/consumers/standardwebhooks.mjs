// Checks deliveries with the library that Standard Webhooks publishes for JavaScript: one JSON line in, one line out.
import { createRequire } from "node:module";
import { createInterface } from "node:readline";

// The library is where the test has put it, and this file is not.
const { Webhook } = createRequire(process.env.LIBRARIES)("standardwebhooks");

for await (const line of createInterface({ input: process.stdin })) {
  const { secret, headers, body } = JSON.parse(line);
  try {
    new Webhook(secret).verify(body, headers);
    console.log("yes");
  } catch (error) {
    console.log(`no: ${error.message}`);
  }
}
