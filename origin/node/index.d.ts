import type { IncomingMessage } from "node:http";

/** What every identity says, whoever it is. */
export interface About {
  /** Whom it is for. */
  audience: string;
  /** Path and query, exactly as received. */
  target: string;
  /** Names the request, in Edgeward's log too. */
  request: string;
}

/** Nobody is signed in, or the access rule is `public`. */
export interface Anonymous extends About {
  account: null;
  session: null;
  roles: [];
  methods: [];
  authenticatedAt: null;
  email: null;
}

/** Somebody is signed in. */
export interface Person extends About {
  /** Who, for good. */
  account: string;
  /** Which of their sessions. */
  session: string;
  /** What they may do. */
  roles: string[];
  /** How they proved who they are. */
  methods: string[];
  /** When, in seconds since 1970. */
  authenticatedAt: number;
  /** Their address, where `IDENTITY_EMAIL` is on. */
  email: string | null;
}

export type Identity = Anonymous | Person;

/** The smart link that a request came by. */
export interface Link {
  id: string;
  /** It lets in here and below. */
  path: string;
  claims: Record<string, string | number | boolean>;
}

export interface Verified {
  identity: Identity;
  link: Link | null;
  /** The signed `Content-Digest`, where the access rule says `digest`: see `isDigestOf`. */
  digest: string | null;
}

/** Whether these are the bytes whose digest was signed. False where none was. */
export function isDigestOf(digest: string | null, body: string | Uint8Array): boolean;

/** Why not: for the log. origin/README.md says what each means. */
export type Reason =
  | "alias_header"
  | "duplicate_header"
  | "missing_header"
  | "malformed_input"
  | "wrong_components"
  | "wrong_tag"
  | "malformed_assertion"
  | "wrong_algorithm"
  | "wrong_type"
  | "keys_unavailable"
  | "unknown_key"
  | "malformed_signature"
  | "wrong_signature"
  | "from_future"
  | "expired"
  | "lives_too_long"
  | "malformed_identity"
  | "malformed_link"
  | "wrong_issuer"
  | "wrong_audience"
  | "wrong_method"
  | "wrong_target"
  | "routed_elsewhere"
  | "link_elsewhere"
  | "replayed"
  | "nonce_store_failed";

export type Verdict = ({ ok: true } & Verified) | { ok: false; reason: Reason; cause?: unknown };

/** Where nonces are remembered. One for all processes that serve an application. */
export interface Nonces {
  /**
   * Takes a nonce, once: false when it was taken before. It must be one step: of two that ask at once, one
   * gets true. `until`: when it may be forgotten; `now`: the time; both in seconds since 1970.
   */
  take(nonce: string, until: number, now: number): boolean | Promise<boolean>;
}

/** Remembers in this process alone. */
export class MemoryNonces implements Nonces {
  constructor(options?: { most?: number });
  take(nonce: string, until: number, now: number): boolean;
}

/** A set of keys (RFC 7517), as Edgeward publishes it at `/auth/jwks.json`. */
export interface JwkSet {
  keys: readonly object[];
}

/** Either `keys` or `jwks`: a verifier checks one form of identity. */
export interface Settings {
  /** To check the signature: `IDENTITY_KEYS` as Edgeward has it, or key id to bytes. */
  keys?: string | Map<string, Uint8Array> | undefined;
  /** To check assertions: the URL of Edgeward's `/auth/jwks.json`, or such a set as text or object. */
  jwks?: string | URL | JwkSet | undefined;
  /** Edgeward's `AUDIENCE`: the origin of its `PUBLIC_URL`, unless set. */
  audience: string;
  /** The origin of Edgeward's `PUBLIC_URL`, where that is not the audience. For assertions. */
  issuer?: string | undefined;
  /** Default: `MemoryNonces`. */
  nonces?: Nonces;
  /** The time in seconds since 1970. */
  now?: () => number;
}

/** Any request. */
export interface Received {
  method: string;
  /** Path and query as they were received, undecoded. */
  target: string;
  /** Every pair, doubles too. */
  headers: Iterable<readonly [string, string]>;
  /** The target that the application routes on, where that may be another. */
  routed?: string;
}

/** Throws a `TypeError` for settings that cannot be right. */
export class Verifier {
  constructor(settings: Settings);
  /** Judges a request of `node:http`, or of a framework that keeps it. */
  verify(request: IncomingMessage): Promise<Verdict>;
  /** Judges a `Request` of fetch. */
  verifyFetch(request: Request): Promise<Verdict>;
  /** Judges any request. */
  check(request: Received): Promise<Verdict>;
}
