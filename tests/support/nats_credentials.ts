/** Ways to prove who one is to a NATS server, made anew for each test, with what the server has to know of them. */
import { nkeys } from "@nats-io/transport-node";

type KeyPair = ReturnType<typeof nkeys.createUser>;

/** A secret as a file of the client has it, and the server's configuration that knows it. */
export interface Credentials {
  /** What stands in the file. */
  readonly file: string;
  /** For `NatsServer.start({ config })`. */
  readonly config: string;
}

/** An nkey: the client signs what the server asks with a seed that never leaves it. */
export function makeNkey(): Credentials {
  const user = nkeys.createUser();
  return {
    file: `${seedOf(user)}\n`,
    config: `authorization { users: [{ nkey: ${user.getPublicKey()} }] }`,
  };
}

/** A file of credentials as `nsc` writes it: a JWT that an account of an operator has signed, and the seed. */
export function makeCredentials(): Credentials {
  const operator = nkeys.createOperator();
  const [account, system] = [nkeys.createAccount(), nkeys.createAccount()];
  const user = nkeys.createUser();
  const unlimited = { subs: -1, data: -1, payload: -1 };
  const storage = { mem_storage: -1, disk_storage: -1, streams: -1, consumer: -1 };
  const accounts = { imports: -1, exports: -1, wildcards: true, conn: -1, leaf: -1 };
  const operatorToken = sign(operator, operator, { type: "operator" });
  const accountToken = (pair: KeyPair, limits: object) =>
    `${pair.getPublicKey()}: ${sign(operator, pair, { type: "account", limits })}`;
  const userToken = sign(account, user, { type: "user", pub: {}, sub: {}, ...unlimited });
  return {
    file: `-----BEGIN NATS USER JWT-----
${userToken}
------END NATS USER JWT------

-----BEGIN USER NKEY SEED-----
${seedOf(user)}
------END USER NKEY SEED------
`,
    config: `operator: ${operatorToken}
resolver: MEMORY
system_account: ${system.getPublicKey()}
resolver_preload: {
  ${accountToken(account, { ...unlimited, ...accounts, ...storage })}
  ${accountToken(system, { ...unlimited, ...accounts })}
}`,
  };
}

function seedOf(pair: KeyPair): string {
  return new TextDecoder().decode(pair.getSeed());
}

/** A JWT as NATS has them: signed by Ed25519, with a claim of its own. */
function sign(issuer: KeyPair, subject: KeyPair, nats: object): string {
  const url = (bytes: Uint8Array<ArrayBuffer>) =>
    bytes.toBase64({ alphabet: "base64url", omitPadding: true });
  const part = (value: object) => url(new TextEncoder().encode(JSON.stringify(value)));
  const body = {
    jti: crypto.randomUUID(),
    iat: Math.floor(Date.now() / 1000),
    iss: issuer.getPublicKey(),
    sub: subject.getPublicKey(),
    name: "test",
    nats: { ...nats, version: 2 },
  };
  const text = `${part({ typ: "JWT", alg: "ed25519-nkey" })}.${part(body)}`;
  return `${text}.${url(new Uint8Array(issuer.sign(new TextEncoder().encode(text))))}`;
}
