import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** A whole policy: one grant, one denial, a Rego test and cases that pass. */
export const SMALL_POLICY: Readonly<Record<string, string>> = {
  'pay/pay.rego': `# METADATA
# title: Payments
# description: Reading is granted, for a minute.
package countersign

# METADATA
# title: Denied
# description: What nothing allows.
# custom:
#   id: pay.denied
default decision := {
	"effect": "deny",
	"reasons": [{"rule": "pay.denied", "code": "not_allowed", "message": "Nothing allows this."}],
	"obligations": [],
}

# METADATA
# title: Reading
# description: Whoever asks for reading alone gets it.
# entrypoint: true
# custom:
#   id: pay.read
decision := {
	"effect": "allow",
	"grant": {"scopes": ["read"], "ttl_seconds": 60},
	"reasons": [{"rule": "pay.read", "code": "reading", "message": "Reading is free."}],
	"obligations": [],
} if {
	input.request.resource == "bank"
	input.request.scopes == ["read"]
}
`,
  'pay/pay_test.rego': `package countersign_test

import data.countersign

test_read if {
	countersign.decision.effect == "allow" with input as {"request": {"resource": "bank", "scopes": ["read"]}}
}

test_denied if countersign.decision.effect == "deny" with input as {}
`,
  'cases/pay.json': JSON.stringify({
    about: 'What is granted.',
    resources: { bank: { audiences: ['https://bank.test'], scopes: [] } },
    cases: [
      {
        name: 'reading',
        ask: { resource: 'bank', scopes: ['read'] },
        expect: { effect: 'allow', ttl_seconds: 60, rules: ['pay.read'] },
      },
      {
        name: 'paying',
        ask: { resource: 'bank', scopes: ['pay'] },
        expect: { effect: 'deny', codes: ['not_allowed'] },
      },
    ],
  }),
};

/** Writes a policy's files below `<dir>/policy` and returns that folder. */
export function policyFolder(dir: string, files: Readonly<Record<string, string>>): string {
  const folder = join(dir, 'policy');
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return folder;
}
