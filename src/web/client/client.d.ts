/** What Edgeward answers. A refusal is an answer too. */
export interface Answer {
  ok: boolean;
  /** The HTTP status; 0 when Edgeward was not reached. */
  status: number;
  /** `authMessageCode`, such as `auth.login.invalid`. */
  code: string;
  /** `authMessage`, to be shown as text. */
  message: string;
  /** `authMessageType`. */
  type: "success" | "info" | "warning" | "error";
  /** Refused fields and their codes. */
  fields: Record<string, string>;
  /** Where to go now: a path of this site. */
  redirect?: string;
  /** Seconds until another try makes sense. */
  retryAfter?: number;
  account?: { id: string; email: string; roles: string[]; verified: boolean; enabled: boolean };
  session?: { id: string; authenticatedAt: string; expiresAt: string; methods: string[] };
}

export interface Session {
  id: string;
  current: boolean;
  device: string;
  place: string;
  firstSeen: string;
  lastSeen: string;
}

export type Kind = "verify" | "reset" | "magic" | "invite" | "email" | "undo";

/** A link this browser has opened. */
export interface OpenedLink {
  kind: Kind;
  /** Stands for the token in the post of this page. */
  visit: string;
  /** The address it was sent to, masked. */
  email: string;
  /** Whether posting it needs a password. */
  asksPassword: boolean;
  /** For a sign-in link: which browser asked, and whether it is this one. */
  asked?: { browser: string; place: string; at: string; here: boolean };
  /** For an invitation: the roles it brings, and whether to sign in first. */
  roles?: string[];
  signInFirst?: boolean;
  /** For an undo link: what it takes back. */
  undoes?: "email" | "deletion";
}

/** A link's token, or the visit of the page that stands for it. */
export type ByLink = { token: string } | { visit: string };

export function login(fields: { email: string; password: string; next?: string; newPassword?: string }): Promise<Answer>;
export function register(fields: { email: string; password: string; next?: string }): Promise<Answer>;
export function resend(fields: { email: string; next?: string }): Promise<Answer>;
export function forgot(fields: { email: string; next?: string }): Promise<Answer>;
export function requestMagicLink(fields: { email: string; next?: string }): Promise<Answer>;
export function changePassword(fields: { password?: string; newPassword: string }): Promise<Answer>;
export function changeEmail(fields: { email: string; password?: string }): Promise<Answer>;
export function deleteAccount(fields?: { password?: string }): Promise<Answer>;
export function logout(): Promise<Answer>;
export function endSessions(which: "others" | "all"): Promise<Answer>;
export function endSession(id: string): Promise<Answer>;
export function session(): Promise<Answer>;
export function sessions(): Promise<Answer & { sessions?: Session[] }>;
export function exportData(): Promise<Answer & { export?: unknown }>;
export function feedback(): Promise<Answer | undefined>;
export function openedLink(kind: Kind): Promise<Answer & { link?: OpenedLink }>;
export function verify(fields: ByLink & { password?: string }): Promise<Answer>;
export function reset(fields: ByLink & { password: string }): Promise<Answer>;
export function magic(fields: ByLink): Promise<Answer>;
export function acceptInvitation(fields: ByLink & { password?: string }): Promise<Answer>;
export function confirmEmail(fields: ByLink): Promise<Answer>;
export function undo(fields: ByLink): Promise<Answer>;
export function wanted(): string | undefined;
export function go(answer: Answer): void;
