// Defences of "Malformed input", "Cryptography" and "Secrets", each with the test that notices when it is taken out.

const malformed = "tests/e2e/threats/malformed_requests.test.mjs";
const smuggling = "tests/e2e/threats/smuggling.test.mjs";
const hygiene = "tests/e2e/threats/secrets_hygiene.test.mjs";

export default [
  { takes: "the look at a URL that cannot be read", file: "src/edge/glue.js", from: "(URL.parse(url)?.href ?? url)", to: "new URL(url).href", node: malformed },
  { takes: "that a WebSocket is asked for by GET", file: "src/web/guard.rs", from: '(!asks || head.method == "GET").then_some(())', to: "Some(()).filter(|()| asks | !asks)", rust: "header_games::" },
  { takes: "that a WebSocket is asked for by GET, at the real runtime", file: "src/web/guard.rs", from: '(!asks || head.method == "GET").then_some(())', to: "Some(()).filter(|()| asks | !asks)", node: smuggling },
  { takes: "the MAC of signed cookies", file: "src/kit/sealed.rs", from: "mac.verify_slice(&encoding::from_base64url(tag)?).ok()?;", to: "let _ = (mac, encoding::from_base64url(tag)?);", rust: "mutated_cookies::" },
  { takes: "the one spelling of sealed cookies", file: "src/kit/sealed.rs", from: "let whole = encoding::from_base64url(whole)?;", to: "let whole = encoding::from_base64url(whole.trim_end_matches('='))?;", rust: "mutated_cookies::" },
  { takes: "the whole length of a MAC", file: "src/kit/sealed.rs", from: "mac.verify_slice(&encoding::from_base64url(tag)?).ok()?;", to: "mac.verify_truncated_left(&encoding::from_base64url(tag)?).ok()?;", rust: "parsers::cookie" },
  { takes: "the kind of a token", file: "src/kit/token.rs", from: "(parts.next().is_none() && named == kind.as_str() && object_is_plain && secret_is_whole)", to: "(parts.next().is_none() && !named.is_empty() && object_is_plain && secret_is_whole)", rust: "parsers::token" },
  { takes: "the reading of a path without its ;parameters", file: "src/web/paths.rs", from: "            let cut = cut(&slashed);", to: "            let cut = slashed.clone();", rust: "parsers::path" },
  { takes: "the look at two slashes in front of a return path", file: "src/kit/return_path.rs", from: '            && !resolved.path().starts_with("//");', to: "            && !resolved.path().is_empty();", rust: "parsers::return_path" },
  { takes: "the lower case of an address", file: "src/kit/email.rs", from: "local.to_ascii_lowercase()", to: "local", rust: "parsers::address" },
  { takes: "the look at doubled fields", file: "src/web/fields.rs", from: "(Some((_, Some(value))), None) => Given::One(value),", to: "(Some((_, Some(value))), _) => Given::One(value),", rust: "parsers::body" },
  { takes: "the look at doubled cookies", file: "src/web/head.rs", from: "        values.next().is_none().then_some(value)", to: "        Some(value)", rust: "parsers::head" },
  { takes: "that problems of settings quote no value", file: "src/config/reader.rs", from: '        "is not one of the words it may be",', to: '        format!("is {word} and not one of the words it may be"),', rust: "parsers::settings" },
  { takes: "the second variable of access rules", file: "src/config/rules.rs", from: 'for name in reader.numbered("ACCESS_RULES") {', to: 'for name in reader.numbered("ACCESS_RULES").into_iter().take(1) {', rust: "parsers::rules" },
  { takes: "HKDF's own salt, which is none", file: "src/kit/keys.rs", from: "Hkdf::<Sha256>::new(None, key)", to: 'Hkdf::<Sha256>::new(Some(b"salt"), key)', rust: "crypto_vectors::hkdf" },
  { takes: "one iteration of PBKDF2", file: "src/kit/password/hash.rs", from: "pbkdf2::pbkdf2_hmac::<Sha256>(input, salt, iterations, hash);", to: "pbkdf2::pbkdf2_hmac::<Sha256>(input, salt, iterations.max(2), hash);", rust: "crypto_vectors::pbkdf2" },
  { takes: "the clamping of Ed25519 keys", file: "src/kit/ed25519.rs", from: "Scalar::from_bytes_mod_order(clamp_integer(low))", to: "Scalar::from_bytes_mod_order(clamp_integer([low[0]; 32]))", rust: "crypto_vectors::ed25519" },
  { takes: "the password from its hash", file: "src/kit/password/hash.rs", from: "        mac.update(password.as_bytes());", to: "        mac.update(&password.as_bytes()[..1]);", node: "tests/e2e/threats/stored_passwords.test.mjs" },
  { takes: "that a request's address is not logged", file: "src/edge/entry.mjs", from: "      const answer = gate(request, env);", to: "      console.log(request.url);\n      const answer = gate(request, env);", node: hygiene },
  { takes: "that cookies of ours do not go to the origin", file: "src/web/forward.rs", from: "    if !header.contains(PREFIX) {", to: "    if header.contains(PREFIX) {", node: hygiene },
];
